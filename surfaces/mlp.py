"""A small network."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.dataset import Dataset
from engine.normalisation.moving_average import averaged
from engine.parameter import choice, listed, parameter
from surfaces.fitting.backpropagation import Backpropagation
from surfaces.fitting.charges import charges, right
from surfaces.fitting.fitted import Fitted
from surfaces.fitting.forward import LEAK, STABILISER, Answer, Statistics, forward, sigmoid, softmax
from surfaces.fitting.layers import Layer, initial, layers, weight_names
from surfaces.fitting.written import written

MOST_LAYERS, MOST_WEIGHTS = 4, 500
AT_ONCE = 64  # networks whose hidden units are looked at together
TANGENTS = 100  # about so many at once: enough that what a call costs is forgotten
ACTIVATIONS = {
    "linear": "h(a) = a",
    "sigmoid": "h(a) = 1/(1 + e⁻ᵃ)",
    "tanh": "h(a) = tanh a",
    "hard_tanh": "h(a) = a between −1 and 1, held there outside",
    "softsign": "h(a) = a/(1 + |a|)",
    "relu": "h(a) = a above 0, 0 below",
    "leaky_relu": "h(a) = a above 0, a/100 below",
    "prelu": "h(a) = a above 0, s a below, and each layer learns its s",
}
LOSSES = {
    "sum_of_squares": "half the squared distance from the target",
    "cross_entropy": "minus the log of the probability that a sigmoid gives to the right class",
    "softmax": "minus the log of the probability that softmax gives to the right class",
    "max_margin": "how far each wrong class is above 1 below the score of the right one",
}
NORMALISATIONS = {
    "none": "nothing is normalised",
    "batch": "each hidden unit is normalised over the rows",
    "layer": "each row is normalised over the units of a layer",
}
PLACES = {"before": "before the activation", "after": "after the activation"}


@dataclass(frozen=True)
class Mlp(Backpropagation, Fitted):
    """The error of a network with up to four hidden layers on data, as a function of all its weights and biases.

    a_j = sum over i of w_ji z_i + b_j,  z_j = h(a_j)      Bishop and Bishop (2024), chapter 6
    E = sum or mean over n of E_n, plus penalty/2 times the sum of w_ji^2, with sparsity times sum of |z_j| in E_n

    Losses, with outputs a_k and targets t_k: ``sum_of_squares`` 1/2 sum (a_k - t_k)^2; ``cross_entropy``
    -sum [t_k ln y_k + (1 - t_k) ln(1 - y_k)] with y_k = 1/(1 + e^-a_k); ``softmax`` -sum t_k ln y_k with
    y_k = e^a_k/sum of e^a_j, which has an output for each of two classes too; ``max_margin`` sum over the wrong classes
    of max(0, 1 + a_k - a_true), after Weston and Watkins (1999), and with two classes one output and
    max(0, 1 - (2t - 1) a), Cortes and Vapnik (1995): then the scores are a/2 and -a/2.

    Normalisation of hidden layers, 7.52 to 7.60, with learned gamma and beta: v <- gamma (v - mu)/sqrt(sigma^2 + 1e-5)
    + beta, mu and sigma over the rows that are given ("batch", a mini-batch is its own; Ioffe and Szegedy 2015) or over
    the units ("layer"; Ba, Kiros and Hinton 2016). The penalty is on weights alone, not on biases, gamma, beta or
    slopes; of a summed error a mini-batch bears its share of it. ReLUs have the slope of the left side at 0.

    Gradient and Hessian are exact. Where the activation has kinks, and for max_margin and sparsity, the Hessian is that
    of the piece at hand; see ``smooth``.
    """

    data: Any = "moons"
    hidden: tuple[int, ...] = listed(
        (8,), "hidden units", MOST_LAYERS, 100, "M", help="How many units each hidden layer has, from the inputs on."
    )
    activation: str = choice("tanh", ACTIVATIONS, help="What hidden units make of their weighted sum.")
    loss: str = choice("cross_entropy", LOSSES, help="What a row costs.")
    normalisation: str = choice("none", NORMALISATIONS, help="What keeps hidden values near mean 0 and variance 1.")
    place: str = choice("before", PLACES, help="Where hidden values are normalised.")
    penalty: float = parameter(
        0.0, 0.0, 1.0, r"\lambda", scale="log", smallest=1e-6, help="Pulls every weight, but no bias, to 0."
    )
    sparsity: float = parameter(
        0.0, 0.0, 1.0, r"\rho", scale="log", smallest=1e-6, help="What a hidden unit costs for being away from 0."
    )

    title = "Small network"
    note = "A small network on data: every point of this surface is a network, its height what it gets wrong."
    latex = (
        r"\mathbf a_l = \mathbf W_l\, h(\mathbf a_{l-1}) + \mathbf b_l,\quad h(\mathbf a_0) = \mathbf x_n,\quad"
        r" E(\mathbf w) = \frac1N \sum_{n=1}^N E_n(\mathbf a_L)\ \text{or the sum}\ +"
        r" \frac\lambda2 \sum_{lij} w_{lij}^2"
    )
    view = ((-3.0, 3.0), (-3.0, 3.0))
    learning_rate = 0.2  # at which the first network bends its boundary within a few hundred steps

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.loss != "sum_of_squares" and not self.dataset.classes:
            raise ValueError(f"loss {self.loss!r} needs classes, {self.dataset.title} has numbers: use sum_of_squares")
        if self.dim > MOST_WEIGHTS:
            raise ValueError(f"a network may have {MOST_WEIGHTS} weights, hidden = {self.hidden} makes {self.dim}")

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """What stands where in w, for every layer: weights, biases, gamma, beta and slope as slices."""
        return layers(self.widths, self.normalisation != "none", self.activation == "prelu")

    @property
    def widths(self) -> tuple[int, ...]:
        """How many inputs, hidden units of every layer, and outputs there are."""
        goals = self.dataset.targets.shape[1]
        return (self.dataset.inputs.shape[1], *self.hidden, 2 if self.loss == "softmax" and goals == 1 else goals)

    @cached_property
    def dim(self) -> int:
        """D, all weights, biases, gammas, betas and slopes."""
        return self.layers[-1].biases.stop

    @cached_property
    def weight_names(self) -> tuple[str, ...]:
        """The names of all weights, (D,): ``w¹₂₁`` leads to unit 2 of layer 1 from input 1, ``b¹₂`` is its bias."""
        return weight_names(self.layers)

    @cached_property
    def biases(self) -> np.ndarray:
        """True for what is not the weight of a connection, (D,): biases, gamma, beta and slopes; planes spare them."""
        mask = np.ones(self.dim, dtype=bool)
        for layer in self.layers:
            mask[layer.weights] = False
        return mask

    @property
    def smooth(self) -> bool:
        """Whether the Hessian is continuous everywhere."""
        bent = self.activation in ("hard_tanh", "softsign", "relu", "leaky_relu", "prelu") and self.hidden
        return not (bent or self.loss == "max_margin" or (self.sparsity and self.activation != "sigmoid"))

    def kink_distance(self, w: np.ndarray) -> np.ndarray:
        """Return inf, (..., D) -> (...); 0 for a net with kinks: one for every row and unit is always near."""
        return np.full(np.shape(w)[:-1], np.inf if self.smooth else 0.0)

    @property
    def start(self) -> tuple[float, ...]:
        """Weights as Glorot and Bengio draw them, seed 0, (D,)."""
        return tuple(self.initial().tolist())

    def initial(self, scheme: str = "xavier", scale: float = 1.0, seed: int = 0, bias: float = 0.0) -> np.ndarray:
        """Return weights to start from, (D,); the same seed gives the same.

        ``zero``; ``equal``, all at scale; ``uniform`` in [-scale, scale]; ``gaussian`` with standard deviation scale;
        ``xavier`` uniform in scale times +-sqrt(6/(inputs + outputs)), Glorot and Bengio (2010), 16; ``he`` Gaussian
        with standard deviation scale times sqrt(2/inputs), Bishop and Bishop (2024), 7.23. Biases are ``bias``: a
        small positive one lets most ReLUs begin above 0. gamma is 1, beta 0, the learned slope 1/4.

        Raises ValueError for a scheme of another name.
        """
        return initial(self.layers, scheme, scale, seed, bias)

    def pack(self) -> np.ndarray:
        """Return what the kernel has to know: words by their places, numbers, and the widths, (11 + layers,)."""
        choices = self.choices()
        words = [choices[name].options.index(getattr(self, name)) for name in ("activation", "loss", "normalisation")]
        summed = self.reduction == "sum"
        penalty = self.penalty / len(self.rows()) if summed else self.penalty  # of a sum, for every row its part
        goals = self.dataset.targets.shape[1]
        numbers = (self.place == "after", summed, penalty, self.sparsity, LEAK, STABILISER, goals, *self.widths)
        return np.array([*words, *numbers], dtype=np.float64)

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return the exact Hessian, from the same kernel, D tangents at once: (..., D) -> (..., D, D)."""
        w = np.asarray(w, dtype=np.float64)
        points, rows = w.reshape(-1, self.dim), self.rows()
        found, some = np.empty((len(points), self.dim, self.dim)), max(1, TANGENTS // self.dim)
        for first in range(0, len(points), some):
            found[first : first + some] = self._bent(points[first : first + some], rows)
        return found.reshape(*w.shape, self.dim)

    def gauss_newton(self, w: np.ndarray) -> np.ndarray:
        """Return G = mean or sum of J' B J, with J the outputs' derivatives and B the loss's second ones: (..., D, D).

        It has no negative eigenvalue. H = G + sum of dE_n/da times the curvature of a: where every output has its
        target the second term is 0, so G is the Hessian for targets that the network at w already meets. Schraudolph
        (2002), Neural Computation 14. Penalties count as in H. ValueError for max_margin, which has no second
        derivative, and for sparsity, which is no function of the outputs.
        """
        if self.loss == "max_margin" or self.sparsity:
            raise ValueError("G needs a loss with a second derivative, and no sparsity")
        w = np.asarray(w, dtype=np.float64)
        points, inputs = w.reshape(-1, self.dim), self.dataset.inputs
        found = np.empty((len(points), self.dim, self.dim))
        for point, matrix in zip(points, found, strict=True):
            answers = self.outputs(point, inputs)
            met = answers[:, 1:] if self.loss == "softmax" and self.dataset.targets.shape[1] == 1 else answers
            matrix[:] = self._bent(point[None], np.ascontiguousarray(np.concatenate([inputs, met], axis=1)))[0]
        return found.reshape(*w.shape, self.dim)

    def _bent(self, points: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the Hessians at points (K, D) of the error of these rows, (K, D, D)."""
        size, count = self.dim, len(points)
        columns, g, error = (
            np.empty((2 * size, count, size)),
            np.empty((2 * size, count * size)),
            np.empty(count * size),
        )
        columns[:size], columns[size:] = points.T[:, :, None], np.eye(size)[:, None]
        with np.errstate(all="ignore"):
            self.value_and_grad(columns.reshape(2 * size, -1), self.pack(), rows, error, g)
            half = g[size:].reshape(size, count, size).transpose(1, 0, 2)
            return np.asarray(0.5 * (half + half.transpose(0, 2, 1)))

    def times(self, w: np.ndarray, directions: np.ndarray) -> np.ndarray:
        """Return H(w) d, (n, D) and (n, D) -> (n, D), all from one pass over the rows."""
        columns = np.ascontiguousarray(np.concatenate([w, directions], axis=1).T)
        g, error = np.empty_like(columns), np.empty(columns.shape[1])
        with np.errstate(all="ignore"):
            self.value_and_grad(columns, self.pack(), self.rows(), error, g)
        return g[self.dim :].T

    def bend(self, w: np.ndarray, directions: np.ndarray) -> np.ndarray:
        """Return d_i'H d_j, (..., D) and (K, D) -> (..., K, K), from K products with H instead of D."""
        w = np.asarray(w, dtype=np.float64)
        points, ways = w.reshape(-1, self.dim), np.asarray(directions, dtype=np.float64)
        if not len(points):
            return np.empty((*w.shape[:-1], len(ways), len(ways)))
        columns = np.concatenate([np.repeat(points, len(ways), axis=0), np.tile(ways, (len(points), 1))], axis=1).T
        columns = np.ascontiguousarray(columns)
        g, error = np.empty_like(columns), np.empty(columns.shape[1])
        with np.errstate(all="ignore"):
            self.value_and_grad(columns, self.pack(), self.rows(), error, g)
            bent = g[self.dim :].T.reshape(len(points), len(ways), self.dim) @ ways.T
        return (0.5 * (bent + np.swapaxes(bent, -1, -2))).reshape(*w.shape[:-1], len(ways), len(ways))

    @cached_property
    def filters(self) -> tuple[tuple[int, ...], ...]:
        """The incoming weights of every unit, as places."""
        starts = [
            (first, layer.inputs)
            for layer in self.layers
            for first in range(layer.weights.start, layer.weights.stop, layer.inputs)
        ]
        return tuple(tuple(range(first, first + count)) for first, count in starts)

    def outputs(self, w: np.ndarray, inputs: np.ndarray, statistics: Statistics | None = None) -> np.ndarray:
        """Return what networks answer, w (..., D) and inputs (N, K) -> (..., N, outputs).

        Of cross_entropy and softmax it is the probabilities, else the outputs as they are. With batch normalisation
        ``statistics``, as ``moving_averages`` or ``statistics`` return them, stand for those of a batch; without them
        it is those of all rows of the data at w.
        """
        w = np.asarray(w, dtype=np.float64)
        if self.normalisation == "batch" and statistics is None:
            statistics = self.statistics(w)
        with np.errstate(all="ignore"):
            a = self.forward(w, inputs, statistics).outputs
            return sigmoid(a) if self.loss == "cross_entropy" else softmax(a) if self.loss == "softmax" else a

    def forward(self, w: np.ndarray, inputs: np.ndarray, statistics: Statistics | None = None) -> Answer:
        """Return what every layer makes of inputs (N, K), w (..., D); the statistics are those of these inputs."""
        inputs = np.asarray(inputs, dtype=np.float64)
        after = self.place == "after"
        with np.errstate(all="ignore"):
            return forward(self.layers, w, inputs, self.activation, self.normalisation, after, statistics)

    def statistics(self, w: np.ndarray, rows: np.ndarray | slice = slice(None)) -> Statistics:
        """Return mean and variance of every hidden layer's units over rows of the data, w (..., D) -> (..., units)."""
        return self.forward(np.asarray(w, dtype=np.float64), self.dataset.inputs[rows], None).statistics

    def row_error(self, w: np.ndarray, data: Dataset | None = None) -> np.ndarray:
        """Return the mean error of the rows of a dataset, without penalties: (..., D) -> (...).

        Batch normalisation has the statistics of all rows that train, not of those that are judged.
        """
        return self.judged(w, data)[0] if self.normalisation == "batch" else super().row_error(w, data)

    def judged(self, w: np.ndarray, data: Dataset | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return ``row_error`` and the share of the rows told rightly, nan without classes: (..., D) -> (...) each."""
        w, rows = np.asarray(w, dtype=np.float64), data or self.dataset
        points = w.reshape(-1, self.dim)
        errors, shares = np.empty(len(points)), np.full(len(points), np.nan)
        with np.errstate(all="ignore"):
            for first in range(0, len(points), AT_ONCE):
                some = slice(first, first + AT_ONCE)
                statistics = self.statistics(points[some]) if self.normalisation == "batch" else None
                a = self.forward(points[some], rows.inputs, statistics).outputs
                errors[some] = charges(self.loss, a, rows.targets).mean(axis=-1)
                if rows.classes:
                    shares[some] = right(a, rows.targets, self.loss).mean(axis=-1)
        shares[~np.isfinite(errors)] = np.nan
        return errors.reshape(w.shape[:-1]), shares.reshape(w.shape[:-1])

    def moving_averages(
        self, weights: np.ndarray, decay: float = 0.9, batches: Iterable[np.ndarray] | None = None
    ) -> Statistics:
        """Return the moving averages that batch normalisation would have at the end of a run; 7.56 and 7.57.

        mu <- decay mu + (1 - decay) mean of the batch, and sigma^2 likewise: the variance is averaged, as Ioffe and
        Szegedy (2015) do, where (7.57) has the standard deviation. They begin at the first batch's. ``weights``
        (T + 1, ..., D) are those of a trajectory, ``batches`` the rows of each of its T steps, all without. Training
        does not depend on them, so they are replayed from it.

        Raises ValueError unless 0 <= decay <= 1.
        """
        found = self.statistics_along(weights, batches)
        return [(averaged(mean, decay)[-1], averaged(variance, decay)[-1]) for mean, variance in found]

    def statistics_along(self, weights: np.ndarray, batches: Iterable[np.ndarray] | None = None) -> Statistics:
        """Return mean and variance of every hidden layer's units in the batch of every step of a run, (T, ..., units).

        ``weights`` (T + 1, ..., D) are those of a trajectory, ``batches`` the rows of each of its T steps, all without.
        """
        weights = np.asarray(weights, dtype=np.float64)
        seen = weights[:-1] if len(weights) > 1 else weights
        everything: list[np.ndarray | slice] = [slice(None)] * len(seen)
        each = [
            self.statistics(w, rows) for w, rows in zip(seen, everything if batches is None else batches, strict=True)
        ]
        return [
            (np.stack([found[k][0] for found in each]), np.stack([found[k][1] for found in each]))
            for k in range(len(each[0]))
        ]

    def code(self, library: str) -> list[str]:
        """Return the body of a function of w that returns error and gradient, in ``np`` or ``torch``."""
        return written(self, library)
