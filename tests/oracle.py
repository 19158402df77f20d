"""Plain NumPy transcriptions of the optimizers, to be read beside the source each one names.

One function per optimizer, named as its slug; keyword names are those of its fields. Nothing here imports the engine.
Optimizers without a learning rate stand at the end: on a quadratic, whose Hessian they are given in its place.

    path = adam(gradient, w, learning_rate=0.01, steps=500, decay_1=0.9, decay_2=0.99, stabiliser=1e-8)

`gradient(w)` maps (D,) to (D,); `w` is the start (D,). The result holds the start and the position after each step,
(steps + 1, D), in the floating-point type of `w`.

Equation numbers: Bishop and Bishop, Deep Learning (2024), chapter 7. tau is the number of the update, from 1.
Algorithm 7.4 there sets g = -grad E and then subtracts, which climbs; (7.43) to (7.47) have the right sign, as here.
"""

import numpy as np


def divisor(r, stabiliser, place):
    """sqrt(r) + delta, as (7.40), (7.42) and (7.47) have it, or sqrt(r + delta)."""
    return np.sqrt(r) + stabiliser if place == "outside" else np.sqrt(r + stabiliser)


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


def adagrad(gradient, w, learning_rate, steps, stabiliser, stabiliser_place="outside"):
    """(7.39): r(tau) = r(tau-1) + g^2, r(0) = 0; (7.40): w(tau) = w(tau-1) - eta / (sqrt(r(tau)) + delta) g."""
    path = [np.array(w)]
    r = np.zeros_like(path[0])
    for _ in range(steps):
        w = path[-1]
        g = gradient(w)
        r = r + g**2
        path.append(w - learning_rate / divisor(r, stabiliser, stabiliser_place) * g)
    return np.array(path)


def rmsprop(gradient, w, learning_rate, steps, decay, stabiliser, stabiliser_place="outside"):
    """(7.41): r(tau) = beta r(tau-1) + (1 - beta) g^2, r(0) = 0; (7.42): w(tau) as in (7.40)."""
    path = [np.array(w)]
    r = np.zeros_like(path[0])
    for _ in range(steps):
        w = path[-1]
        g = gradient(w)
        r = decay * r + (1 - decay) * g**2
        path.append(w - learning_rate / divisor(r, stabiliser, stabiliser_place) * g)
    return np.array(path)


def adam(
    gradient, w, learning_rate, steps, decay_1, decay_2, stabiliser, bias_correction="on", stabiliser_place="outside"
):
    """(7.43) to (7.47): running averages s of g and r of g^2, both from 0, each divided by 1 - beta^tau."""
    path = [np.array(w)]
    s = np.zeros_like(path[0])
    r = np.zeros_like(path[0])
    for tau in range(1, steps + 1):
        w = path[-1]
        g = gradient(w)
        s = decay_1 * s + (1 - decay_1) * g
        r = decay_2 * r + (1 - decay_2) * g**2
        s_hat, r_hat = s, r
        if bias_correction == "on":
            s_hat = s / (1 - decay_1**tau)
            r_hat = r / (1 - decay_2**tau)
        path.append(w - learning_rate * s_hat / divisor(r_hat, stabiliser, stabiliser_place))
    return np.array(path)


def delta_bar_delta(gradient, w, learning_rate, steps, increase, decrease, decay):
    """Jacobs (1988), section 4: d = dE/dw, d_bar(t) = (1 - theta) d(t) + theta d_bar(t-1), d_bar(0) = 0; epsilon grows
    by kappa where d_bar(t-1) d(t) > 0, shrinks by phi epsilon where < 0; then w(t+1) = w(t) - epsilon(t+1) d(t).
    """
    path = [np.array(w)]
    epsilon = np.full_like(path[0], learning_rate)
    d_bar = np.zeros_like(path[0])
    for _ in range(steps):
        w = path[-1]
        d = gradient(w)
        for i in range(len(w)):
            if d_bar[i] * d[i] > 0:
                epsilon[i] = epsilon[i] + increase
            elif d_bar[i] * d[i] < 0:
                epsilon[i] = epsilon[i] - decrease * epsilon[i]
        d_bar = (1 - decay) * d + decay * d_bar
        path.append(w - epsilon * d)
    return np.array(path)


def adadelta(gradient, w, learning_rate, steps, decay, stabiliser):
    """Zeiler (2012), Algorithm 1: E[g^2] and E[dx^2] from 0, dx = -RMS[dx](t-1)/RMS[g](t) g with RMS[y] = sqrt(E[y^2] +
    eps); x(t+1) = x(t) + dx. There is no learning rate there: it multiplies dx in the last line, as libraries have it.
    """
    path = [np.array(w)]
    squares = np.zeros_like(path[0])
    changes = np.zeros_like(path[0])
    for _ in range(steps):
        w = path[-1]
        g = gradient(w)
        squares = decay * squares + (1 - decay) * g**2
        dx = -np.sqrt(changes + stabiliser) / np.sqrt(squares + stabiliser) * g
        changes = decay * changes + (1 - decay) * dx**2
        path.append(w + learning_rate * dx)
    return np.array(path)


def adamax(gradient, w, learning_rate, steps, decay_1, decay_2):
    """Kingma and Ba (2015), Algorithm 2: m = beta1 m + (1 - beta1) g, u = max(beta2 u, |g|), both from 0,
    theta = theta - alpha/(1 - beta1^t) m/u. Where u = 0 nothing was ever there to move.
    """
    path = [np.array(w)]
    m = np.zeros_like(path[0])
    u = np.zeros_like(path[0])
    for t in range(1, steps + 1):
        w = path[-1]
        g = gradient(w)
        m = decay_1 * m + (1 - decay_1) * g
        u = np.maximum(decay_2 * u, np.abs(g))
        ratio = np.divide(m, u, out=np.zeros_like(m), where=u > 0)
        path.append(w - learning_rate / (1 - decay_1**t) * ratio)
    return np.array(path)


def nadam(gradient, w, learning_rate, steps, decay_1, decay_2, stabiliser, momentum_schedule="grows"):
    """Dozat (2016), Algorithm 2, mu_t = mu (1 - 0.5 * 0.96^(t/250)) or constant, without the factor nu in n_hat.

    m = mu_t m + (1 - mu_t) g, n = nu n + (1 - nu) g^2, n_hat = n/(1 - nu^t),
    m_hat = mu_(t+1) m/(1 - prod_1^(t+1) mu_i) + (1 - mu_t) g/(1 - prod_1^t mu_i),
    theta = theta - alpha m_hat/(sqrt(n_hat) + eps). "library": as PyTorch's documentation, m = beta1 m + (1 - beta1) g.
    """

    def mu(t):
        if momentum_schedule == "constant":
            return decay_1
        # 1 - 0.96^(1/250) has to be the double of the kernel: 500 powers of its rounding are more than 1e-12 is worth
        return decay_1 * (1 - np.longdouble(0.5) * np.longdouble(0.96 ** (1 / 250)) ** t)

    path = [np.array(w)]
    m = np.zeros_like(path[0])
    n = np.zeros_like(path[0])
    product = 1
    for t in range(1, steps + 1):
        w = path[-1]
        g = gradient(w)
        share = decay_1 if momentum_schedule == "library" else mu(t)
        m = share * m + (1 - share) * g
        n = decay_2 * n + (1 - decay_2) * g**2
        product = product * mu(t)
        m_hat = mu(t + 1) * m / (1 - product * mu(t + 1)) + (1 - mu(t)) * g / (1 - product)
        n_hat = n / (1 - decay_2**t)
        path.append(w - learning_rate * m_hat / (np.sqrt(n_hat) + stabiliser))
    return np.array(path)


def amsgrad(
    gradient, w, learning_rate, steps, decay_1, decay_2, stabiliser, bias_correction="off", stabiliser_place="outside"
):
    """Reddi, Kale and Kumar (2018), Algorithm 2 with constant beta1: m and v as in Adam, v_hat = max(v_hat, v),
    x = x - alpha m/sqrt(v_hat). delta is not in the paper. Corrected, as PyTorch: m and v_hat divided after the max.
    """
    path = [np.array(w)]
    m = np.zeros_like(path[0])
    v = np.zeros_like(path[0])
    v_hat = np.zeros_like(path[0])
    for t in range(1, steps + 1):
        w = path[-1]
        g = gradient(w)
        m = decay_1 * m + (1 - decay_1) * g
        v = decay_2 * v + (1 - decay_2) * g**2
        v_hat = np.maximum(v_hat, v)
        top, bottom = m, v_hat
        if bias_correction == "on":
            top, bottom = m / (1 - decay_1**t), v_hat / (1 - decay_2**t)
        path.append(w - learning_rate * top / divisor(bottom, stabiliser, stabiliser_place))
    return np.array(path)


def adamw(gradient, w, learning_rate, steps, decay_1, decay_2, weight_decay, stabiliser, decay_form="decoupled"):
    """Loshchilov and Hutter (2019), Algorithm 2. L2 (their line 6): g = grad f + lambda theta. Decoupled (line 12):
    theta = theta - eta_t (alpha m_hat/(sqrt(v_hat) + eps) + lambda theta). alpha = 1 and eta_t = eta here.
    """
    path = [np.array(w)]
    m = np.zeros_like(path[0])
    v = np.zeros_like(path[0])
    for t in range(1, steps + 1):
        w = path[-1]
        g = gradient(w)
        if decay_form == "l2":
            g = g + weight_decay * w
        m = decay_1 * m + (1 - decay_1) * g
        v = decay_2 * v + (1 - decay_2) * g**2
        m_hat = m / (1 - decay_1**t)
        v_hat = v / (1 - decay_2**t)
        step = m_hat / (np.sqrt(v_hat) + stabiliser)
        if decay_form == "decoupled":
            step = step + weight_decay * w
        path.append(w - learning_rate * step)
    return np.array(path)


def lion(gradient, w, learning_rate, steps, decay_1, decay_2, weight_decay):
    """Chen and others (2023), Algorithm 2: c = beta1 m + (1 - beta1) g, theta = theta - eta (sign(c) + lambda theta),
    then m = beta2 m + (1 - beta2) g, from 0.
    """
    path = [np.array(w)]
    m = np.zeros_like(path[0])
    for _ in range(steps):
        w = path[-1]
        g = gradient(w)
        c = decay_1 * m + (1 - decay_1) * g
        path.append(w - learning_rate * (np.sign(c) + weight_decay * w))
        m = decay_2 * m + (1 - decay_2) * g
    return np.array(path)


def sign_descent(gradient, w, learning_rate, steps):
    """Bernstein and others (2018), Algorithm 1, signSGD: x = x - delta sign(g)."""
    path = [np.array(w)]
    for _ in range(steps):
        w = path[-1]
        path.append(w - learning_rate * np.sign(gradient(w)))
    return np.array(path)


def exact_line_search(gradient, w, hessian, steps):
    """Nocedal and Wright (2006), 3.26: w = w - (g'g/g'Hg) g."""
    path = [np.array(w)]
    for _ in range(steps):
        w = path[-1]
        g = gradient(w)
        if not g @ g > 0:
            path.append(w)
            continue
        path.append(w - (g @ g) / (g @ hessian @ g) * g)
    return np.array(path)


def conjugate_gradient(gradient, w, hessian, steps, formula):
    """Hestenes and Stiefel (1952), 3:1, with r = -g: p = r, then a = r'r/p'Ap, x = x + a p, b = r_new'r_new/r'r,
    p = r_new + b p; begun again every D steps. Both formulas are this b while the gradients are perpendicular; to
    rounding they are not, so b is theirs: Polak and Ribiere (1969), cut at 0, or Fletcher and Reeves (1964).
    """
    path = [np.array(w)]
    p, old = None, None
    for k in range(steps):
        w = path[-1]
        g = gradient(w)
        if not g @ g > 0:
            p, old = -g, g
            path.append(w)
            continue
        if k % len(w) == 0 or not old @ old > 0:
            p = -g
        else:
            top = g @ (g - old) if formula == "polak-ribiere" else g @ g
            p = -g + max(top / (old @ old), 0) * p
        if not g @ p < 0:
            p = -g
        path.append(w - (g @ p) / (p @ hessian @ p) * p)
        old = g
    return np.array(path)


def newton(gradient, w, hessian, steps):
    """Nocedal and Wright (2006), 3.30, in two weights by Cramer's rule: w = w - H^-1 g."""
    path = [np.array(w)]
    (a, b), (c, d) = hessian
    for _ in range(steps):
        w = path[-1]
        g = gradient(w)
        path.append(w - np.array([d * g[0] - b * g[1], a * g[1] - c * g[0]]) / (a * d - b * c))
    return np.array(path)
