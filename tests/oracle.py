"""Plain NumPy transcriptions of the optimizers, to be read beside the source each one names.

One function per optimizer, named as its slug; keyword names are those of its fields. Nothing here imports the engine.

    path = adam(gradient, w, learning_rate=0.01, steps=500, decay_1=0.9, decay_2=0.99, stabiliser=1e-8)

`gradient(w)` maps (D,) to (D,); `w` is the start (D,). The result holds the start and the position after each step,
(steps + 1, D), in the floating-point type of `w`.

Equation numbers: Bishop and Bishop, Deep Learning (2024), chapter 7. tau is the number of the update, from 1.
Algorithm 7.4 there sets g = -grad E and then subtracts, which climbs; (7.43) to (7.47) have the right sign, as here.
"""

import numpy as np


def gradient_descent(gradient, w, learning_rate, steps):
    """(7.16): w(tau) = w(tau-1) - eta grad E(w(tau-1))."""
    path = [np.array(w)]
    for _ in range(steps):
        w = path[-1]
        path.append(w - learning_rate * gradient(w))
    return np.array(path)


def momentum(gradient, w, learning_rate, steps, momentum):
    """(7.31): dw(tau-1) = -eta grad E(w(tau-1)) + mu dw(tau-2), then (7.15): w(tau) = w(tau-1) + dw(tau-1)."""
    path = [np.array(w)]
    dw = np.zeros_like(path[0])
    for _ in range(steps):
        w = path[-1]
        dw = -learning_rate * gradient(w) + momentum * dw
        path.append(w + dw)
    return np.array(path)


def nesterov(gradient, w, learning_rate, steps, momentum):
    """(7.34): dw(tau-1) = -eta grad E(w(tau-1) + mu dw(tau-2)) + mu dw(tau-2), then (7.15)."""
    path = [np.array(w)]
    dw = np.zeros_like(path[0])
    for _ in range(steps):
        w = path[-1]
        dw = -learning_rate * gradient(w + momentum * dw) + momentum * dw
        path.append(w + dw)
    return np.array(path)


def adagrad(gradient, w, learning_rate, steps, stabiliser):
    """(7.39): r(tau) = r(tau-1) + g^2, r(0) = 0; (7.40): w(tau) = w(tau-1) - eta / (sqrt(r(tau)) + delta) g."""
    path = [np.array(w)]
    r = np.zeros_like(path[0])
    for _ in range(steps):
        w = path[-1]
        g = gradient(w)
        r = r + g**2
        path.append(w - learning_rate / (np.sqrt(r) + stabiliser) * g)
    return np.array(path)


def rmsprop(gradient, w, learning_rate, steps, decay, stabiliser):
    """(7.41): r(tau) = beta r(tau-1) + (1 - beta) g^2, r(0) = 0; (7.42): w(tau) as in (7.40)."""
    path = [np.array(w)]
    r = np.zeros_like(path[0])
    for _ in range(steps):
        w = path[-1]
        g = gradient(w)
        r = decay * r + (1 - decay) * g**2
        path.append(w - learning_rate / (np.sqrt(r) + stabiliser) * g)
    return np.array(path)


def adam(gradient, w, learning_rate, steps, decay_1, decay_2, stabiliser):
    """(7.43) to (7.47): running averages s of g and r of g^2, both from 0, each divided by 1 - beta^tau."""
    path = [np.array(w)]
    s = np.zeros_like(path[0])
    r = np.zeros_like(path[0])
    for tau in range(1, steps + 1):
        w = path[-1]
        g = gradient(w)
        s = decay_1 * s + (1 - decay_1) * g
        r = decay_2 * r + (1 - decay_2) * g**2
        s_hat = s / (1 - decay_1**tau)
        r_hat = r / (1 - decay_2**tau)
        path.append(w - learning_rate * s_hat / (np.sqrt(r_hat) + stabiliser))
    return np.array(path)
