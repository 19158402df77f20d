"""Backpropagation through small networks: one kernel for many networks at once, with or without tangents."""

from typing import NamedTuple

import numpy as np

from engine.kernel import kernel, part

# what theta holds, in order; the widths of inputs, hidden layers and outputs follow
ACTIVATION, LOSS, NORMALISATION, PLACE, SUMMED, PENALTY, SPARSITY, LEAK, STABILISER, TARGETS, WIDTHS = range(11)

# words by their places in Mlp's choices
LINEAR, SIGMOID, TANH, HARD_TANH, SOFTSIGN, RELU, LEAKY_RELU, PRELU = range(8)
SUM_OF_SQUARES, CROSS_ENTROPY, SOFTMAX, MAX_MARGIN = range(4)
NONE, BATCH, LAYER = range(3)
BEFORE, AFTER = range(2)

LANES = 1024  # pairs of a row and a run that are worked on together, so that they stay near the processor
FEWEST = 8  # runs together, also where batch normalisation needs all rows at once

# e^y = 2^n e^f with |f| <= ln(2)/2; Cody and Waite (1980)
MAGIC = 6755399441055744.0  # 1.5 2^52: with it added, a number is rounded to a whole one, which its low bits hold
LOG2_E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 0.693147180369123816490, 1.90821492927058770002e-10


class Work(NamedTuple):
    """Everything that is worked on, end to end in one array, with what stands where in it.

    To cut a row out of an array, or to hand over an array, is to count who holds it. That took longer than the sums of
    one small network, so that places are handed over.
    """

    b: np.ndarray
    lane: int  # numbers in a row: rows of data x runs
    far: int  # rows to the derivative of a row
    pre: int  # the row of unit 0, those of others follow: a
    out: int  # z = h(a); what is normalised after the activation is so here
    rise: int  # h'(a)
    back: int  # dE/dz, then dE/da
    hat: int  # normalised value; of an output e^-|a|
    inverse: int  # 1/sigma
    negative: int  # min(a, 0)
    mean: int  # for normalisation
    square: int  # for normalisation
    aside: int  # four rows for a moment
    cost: int  # one row: what hidden units cost
    weights: int  # where those of the runs begin, one run beside the other
    totals: int  # where dE/dw begins
    apart: int  # from one weight to the next: the most runs
    size: int  # D
    orders: int  # 1, or 2 with tangents
    rows: int
    runs: int
    share: float  # what every row's error is multiplied by


class Series(NamedTuple):
    """A value, and with tangents its derivative along them, for every row of data and every run.

    That of row n and run r stands at n stride + r from the first. A stride of 0 is a weight's, the same for all rows of
    data; to add to one is to sum over these, in their order. Unsigned: a signed index might be negative, and a loop
    that looks for that makes no vectors.
    """

    at: np.uint64
    derivative: np.uint64
    stride: np.uint64


@part
def _row(work, row):
    return np.uint64(row * work.lane)


@part
def _shared(work, row, stride):
    return Series(_row(work, row), _row(work, row + work.far), np.uint64(stride))


@part
def _unit(work, row):
    return _shared(work, row, work.runs)


@part
def _of_runs(work, begin, i):
    at = begin + i * work.apart
    return Series(np.uint64(at), np.uint64(at + work.size * work.apart), np.uint64(0))


@part
def _weight(work, i):
    return _of_runs(work, work.weights, i)


@part
def _total(work, i):
    return _of_runs(work, work.totals, i)


@part
def _clear(work, row):
    b, length = work.b, np.uint64(work.rows * work.runs)
    for p in range(work.orders):
        at = _row(work, row + p * work.far)
        for x in range(length):
            b[at + x] = 0.0


@part
def _copy(out, x, work):
    """Let out be x."""
    b, rows, runs = work.b, np.uint64(work.rows), np.uint64(work.runs)
    for p in range(work.orders):
        at, x_at = (out.at, x.at) if p == 0 else (out.derivative, x.derivative)
        for n in range(rows):
            i, j = at + n * out.stride, x_at + n * x.stride
            for r in range(runs):
                b[i + r] = b[j + r]


@part
def _single(out, x, y, factor, work):
    """Add factor x y to out, of one run without tangents: then the loop over the rows of data is the long one."""
    b, rows = work.b, np.uint64(work.rows)
    if out.stride == 0:
        total = b[out.at]
        for n in range(rows):
            total += factor * (b[x.at + n * x.stride] * b[y.at + n * y.stride])
        b[out.at] = total
    elif x.stride == 0:
        by = b[x.at]
        for n in range(rows):
            b[out.at + n] += factor * (by * b[y.at + n])
    elif y.stride == 0:
        by = b[y.at]
        for n in range(rows):
            b[out.at + n] += factor * (b[x.at + n] * by)
    else:
        for n in range(rows):
            b[out.at + n] += factor * (b[x.at + n] * b[y.at + n])


@part
def _add(out, x, y, factor, work):
    """Add factor x y to out."""
    if work.runs == 1 and work.orders == 1:
        _single(out, x, y, factor, work)
        return
    b, rows, runs = work.b, np.uint64(work.rows), np.uint64(work.runs)
    for n in range(rows):
        i, j, k = out.at + n * out.stride, x.at + n * x.stride, y.at + n * y.stride
        for r in range(runs):
            b[i + r] += factor * (b[j + r] * b[k + r])
    if work.orders == 2:
        for n in range(rows):
            i, j, k = n * out.stride, n * x.stride, n * y.stride
            di, dj, dk = out.derivative + i, x.derivative + j, y.derivative + k
            j, k = x.at + j, y.at + k
            for r in range(runs):
                b[di + r] += factor * (b[j + r] * b[dk + r] + b[dj + r] * b[k + r])


@part
def _multiply(out, by, work):
    """Multiply out by another series."""
    b, rows, runs = work.b, np.uint64(work.rows), np.uint64(work.runs)
    if work.orders == 2:
        for n in range(rows):
            i, j = out.at + n * out.stride, by.at + n * by.stride
            di, dj = out.derivative + n * out.stride, by.derivative + n * by.stride
            for r in range(runs):
                b[di + r] = b[i + r] * b[dj + r] + b[di + r] * b[j + r]
    for n in range(rows):
        i, j = out.at + n * out.stride, by.at + n * by.stride
        for r in range(runs):
            b[i + r] *= b[j + r]


@part
def _values(work, row):
    """Return what stands in a row, as an array."""
    return work.b[row * work.lane : (row + 1) * work.lane]


@part
def _exponentials(work, power, less):
    """Fill two rows with e^y and e^y - 1 of y <= 0: a loop that calls exp makes no vectors."""
    y, e, e1, scale = (
        _values(work, work.aside),
        _values(work, power),
        _values(work, less),
        _values(work, work.aside + 1),
    )
    bits = scale.view(np.int64)
    for x in range(work.rows * work.runs):
        y[x] = -708.0 if y[x] < -708.0 else y[x]  # what lies below is no normal number
        scale[x] = y[x] * LOG2_E + MAGIC
    for x in range(work.rows * work.runs):
        bits[x] = (bits[x] << 52) + (1023 << 52)
    for x in range(work.rows * work.runs):
        n = (y[x] * LOG2_E + MAGIC) - MAGIC
        f = (y[x] - n * LN2_HIGH) - n * LN2_LOW
        t = 1.0 / 479001600.0 + f * (1.0 / 6227020800.0)
        t = 1.0 / 39916800.0 + f * t
        t = 1.0 / 3628800.0 + f * t
        t = 1.0 / 362880.0 + f * t
        t = 1.0 / 40320.0 + f * t
        t = 1.0 / 5040.0 + f * t
        t = 1.0 / 720.0 + f * t
        t = 1.0 / 120.0 + f * t
        t = 1.0 / 24.0 + f * t
        t = 1.0 / 6.0 + f * t
        t = f + f * f * (0.5 + f * t)
        e[x] = scale[x] + scale[x] * t
        e1[x] = scale[x] * t + (scale[x] - 1.0)


@part
def _activate(work, kind, unit, leak, slope, power):
    """Fill z and h'(a) of a unit."""
    length, last = work.rows * work.runs, (work.orders - 1) * work.far
    a, z, d = _values(work, work.pre + unit), _values(work, work.out + unit), _values(work, work.rise + unit)
    y = _values(work, work.aside)
    bend = _values(work, work.rise + unit + last)  # h''(a), before h'(a): without tangents it is the same row
    if kind in (SIGMOID, TANH):
        e, e1 = _values(work, power), _values(work, work.aside + 2)
        sign = -2.0 if kind == TANH else -1.0
        for x in range(length):
            y[x] = sign * abs(a[x])
        _exponentials(work, power, work.aside + 2)
        for x in range(length):
            v = 1.0 / (1.0 + e[x])
            if kind == SIGMOID:
                z[x] = e[x] * v if a[x] < 0.0 else v
                bend[x] = (e[x] * v * v) * (1.0 - 2.0 * z[x])
                d[x] = e[x] * v * v
            else:
                v *= e1[x]
                z[x] = v if a[x] < 0.0 else -v
                bend[x] = -2.0 * z[x] * (1.0 - v * v)
                d[x] = 1.0 - v * v
    elif kind == SOFTSIGN:
        for x in range(length):
            v = 1.0 / (1.0 + abs(a[x]))
            z[x] = a[x] * v
            bend[x] = (2.0 if a[x] < 0.0 else -2.0) * v * v * v
            d[x] = v * v
    elif kind == HARD_TANH:
        for x in range(length):
            v = 1.0 if a[x] > 1.0 else a[x]
            z[x] = -1.0 if v < -1.0 else v
            bend[x] = 0.0
            d[x] = 1.0 if abs(a[x]) <= 1.0 else 0.0
    else:
        below = 1.0 if kind == LINEAR else leak if kind == LEAKY_RELU else 0.0
        for x in range(length):
            z[x] = a[x] if a[x] > 0.0 else below * a[x]
            bend[x] = 0.0
            d[x] = 1.0 if a[x] > 0.0 else below
            y[x] = 0.0 if a[x] > 0.0 else 1.0
    if work.orders == 2:
        da, dz = _values(work, work.pre + unit + last), _values(work, work.out + unit + last)
        dy = _values(work, work.aside + last)
        for x in range(length):
            dz[x] = d[x] * da[x]
            bend[x] *= da[x]
            dy[x] = 0.0
    if kind == PRELU:  # so far it was max(a, 0)
        _clear(work, work.negative + unit)
        _add(_unit(work, work.negative + unit), _unit(work, work.aside), _unit(work, work.pre + unit), 1.0, work)
        _add(_unit(work, work.out + unit), _weight(work, slope), _unit(work, work.negative + unit), 1.0, work)
        _add(_unit(work, work.rise + unit), _weight(work, slope), _unit(work, work.aside), 1.0, work)


@part
def _normalise(work, values, here, many, gamma, batch, stabiliser):
    """Normalise a layer in place: every unit over the rows of data, or every row over the units; 7.52 to 7.60."""
    stride, spots, apart = (0, work.runs, 1) if batch else (work.runs, work.rows * work.runs, 0)
    share, one = 1.0 / (work.rows if batch else many), _unit(work, work.out)
    for k in range(many if batch else 1):
        _clear(work, work.mean + k)
        _clear(work, work.square + k)
    for j in range(many):
        _add(_shared(work, work.mean + j * apart, stride), _unit(work, values + j), one, share, work)
    for j in range(many):
        hat = _unit(work, work.hat + here + j)
        _copy(hat, _unit(work, values + j), work)
        _add(hat, _shared(work, work.mean + j * apart, stride), one, -1.0, work)
        _add(_shared(work, work.square + j * apart, stride), hat, hat, share, work)
    for k in range(many if batch else 1):
        var, inverse = _values(work, work.square + k), _values(work, work.inverse + here + k)
        for x in range(spots):
            inverse[x] = 1.0 / np.sqrt(var[x] + stabiliser)
        if work.orders == 2:
            dvar = _values(work, work.square + k + work.far)
            dinverse = _values(work, work.inverse + here + k + work.far)
            for x in range(spots):
                dinverse[x] = -0.5 * dvar[x] * inverse[x] * inverse[x] * inverse[x]
    for j in range(many):
        hat, out = _unit(work, work.hat + here + j), _unit(work, values + j)
        _multiply(hat, _shared(work, work.inverse + here + j * apart, stride), work)
        _clear(work, values + j)
        _add(out, _weight(work, gamma + j), hat, 1.0, work)
        _add(out, _weight(work, gamma + many + j), one, 1.0, work)


@part
def _normalise_back(work, here, many, gamma, batch):
    """Turn dE/d of what was normalised into dE/d of what it was before: the statistics depend on that too."""
    stride, apart = (0, 1) if batch else (work.runs, 0)
    share, one = 1.0 / (work.rows if batch else many), _unit(work, work.out)
    for k in range(many if batch else 1):
        _clear(work, work.mean + k)
        _clear(work, work.square + k)
    for j in range(many):
        back, hat = _unit(work, work.back + here + j), _unit(work, work.hat + here + j)
        _add(_total(work, gamma + j), back, hat, 1.0, work)
        _add(_total(work, gamma + many + j), back, one, 1.0, work)
        _multiply(back, _weight(work, gamma + j), work)
        _add(_shared(work, work.mean + j * apart, stride), back, one, share, work)
        _add(_shared(work, work.square + j * apart, stride), back, hat, share, work)
    for j in range(many):
        back, hat = _unit(work, work.back + here + j), _unit(work, work.hat + here + j)
        _add(back, _shared(work, work.mean + j * apart, stride), one, -1.0, work)
        _add(back, _shared(work, work.square + j * apart, stride), hat, -1.0, work)
        _multiply(back, _shared(work, work.inverse + here + j * apart, stride), work)


@part
def _charge(work, unit, sparsity):
    """Add what the activation of a hidden unit costs, sparsity |z|, and let dE/dz begin with that."""
    b, z, back, cost = work.b, _row(work, work.out + unit), _row(work, work.back + unit), _row(work, work.cost)
    _clear(work, work.back + unit)
    for x in range(np.uint64(work.rows * work.runs)):
        v = b[z + x]
        b[back + x] = work.share * (sparsity if v > 0.0 else -sparsity if v < 0.0 else 0.0)
        b[cost + x] += sparsity * abs(v)


@part
def _judge(work, theta, here, many, data, top, target, first, error):
    """Add the error of every row of data, and fill dE/da of the outputs."""
    filled = work.far * work.orders
    s = work.b[: filled * work.lane].reshape(filled, work.lane)
    last, loss, targets = (work.orders - 1) * work.far, int(theta[LOSS]), int(theta[TARGETS])
    pre, out, back, power = work.pre + here, work.out + here, work.back + here, work.hat + here
    for n in range(work.rows):
        for r in range(work.runs):
            x = n * work.runs + r
            lost, peak, total, along, true, wrong = s[work.cost, x], s[pre, x], 0.0, 0.0, 0.0, 0.0
            if loss == SOFTMAX:
                for k in range(1, many):
                    peak = s[pre + k, x] if s[pre + k, x] > peak else peak
                for k in range(many):
                    s[out + k, x] = np.exp(s[pre + k, x] - peak)
                    total += s[out + k, x]
                    along += s[out + k, x] * s[pre + last + k, x]
                lost += np.log(total)
            elif loss == MAX_MARGIN and many > 1:
                for k in range(many):
                    true += data[top + n, target + k] * s[pre + k, x]
            for k in range(many):
                a, da = s[pre + k, x], s[pre + last + k, x]
                t = data[top + n, target + (k if targets == many else 0)]
                if loss == SUM_OF_SQUARES:
                    e, de = a - t, da
                    lost += 0.5 * e * e
                elif loss == CROSS_ENTROPY:
                    e, de = s[out + k, x] - t, s[out + last + k, x]
                    lost += np.log1p(s[power + k, x]) + ((0.0 if a < 0.0 else a) - t * a)
                elif loss == SOFTMAX:
                    t = 1.0 - t if targets < many and k == 0 else t
                    e = s[out + k, x] / total - t
                    de = s[out + k, x] / total * (da - along / total)
                    lost -= t * (a - peak)
                elif many == 1:
                    y = 1.0 - (2.0 * t - 1.0) * a
                    e, de = 0.0 if y <= 0.0 else 1.0 - 2.0 * t, 0.0
                    lost += 0.0 if y <= 0.0 else y  # nan stays nan
                else:
                    y = 1.0 + a - true if t == 0.0 else 0.0
                    e, de = 0.0 if y <= 0.0 else 1.0, 0.0
                    wrong += e
                    lost += 0.0 if y <= 0.0 else y
                s[back + last + k, x] = work.share * de  # first: without tangents it is the same row
                s[back + k, x] = work.share * e
            for k in range(many if wrong > 0.0 else 0):
                s[back + k, x] -= work.share * data[top + n, target + k] * wrong
            error[first + r] += work.share * lost


@part
def _take(work, data, top, inputs):
    """Fill z of unit 0, which is always 1, and of the inputs."""
    for i in range(inputs + 1):
        _clear(work, work.out + i)
        z = _values(work, work.out + i)
        for n in range(work.rows):
            for r in range(work.runs):
                z[n * work.runs + r] = data[top + n, i - 1] if i > 0 else 1.0


@part
def _forward(work, theta, width, unit, begin):
    """Fill what is kept of every unit, layer by layer, and what the hidden ones cost."""
    activation, normalisation, place = int(theta[ACTIVATION]), int(theta[NORMALISATION]), int(theta[PLACE])
    _clear(work, work.cost)
    for layer in range(1, len(width)):
        below, here, many, fan = unit[layer - 1], unit[layer], width[layer], width[layer - 1]
        hidden = layer < len(width) - 1
        bias, gamma = begin[layer] + many * fan, begin[layer] + many * (fan + 1)
        kind = activation if hidden else SIGMOID if theta[LOSS] == CROSS_ENTROPY else LINEAR
        for j in range(many):
            a = _unit(work, work.pre + here + j)
            _copy(a, _weight(work, bias + j), work)
            for i in range(fan):
                _add(a, _weight(work, begin[layer] + j * fan + i), _unit(work, work.out + below + i), 1.0, work)
        if hidden and normalisation != NONE and place == BEFORE:
            _normalise(work, work.pre + here, here, many, gamma, normalisation == BATCH, theta[STABILISER])
        for j in range(many):
            power = work.aside + 3 if hidden else work.hat + here + j
            _activate(work, kind, here + j, theta[LEAK], begin[layer + 1] - 1, power)
        if hidden and normalisation != NONE and place == AFTER:
            _normalise(work, work.out + here, here, many, gamma, normalisation == BATCH, theta[STABILISER])
        for j in range(many if hidden else 0):
            _charge(work, here + j, theta[SPARSITY])


@part
def _backward(work, theta, width, unit, begin):
    """From dE/da of the outputs go down, layer by layer, and add to g what is due to every weight."""
    activation, normalisation, place = int(theta[ACTIVATION]), int(theta[NORMALISATION]), int(theta[PLACE])
    one = _unit(work, work.out)
    for layer in range(len(width) - 1, 0, -1):
        below, here, many, fan = unit[layer - 1], unit[layer], width[layer], width[layer - 1]
        hidden = layer < len(width) - 1
        bias, gamma = begin[layer] + many * fan, begin[layer] + many * (fan + 1)
        if hidden and normalisation != NONE and place == AFTER:
            _normalise_back(work, here, many, gamma, normalisation == BATCH)
        if hidden and activation == PRELU:
            total = _unit(work, work.aside)
            _clear(work, work.aside)
            for j in range(many):
                _add(total, _unit(work, work.back + here + j), _unit(work, work.negative + here + j), 1.0, work)
            _add(_total(work, begin[layer + 1] - 1), total, one, 1.0, work)
        for j in range(many if hidden else 0):
            _multiply(_unit(work, work.back + here + j), _unit(work, work.rise + here + j), work)
        if hidden and normalisation != NONE and place == BEFORE:
            _normalise_back(work, here, many, gamma, normalisation == BATCH)
        for j in range(many):
            back = _unit(work, work.back + here + j)
            _add(_total(work, bias + j), back, one, 1.0, work)
            for i in range(fan):
                _add(_total(work, begin[layer] + j * fan + i), back, _unit(work, work.out + below + i), 1.0, work)
                if layer > 1:
                    weight = _weight(work, begin[layer] + j * fan + i)
                    _add(_unit(work, work.back + below + i), weight, back, 1.0, work)


@part
def _penalise(w, decay, size, first, last, error, g):
    """Add decay/2 times the sum of the squares of some weights."""
    for i in range(first, last):
        for r in range(w.shape[1]):
            error[r] += 0.5 * decay * w[i, r] * w[i, r]
        for at in range(i, w.shape[0], size):
            for r in range(w.shape[1]):
                g[at, r] += decay * w[at, r]


class Backpropagation:
    """E and its gradient of R networks of one architecture; with tangents, the products of their Hessians too.

    a_j = b_j + sum over i of w_ji z_i,  z_j = h(a_j),  delta_j = h'(a_j) sum over k of w_kj delta_k,
    dE/dw_ji = delta_j z_i      Bishop and Bishop (2024), chapter 8; Rumelhart, Hinton and Williams (1986)

    Every quantity is a Taylor series in one variable, cut off after one or two coefficients. With w (2 D, R) the lower
    half is a direction v, and that of g is then H v, the derivative of the gradient along v, exact to rounding
    (Pearlmutter 1994, Neural Computation 6; Griewank and Walther 2008, chapter 5).

    Unit 0 is always 1: its weights are the biases. Runs are the last axis, so loops over a row's runs make vectors.
    """

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        layers = theta.shape[0] - WIDTHS
        width = np.empty(layers, np.int64)  # of the inputs, then of every layer
        unit = np.empty(layers, np.int64)  # the first of each
        begin = np.empty(layers + 1, np.int64)  # the first weight of each
        begin[0], begin[1], more = 0, 0, 2 if theta[NORMALISATION] != NONE else 0
        for layer in range(layers):
            width[layer] = int(theta[WIDTHS + layer])
            unit[layer] = unit[layer - 1] + width[layer - 1] if layer > 0 else 1
            if layer > 0:
                begin[layer + 1] = begin[layer] + width[layer] * (width[layer - 1] + 1)
            if 0 < layer < layers - 1:
                begin[layer + 1] += more * width[layer] + (1 if theta[ACTIVATION] == PRELU else 0)
        size, units = begin[layers], unit[layers - 1] + width[layers - 1]
        far = 9 * units + 5
        orders = w.shape[0] // size
        rows, runs = data.shape[0], max(min(w.shape[1], LANES // FEWEST), 1)
        if theta[NORMALISATION] == BATCH:
            runs = min(runs, max(LANES // rows, FEWEST))
        else:
            rows = min(rows, LANES // runs)
        lane, share = rows * runs, 1.0 if theta[SUMMED] == 1.0 else 1.0 / data.shape[0]
        weights = far * orders * lane
        totals = weights + size * orders * runs
        b = np.empty(totals + size * orders * runs)
        for r in range(w.shape[1]):
            error[r] = 0.0
        for first in range(0, w.shape[1], runs):
            some = runs if first + runs < w.shape[1] else w.shape[1] - first
            for i in range(w.shape[0]):
                for r in range(some):
                    b[weights + i * runs + r] = w[i, first + r]
                    b[totals + i * runs + r] = 0.0
            for top in range(0, data.shape[0], rows):
                many = rows if top + rows < data.shape[0] else data.shape[0] - top
                pre, out, rise, back, hat, inverse = 0, units, 2 * units, 3 * units, 4 * units, 5 * units
                negative, mean, square, aside = 6 * units, 7 * units, 8 * units, 9 * units
                work = Work(
                    b, lane, far, pre, out, rise, back, hat, inverse, negative, mean, square, aside, aside + 4,
                    weights, totals, runs, size, orders, many, some, share,
                )  # fmt: skip
                _take(work, data, top, width[0])
                _forward(work, theta, width, unit, begin)
                _judge(work, theta, unit[layers - 1], width[layers - 1], data, top, width[0], first, error)
                _backward(work, theta, width, unit, begin)
            for i in range(w.shape[0]):
                for r in range(some):
                    g[i, first + r] = b[totals + i * runs + r]
        decay = theta[PENALTY] * (data.shape[0] if theta[SUMMED] == 1.0 else 1)
        for layer in range(1, layers):
            _penalise(w, decay, size, begin[layer], begin[layer] + width[layer] * width[layer - 1], error, g)
