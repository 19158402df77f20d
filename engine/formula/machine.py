"""The machine: one compiled interpreter of every formula, over dual numbers of first or second order."""

from enum import IntEnum

import numpy as np

from engine.kernel import kernel

BLOCK = 512  # runs at once: their stack stays in the processor's first cache
SECOND = 5  # rows of derivatives up to the second: dE/dx, dE/dy, d2E/dx2, d2E/dxdy, d2E/dy2


class Op(IntEnum):
    """What the machine can do to the numbers on its stack; c is the number that stands with an operation."""

    CONSTANT = 0  # push c
    X = 1
    Y = 2
    SHIFT = 3  # u + c
    SCALE = 4  # u c
    OVER = 5  # u/c
    ADD = 6  # of two numbers u, v: u + v
    SUBTRACT = 7
    MULTIPLY = 8
    DIVIDE = 9
    POWER = 10  # u^v
    MIN = 11
    MAX = 12
    WHOLE_POWER = 13  # u^c, c = 2, 3, ...
    REAL_POWER = 14  # u^c
    RAISE = 15  # c^u
    SIN = 16
    COS = 17
    TAN = 18
    EXP = 19
    LOG = 20
    SQRT = 21
    ABS = 22
    TANH = 23
    SIGMOID = 24


# numba takes module constants as they are; members of an enum would be looked up
_CONSTANT, _X, _Y, _SHIFT, _SCALE, _OVER = range(6)
_ADD, _SUBTRACT, _MULTIPLY, _DIVIDE, _POWER, _MIN, _MAX = range(6, 13)
_WHOLE_POWER, _REAL_POWER, _RAISE = range(13, 16)
_SIN, _COS, _TAN, _EXP, _LOG, _SQRT, _ABS, _TANH, _SIGMOID = range(16, 25)


class Machine:
    """Evaluates the program in theta: its stack's depth, then pairs of operation and number.

    With u = u(x, y): f(u)_i = f' u_i,  f(u)_ij = f' u_ij + f'' u_i u_j,  and the same for two arguments
    Griewank and Walther (2008), chapters 3 and 13

    ``g`` has 2 rows for the gradient, or 5: the gradient, then d2E/dx2, d2E/dxdy and d2E/dy2. Derivatives are exact, as
    good as the values. Where E has a corner: abs has slope 0 at 0, and of two equal arguments min and max take half of
    each slope, so that max(u, -u) is abs(u). Outside its domain a function is nan, quietly, and so is what is made of
    it. Derivatives by a variable that a part does not hold are never touched.
    """

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        runs, rows = w.shape[1], g.shape[0] + 1
        second = rows > 3
        block = max(1, min(BLOCK, runs))
        stack = np.empty((int(theta[0]), rows, block))
        live = np.empty(int(theta[0]), np.int64)  # bit j set where row j, of d/dx or d/dy, is not zero
        part = np.empty((5, block))
        pp, pq, qq = part[2], part[3], part[4]
        for low in range(0, runs, block):
            n = min(block, runs - low)
            top = -1
            for k in range(1, theta.shape[0], 2):
                op, c = int(theta[k]), theta[k + 1]
                if op <= _Y:
                    top += 1
                    u = stack[top]
                    live[top] = 3 if second else op
                    if second:
                        for j in range(1, rows):
                            row = u[j]
                            for r in range(n):
                                row[r] = 0.0
                    row = u[0]
                    if op == _CONSTANT:
                        for r in range(n):
                            row[r] = c
                    else:
                        source, ones = w[op - 1], u[op]
                        for r in range(n):
                            row[r] = source[low + r]
                        for r in range(n):
                            ones[r] = 1.0
                elif op == _SHIFT:
                    row = stack[top, 0]
                    for r in range(n):
                        row[r] += c
                elif op <= _OVER:
                    u = stack[top]
                    for j in range(rows):
                        if j == 0 or j > 2 or live[top] & j:
                            row = u[j]
                            if op == _SCALE:
                                for r in range(n):
                                    row[r] *= c
                            else:
                                for r in range(n):
                                    row[r] /= c
                elif op <= _SUBTRACT:
                    top -= 1
                    u, v = stack[top], stack[top + 1]
                    sign = 1.0 if op == _ADD else -1.0
                    for j in range(rows):
                        if j == 0 or j > 2 or live[top + 1] & j:
                            row, other = u[j], v[j]
                            if j == 0 or j > 2 or live[top] & j:
                                for r in range(n):
                                    row[r] += sign * other[r]
                            else:
                                for r in range(n):
                                    row[r] = sign * other[r]
                    live[top] |= live[top + 1]
                elif op <= _MAX:
                    top -= 1
                    u, v = stack[top], stack[top + 1]
                    row, other = u[0], v[0]
                    p, q = part[0], part[1]  # slopes along u and v; bends pp, pq, qq
                    if op == _MULTIPLY:
                        p, q = other, row
                        if second:
                            for r in range(n):
                                pp[r] = 0.0
                                pq[r] = 1.0
                                qq[r] = 0.0
                    elif op == _DIVIDE:
                        for r in range(n):
                            p[r] = 1.0 / other[r]
                            row[r] = row[r] / other[r]
                            q[r] = -row[r] * p[r]
                        if second:
                            for r in range(n):
                                pp[r] = 0.0
                                pq[r] = -p[r] * p[r]
                                qq[r] = -2.0 * q[r] * p[r]
                    elif op == _POWER:
                        for r in range(n):
                            a, b = row[r], other[r]
                            logarithm, value, lower = np.log(a), np.power(a, b), np.power(a, b - 1.0)
                            p[r] = b * lower
                            q[r] = value * logarithm if value != 0.0 else 0.0
                            row[r] = value
                            if second:
                                pp[r] = b * (b - 1.0) * np.power(a, b - 2.0)
                                pq[r] = lower * (1.0 + b * logarithm) if lower != 0.0 else 0.0
                                qq[r] = q[r] * logarithm if value != 0.0 else 0.0
                    else:
                        for r in range(n):
                            a, b = row[r], other[r]
                            ahead = a - b if op == _MAX else b - a
                            p[r] = 1.0 if ahead > 0.0 else (0.0 if ahead < 0.0 else 0.5)
                            q[r] = 1.0 - p[r]
                            row[r] = a if ahead > 0.0 else (b if ahead <= 0.0 else a + b)
                        if second:
                            for r in range(n):
                                pp[r] = 0.0
                                pq[r] = 0.0
                                qq[r] = 0.0
                    if second:
                        ux, uy, vx, vy = u[1], u[2], v[1], v[2]
                        uxx, uxy, uyy, vxx, vxy, vyy = u[3], u[4], u[5], v[3], v[4], v[5]
                        for r in range(n):
                            uxx[r] = p[r] * uxx[r] + q[r] * vxx[r] + pp[r] * ux[r] * ux[r]
                            uxx[r] += 2.0 * pq[r] * ux[r] * vx[r] + qq[r] * vx[r] * vx[r]
                        for r in range(n):
                            uxy[r] = p[r] * uxy[r] + q[r] * vxy[r] + pp[r] * ux[r] * uy[r]
                            uxy[r] += pq[r] * (ux[r] * vy[r] + uy[r] * vx[r]) + qq[r] * vx[r] * vy[r]
                        for r in range(n):
                            uyy[r] = p[r] * uyy[r] + q[r] * vyy[r] + pp[r] * uy[r] * uy[r]
                            uyy[r] += 2.0 * pq[r] * uy[r] * vy[r] + qq[r] * vy[r] * vy[r]
                    for j in range(1, 3):
                        row, other = u[j], v[j]
                        if live[top] & live[top + 1] & j:
                            for r in range(n):
                                row[r] = p[r] * row[r] + q[r] * other[r]
                        elif live[top] & j:
                            for r in range(n):
                                row[r] *= p[r]
                        elif live[top + 1] & j:
                            for r in range(n):
                                row[r] = q[r] * other[r]
                    live[top] |= live[top + 1]
                    if op == _MULTIPLY:
                        row, other = u[0], v[0]
                        for r in range(n):
                            row[r] *= other[r]
                else:
                    u = stack[top]
                    row = u[0]
                    p, q = part[0], part[1]  # slope and bend
                    if op == _WHOLE_POWER and c == 2.0:
                        for r in range(n):
                            p[r] = 2.0 * row[r]
                            q[r] = 2.0
                            row[r] *= row[r]
                    elif op == _WHOLE_POWER:
                        power = int(c) - 2
                        for r in range(n):
                            q[r] = 1.0
                            pp[r] = row[r]
                        while power > 0:
                            if power & 1:
                                for r in range(n):
                                    q[r] *= pp[r]
                            power >>= 1
                            if power > 0:
                                for r in range(n):
                                    pp[r] *= pp[r]
                        for r in range(n):
                            lower = q[r] * row[r]
                            p[r] = c * lower
                            q[r] *= c * (c - 1.0)
                            row[r] *= lower
                    elif op == _REAL_POWER:
                        for r in range(n):
                            a = row[r]
                            row[r] = np.power(a, c)
                            p[r] = c * np.power(a, c - 1.0)
                            if second:
                                q[r] = c * (c - 1.0) * np.power(a, c - 2.0)
                    elif op == _RAISE:
                        logarithm = np.log(c)
                        for r in range(n):
                            row[r] = np.power(c, row[r])
                            p[r] = row[r] * logarithm if row[r] != 0.0 else 0.0
                            q[r] = p[r] * logarithm if row[r] != 0.0 else 0.0
                    elif op <= _COS:
                        for r in range(n):
                            s, t = np.sin(row[r]), np.cos(row[r])
                            row[r] = s if op == _SIN else t
                            p[r] = t if op == _SIN else -s
                            q[r] = -row[r]
                    elif op == _TAN:
                        for r in range(n):
                            row[r] = np.tan(row[r])
                            p[r] = 1.0 + row[r] * row[r]
                            q[r] = 2.0 * row[r] * p[r]
                    elif op == _EXP:
                        for r in range(n):
                            row[r] = np.exp(row[r])
                            p[r] = row[r]
                            q[r] = row[r]
                    elif op == _LOG:
                        for r in range(n):
                            a = row[r] if row[r] >= 0.0 else np.nan
                            row[r] = np.log(a)
                            p[r] = 1.0 / a
                            q[r] = -p[r] * p[r]
                    elif op == _SQRT:
                        for r in range(n):
                            a = row[r]
                            row[r] = np.sqrt(a)
                            p[r] = 0.5 / row[r]
                            q[r] = -0.5 * p[r] / a
                    elif op == _ABS:
                        for r in range(n):
                            p[r] = np.sign(row[r])
                            row[r] = np.abs(row[r])
                            q[r] = 0.0
                    else:
                        for r in range(n):
                            a = row[r]
                            # 1 - tanh^2 and s (1 - s) would cancel far out, where slopes are small but not zero
                            small = np.exp(-np.abs(a)) if op == _SIGMOID else np.exp(-2.0 * np.abs(a))
                            middle = np.sign(a) * (1.0 - small) / (1.0 + small)  # tanh a, or 2 s - 1
                            p[r] = small / ((1.0 + small) * (1.0 + small))
                            if op == _SIGMOID:
                                row[r] = (1.0 if a >= 0.0 else small) / (1.0 + small)
                                q[r] = -p[r] * middle
                            else:
                                row[r] = np.tanh(a)
                                p[r] *= 4.0
                                q[r] = -2.0 * p[r] * middle
                    if second:
                        ux, uy, uxx, uxy, uyy = u[1], u[2], u[3], u[4], u[5]
                        for r in range(n):
                            uxx[r] = p[r] * uxx[r] + q[r] * ux[r] * ux[r]
                            uxy[r] = p[r] * uxy[r] + q[r] * ux[r] * uy[r]
                            uyy[r] = p[r] * uyy[r] + q[r] * uy[r] * uy[r]
                    for j in range(1, 3):
                        if live[top] & j:
                            row = u[j]
                            for r in range(n):
                                row[r] *= p[r]
            u = stack[0]
            row = u[0]
            for r in range(n):
                error[low + r] = row[r]
            for j in range(1, rows):
                row, filled = u[j], g[j - 1]
                if j > 2 or live[0] & j:
                    for r in range(n):
                        filled[low + r] = row[r]
                else:
                    for r in range(n):
                        filled[low + r] = 0.0
