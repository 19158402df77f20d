"""Every optimizer does what its equations say, whatever file it stands in."""

import itertools
import pickle
import re

import numpy as np
import oracle
import pytest
from eyes import DASHES

from engine import discover_optimizers, run
from engine.optimizer import Optimizer
from engine.optimizers.adagrad import AdaGrad
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.optimizers.rmsprop import RMSProp
from engine.words import number
from surfaces.quadratic import Quadratic

OPTIMIZERS = discover_optimizers()
VALLEY = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=30.0)
OFF_CENTRE = Quadratic(eigenvalue_1=0.7, eigenvalue_2=35.0, angle=-52.0, minimum_x=0.4, minimum_y=-0.3)
START = (-1.5, 1.0)
STEPS = 500

every_optimizer = pytest.mark.parametrize("slug", OPTIMIZERS)


def settings(cls: type[Optimizer]) -> list[Optimizer]:
    """The defaults, both ends of every range, and four settings from inside the ranges, with every choice of words."""
    words = [known.options for known in cls.choices().values()]
    forms = [dict(zip(cls.choices(), values, strict=True)) for values in itertools.product(*words)]

    def at(shares):
        values = dict(forms[int(np.sum(shares) * 97.0) % len(forms)])
        for share, (name, p) in zip(shares, cls.parameters().items(), strict=True):
            log = p.scale == "log" and p.low > 0.0
            values[name] = p.low * (p.high / p.low) ** share if log else p.low + share * (p.high - p.low)
        return cls(**values)

    count = len(cls.parameters())
    inside = np.random.default_rng(7).uniform(size=(4, count))
    return list(
        dict.fromkeys(
            [cls(), *(cls(**form) for form in forms), at(np.zeros(count)), at(np.ones(count)), *map(at, inside)]
        )
    )


def fields_of(optimizer: Optimizer) -> dict[str, float]:
    return {name: getattr(optimizer, name) for name in optimizer.declared()}


def transcribed(slug: str, gradient, start, learning_rate: float, optimizer: Optimizer, valley, steps: int = STEPS):
    """The oracle's path, in extended precision where the machine has it."""
    rule = getattr(oracle, slug, None)
    if rule is None:
        pytest.fail(f"tests/oracle.py has no function {slug!r}: add one, from the equations of its source")
    wide = np.longdouble
    values = {name: value if isinstance(value, str) else wide(value) for name, value in fields_of(optimizer).items()}
    if optimizer.has_learning_rate:
        values["learning_rate"] = wide(learning_rate)
    else:
        values["hessian"] = np.asarray(valley.hessian(np.zeros(2)), dtype=wide)
    return rule(gradient, np.array(start, dtype=wide), steps=steps, **values)


def apart(path, other) -> float:
    return float(np.max(np.abs(path - other)) / np.max(np.abs(other)))


def exact_gradient(valley: Quadratic):
    hessian = np.asarray(valley.hessian(np.zeros(2)), dtype=np.longdouble)
    return lambda w: hessian @ (w - valley.stationary_point)


def off_by(gradient, share: float, noise: np.random.Generator):
    return lambda w: (
        gradient(w * (1.0 + noise.uniform(-share, share, len(w)))) * (1.0 + noise.uniform(-share, share, len(w)))
    )


def replay(path, valley: Quadratic):
    """Return a gradient that plays back what update received, and the points at which it was asked."""
    recorded, points = iter(path.used_gradient[:, 0].astype(np.longdouble)), []

    def gradient(w):
        points.append(w)
        return next(recorded)

    return gradient, points


def determined(expected, perturbed) -> np.ndarray:
    """Tell up to which step a path is determined: other gradients, off by roundings, lead to the same to 3e-13."""
    off = np.max([np.abs(path - expected).max(axis=1) for path in perturbed], axis=0)
    return np.logical_and.accumulate(off < 3e-13 * np.abs(expected).max())


@every_optimizer
@pytest.mark.parametrize("share", [0.02, 0.2, 1.0])
def test_update_equals_its_transcription_at_every_setting(slug, share):
    # The oracle gets the gradients of the run itself. With gradients of its own it could not be compared everywhere:
    # RMSProp and Adam end in bursts that multiply one rounding by 1e14, in the oracle as much as in the engine.
    # Even so a rule that takes differences, as Yogi, can lose digits or ask for the sign of a rounding. Where a path
    # differs it must be the same up to the step from which roundings of the gradients move the oracle's as well.
    cls, noise = OPTIMIZERS[slug], np.random.default_rng(5)
    for optimizer in settings(cls):
        eta = share * cls.typical_learning_rate
        path = run(OFF_CENTRE, optimizer, eta, START, STEPS)
        last = STEPS if path.diverged_at[0] < 0 else int(path.diverged_at[0])

        def transcription(change, path=path, optimizer=optimizer, eta=eta, last=last):
            gradient, points = replay(path, OFF_CENTRE)
            return transcribed(slug, change(gradient), START, eta, optimizer, OFF_CENTRE, last), points

        expected, points = transcription(lambda gradient: gradient)
        steps = last
        if apart(path.weights[: last + 1, 0], expected) >= 1e-12:
            rounded = [transcription(lambda gradient: off_by(gradient, 1e-14, noise))[0] for _ in range(4)]
            steps = int(determined(expected, rounded).sum()) - 1
            assert steps >= (100 if optimizer == cls() else 1), optimizer
        assert apart(path.weights[: steps + 1, 0], expected[: steps + 1]) < 1e-12, optimizer
        asked = np.array([exact_gradient(OFF_CENTRE)(w) for w in points[:steps]])
        allowed = 1e-12 * OFF_CENTRE.eigenvalue_2 * np.abs(expected).max()  # of points that are as far apart as allowed
        assert np.abs(path.used_gradient[:steps, 0] - asked).max() < allowed, optimizer


@every_optimizer
def test_path_equals_the_transcription_wherever_the_path_is_determined(slug):
    """As long as gradients off by 1e-14 move the oracle's own path by less than 3e-13, the run equals it to 1e-12."""
    exact = exact_gradient(VALLEY)
    noise = np.random.default_rng(3)
    cls = OPTIMIZERS[slug]
    compared = []
    for optimizer in settings(cls):
        for share in (0.02, 0.2, 1.0):
            eta = share * cls.typical_learning_rate
            expected = transcribed(slug, exact, START, eta, optimizer, VALLEY)
            rounded = transcribed(slug, off_by(exact, 1e-14, noise), START, eta, optimizer, VALLEY)
            held = determined(expected, [rounded])
            path = run(VALLEY, optimizer, eta, START, STEPS)
            if path.diverged_at[0] >= 0 or held.sum() < 100:
                continue
            assert apart(path.weights[held, 0], expected[held]) < 1e-12, (optimizer, eta)
            compared.append(optimizer)
    assert cls() in compared
    assert len(set(compared)) >= min(3, len(settings(cls)))


@pytest.mark.parametrize("cls", [Momentum, Nesterov])
@pytest.mark.parametrize("eta", [0.003, 0.05, 0.11])
def test_momentum_zero_is_gradient_descent_bit_for_bit(cls, eta):
    plain = run(VALLEY, GradientDescent(), eta, START, STEPS)
    other = run(VALLEY, cls(momentum=0.0), eta, START, STEPS)
    np.testing.assert_array_equal(other.weights, plain.weights)
    np.testing.assert_array_equal(other.error, plain.error)


def assert_member(family, r, single):
    for name in ("weights", "error", "gradient", "used_gradient"):
        np.testing.assert_array_equal(getattr(family, name)[:, r], getattr(single, name)[:, 0], err_msg=name)
    for slot in single.state:
        np.testing.assert_array_equal(family.state[slot][:, r], single.state[slot][:, 0], err_msg=slot)
    assert family.diverged_at[r] == single.diverged_at[0]


@every_optimizer
def test_many_runs_at_once_equal_single_runs_bit_for_bit(slug):
    cls = OPTIMIZERS[slug]
    etas = cls.typical_learning_rate * np.geomspace(0.01, 30.0, 13)  # 13: vector lanes and a remainder; some diverge
    family = run(VALLEY, cls(), etas, START, 120)
    for r, eta in enumerate(etas):
        assert_member(family, r, run(VALLEY, cls(), eta, START, 120))

    chosen = settings(cls)
    family = run(VALLEY, chosen, cls.typical_learning_rate, START, 120)
    for r, optimizer in enumerate(chosen):
        assert_member(family, r, run(VALLEY, optimizer, cls.typical_learning_rate, START, 120))

    starts = np.random.default_rng(1).normal(size=(7, 2))
    family = run(VALLEY, cls(), cls.typical_learning_rate, starts, 120)
    for r, start in enumerate(starts):
        assert_member(family, r, run(VALLEY, cls(), cls.typical_learning_rate, start, 120))


@every_optimizer
def test_same_arguments_give_the_same_bits(slug):
    cls = OPTIMIZERS[slug]
    first, second = (run(VALLEY, cls(), cls.typical_learning_rate, START, 200) for _ in range(2))
    assert_member(first, 0, second)


@every_optimizer
def test_an_instance_is_a_value(slug):
    cls = OPTIMIZERS[slug]
    for optimizer in settings(cls):
        twin = cls(**fields_of(optimizer))
        assert optimizer == twin and hash(optimizer) == hash(twin)
        copied = pickle.loads(pickle.dumps(optimizer))
        assert copied == optimizer and type(copied) is cls
        assert eval(repr(optimizer), {cls.__name__: cls}) == optimizer
    for name in cls.parameters():
        with pytest.raises(AttributeError):
            setattr(cls(), name, 0.5)
    assert len(set(settings(cls))) == len(settings(cls))


@every_optimizer
def test_label_prints_every_setting(slug):
    optimizer = OPTIMIZERS[slug]()
    label = optimizer.label(0.0123)
    assert label.startswith(optimizer.title)
    assert ("η = 0.0123" in label) == optimizer.has_learning_rate
    for name, declared in optimizer.parameters().items():
        assert f"{declared.plain} = {number(getattr(optimizer, name), 4)}" in label
        assert "\\" not in declared.plain


@every_optimizer
def test_looks_are_valid(slug):
    cls = OPTIMIZERS[slug]
    assert re.fullmatch(r"#[0-9a-f]{6}", cls.colour)
    assert cls.dash in DASHES
    assert cls.title.strip() and cls.latex.strip()
    assert 0.0 < cls.typical_learning_rate < np.inf


def test_looks_differ():
    for name in ("colour", "title", "latex"):
        assert len({getattr(cls, name) for cls in OPTIMIZERS.values()}) == len(OPTIMIZERS), name


@every_optimizer
def test_docstring_names_its_source(slug):
    text = OPTIMIZERS[slug].__doc__
    author_and_year = r"[A-Z][\w-]+(?:,? (?:and )?[A-Z][\w-]+)*(?: et al\.)?,? \((?:19|20)\d\d\)"
    assert re.search(author_and_year, text), "author and year, as in Polyak (1964)"
    assert re.search(r"\b\d+(?:\.\d+)?\b", re.sub(r"\((?:19|20)\d\d\)", "", text)), "the number of the equation"


@every_optimizer
def test_used_gradient_is_the_gradient_unless_it_looks_ahead(slug):
    cls = OPTIMIZERS[slug]
    path = run(VALLEY, cls(), cls.typical_learning_rate, START, 60)
    if not cls.look_ahead:
        assert path.used_gradient is path.gradient
    else:
        assert not np.array_equal(path.used_gradient[1:], path.gradient[1:])
    np.testing.assert_array_equal(path.used_gradient[0], path.gradient[0])  # no memory yet, so no look ahead
    np.testing.assert_array_equal(path.gradient, VALLEY.evaluate(path.weights)[1])
    np.testing.assert_array_equal(path.error, VALLEY.evaluate(path.weights)[0])


def test_nesterov_takes_its_gradient_where_the_momentum_leads():
    path = run(VALLEY, Nesterov(momentum=0.8), 0.02, START, 60)
    np.testing.assert_array_equal(path.used_gradient, VALLEY.evaluate(path.weights + 0.8 * path.state["change"])[1])


@every_optimizer
def test_state_is_named_shaped_and_zero_at_the_start(slug):
    cls = OPTIMIZERS[slug]
    path = run(VALLEY, cls(), cls.typical_learning_rate, [START, (1.0, 1.0)], 30)
    assert tuple(path.state) == cls.slots
    for values in path.state.values():
        assert values.shape == (31, 2, 2)
        assert not values[0].any()
        assert values[1].any()


@pytest.mark.parametrize("start", [START, (1e-3, 40.0), (-7.0, -1e-4)])
def test_first_step_of_the_adaptive_methods_is_the_sign_of_the_gradient(start):
    eta, tiny = 0.01, 1e-16
    lengths = {
        Adam(stabiliser=tiny): eta,
        Adam(decay_1=0.5, decay_2=0.2, stabiliser=tiny): eta,
        RMSProp(decay=0.9, stabiliser=tiny): eta / np.sqrt(1.0 - 0.9),
        RMSProp(decay=0.99, stabiliser=tiny): eta / np.sqrt(1.0 - 0.99),
        AdaGrad(stabiliser=tiny): eta,
    }
    for optimizer, length in lengths.items():
        path = run(VALLEY, optimizer, eta, start, 1)
        moved = path.weights[0, 0] - path.weights[1, 0]
        # the step is a difference of weights: it carries their rounding
        rounding = 2.0 * np.spacing(np.max(np.abs(start)))
        np.testing.assert_allclose(
            moved, length * np.sign(path.gradient[0, 0]), rtol=1e-12, atol=rounding, err_msg=repr(optimizer)
        )


def steps_under(optimizer, eta: float, steps: int, gradients) -> np.ndarray:
    """Steps of a rule under given gradients, (steps, D), through the compiled update itself."""
    w = np.zeros((2, 1))
    state = np.zeros((len(optimizer.slots), 2, 1))
    hyper = np.ascontiguousarray(optimizer.pack()[:, None])
    path = [w.copy()]
    for k in range(steps):
        optimizer.update(w, np.array(gradients(k), dtype=float)[:, None], state, np.array([eta]), hyper, k + 1.0)
        path.append(w.copy())
    return np.diff(np.array(path)[..., 0], axis=0)


@pytest.mark.parametrize("slug", [slug for slug, cls in OPTIMIZERS.items() if not cls.iterates])
def test_rules_whose_steps_do_not_shrink_say_so(slug):
    """Gradients fall to a hundredth, slowly enough for averages to follow: the steps fall with them, or they do not."""
    cls, steps = OPTIMIZERS[slug], 20_000
    fallen, constant = (
        np.abs(steps_under(cls(), 0.01, steps, lambda k: (last ** (k / steps), -(last ** (k / steps))))[-1])  # noqa: B023
        for last in (0.01, 1.0)
    )
    assert (fallen < 0.1 * constant).all() == cls.steps_shrink, "steps_shrink"


def test_adagrad_under_a_constant_gradient_moves_eta_over_root_k():
    moved = steps_under(AdaGrad(stabiliser=1e-16), 0.1, 50, lambda k: (3.0, -0.02))
    expected = -0.1 / np.sqrt(np.arange(1, 51))
    np.testing.assert_allclose(moved, np.stack([expected, -expected], axis=1), rtol=1e-12)


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
def test_momentum_has_two_effective_learning_rates(mu):
    """eta/(1 - mu) under a constant gradient (7.33), eta/(1 + mu) under one that alternates in sign."""
    steady = steps_under(Momentum(momentum=mu), 0.1, 600, lambda k: (2.0, -1.0))
    np.testing.assert_allclose(steady[-1], [-0.2 / (1 - mu), 0.1 / (1 - mu)], rtol=1e-12)
    swinging = steps_under(Momentum(momentum=mu), 0.1, 601, lambda k: ((-1) ** k, 0.0))
    np.testing.assert_allclose(swinging[-1, 0], -0.1 / (1 + mu), rtol=1e-12)


@pytest.mark.parametrize(("beta1", "beta2", "bound"), [(0.9, 0.99, 2.35), (0.9, 0.999, 7.27)])
def test_adam_step_reaches_its_true_bound(beta1, beta2, bound):
    """(1 - beta1)/sqrt((1 - beta2)(1 - beta1^2/beta2)) eta, when gradients grow by beta2/beta1 a step."""
    optimizer = Adam(decay_1=beta1, decay_2=beta2, stabiliser=1e-16)
    growth = beta2 / beta1
    steps = steps_under(optimizer, 1.0, 3000, lambda k: (growth ** (k - 2999), growth ** (k - 2999)))
    exact = (1 - beta1) / np.sqrt((1 - beta2) * (1 - beta1**2 / beta2))
    assert exact == pytest.approx(bound, abs=0.005)
    # the corrections 1/(1 - beta2^tau) are still 1.05 after 3,000 steps at 0.999
    correction = np.sqrt(1 - beta2**3000) / (1 - beta1**3000)
    assert np.abs(steps[-1]).max() == pytest.approx(exact * correction, rel=1e-10)


@pytest.mark.parametrize("optimizer", [Adam(stabiliser=1e-16), RMSProp(stabiliser=1e-16), AdaGrad(stabiliser=1e-16)])
def test_adaptive_paths_on_an_aligned_valley_do_not_depend_on_the_eigenvalues(optimizer):
    etas = {Adam: 0.01, RMSProp: 0.002, AdaGrad: 0.1}
    paths = [
        run(Quadratic(eigenvalue_1=low, eigenvalue_2=high, angle=0.0), optimizer, etas[type(optimizer)], START, 100)
        for low, high in ((1.0, 1.0), (1.0, 20.0), (0.01, 700.0))
    ]
    for path in paths[1:]:
        np.testing.assert_allclose(path.weights, paths[0].weights, rtol=0.0, atol=1e-12)


def test_adam_without_memory_is_sign_descent():
    path = run(VALLEY, Adam(decay_1=0.0, decay_2=0.0, stabiliser=1e-16), 0.01, START, 90)
    expected = path.weights[:-1] - 0.01 * np.sign(path.gradient[:-1])
    np.testing.assert_allclose(path.weights[1:], expected, rtol=0.0, atol=1e-15)


BY_MODES = [slug for slug, cls in OPTIMIZERS.items() if cls.mode_polynomial is not Optimizer.mode_polynomial]


@pytest.mark.parametrize("slug", BY_MODES)
def test_rules_that_treat_modes_one_by_one_turn_with_the_valley(slug):
    cls = OPTIMIZERS[slug]
    aligned = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=0.0)
    start = aligned.modes(START)
    still = run(aligned, cls(), 0.02, start, 300)
    turned = run(VALLEY, cls(), 0.02, VALLEY.eigenvectors @ start, 300)
    np.testing.assert_allclose(VALLEY.modes(turned.weights), still.weights, rtol=0.0, atol=1e-13)


def test_rmsprop_ends_in_a_two_cycle_of_half_the_learning_rate():
    """Why "stays below the tolerance" may never hold: |w| = eta/2 in every weight, whatever its eigenvalue."""
    valley = Quadratic(eigenvalue_1=0.5, eigenvalue_2=30.0, angle=0.0)
    path = run(valley, RMSProp(decay=0.5, stabiliser=1e-16), 0.02, (0.7, -0.4), 3000)
    np.testing.assert_allclose(np.abs(path.weights[-10:]), 0.01, rtol=1e-6)
    assert path.error[-1, 0] == pytest.approx(0.02**2 * 30.5 / 8.0, rel=1e-6)
