/* The same sweep by hand: update, error and the four results fused into one loop over cells, in pieces that stay in the
   first cache. On the quadratic 1/2 (h11 x^2 + 2 h12 x y + h22 y^2) from one start; learning rate and one hyperparameter
   differ from cell to cell. */
#include <math.h>
#include <string.h>

#define LANES 64 /* cells in a piece; fastest of 8, 16, ..., 512 */

typedef struct { double h11, h12, h22, x0, y0, tolerance, bound; } problem; /* seven doubles, handed over by address */

#define GRADIENT \
    const double gx = p.h11 * x[k] + p.h12 * y[k], gy = p.h12 * x[k] + p.h22 * y[k]; \
    const double e = 0.5 * (x[k] * gx + y[k] * gy);

#define OBSERVE \
    const double ax = x[k] - p.x0, ay = y[k] - p.y0; \
    const int inside = (ax * ax + ay * ay <= p.bound) & (e - e == 0.0), below = e <= threshold; \
    const double gone = inside ? INFINITY : now, hit = below ? now : INFINITY; \
    diverged[k] = diverged[k] <= gone ? diverged[k] : gone; \
    above[k] = below ? above[k] : now; \
    first[k] = first[k] <= hit ? first[k] : hit; \
    last[k] = e;

#define BEGIN \
    const problem p = *given; \
    const double threshold = p.tolerance * 0.5 * (p.x0 * (p.h11 * p.x0 + p.h12 * p.y0) + p.y0 * (p.h12 * p.x0 + p.h22 * p.y0)); \
    for (int low = 0; low < cells; low += LANES) { \
        const int n = cells - low < LANES ? cells - low : LANES; \
        double x[LANES], y[LANES], eta[LANES] = {0}, beta[LANES] = {0}; \
        double diverged[LANES], above[LANES], first[LANES], last[LANES]; \
        memcpy(eta, eta_ + low, n * sizeof(double)); \
        memcpy(beta, beta_ + low, n * sizeof(double)); \
        for (int k = 0; k < LANES; k++) { \
            x[k] = p.x0, y[k] = p.y0, diverged[k] = first[k] = INFINITY, above[k] = -1.0; \
        }

#define END \
        for (int k = 0; k < n; k++) { \
            const int gone = diverged[k] < steps; \
            const double limit = gone ? diverged[k] : steps; \
            error[low + k] = gone ? NAN : last[k]; \
            settled[low + k] = gone || above[k] + 1.0 > steps ? NAN : above[k] + 1.0; \
            first_hit[low + k] = first[k] > limit ? NAN : first[k]; \
            diverged_at[low + k] = isinf(diverged[k]) ? -1.0 : diverged[k]; \
        } \
    }

void momentum(int cells, int steps, const problem *given, const double *eta_, const double *beta_,
              double *error, double *settled, double *first_hit, double *diverged_at)
{
    BEGIN
    double dx[LANES] = {0}, dy[LANES] = {0};
    for (int tau = 0; tau <= steps; tau++) {
        const double now = tau;
        for (int k = 0; k < LANES; k++) {
            GRADIENT
            OBSERVE
            dx[k] = beta[k] * dx[k] - eta[k] * gx;
            dy[k] = beta[k] * dy[k] - eta[k] * gy;
            x[k] += dx[k];
            y[k] += dy[k];
        }
    }
    END
}

void adam(int cells, int steps, const problem *given, const double *eta_, const double *beta_,
          double *error, double *settled, double *first_hit, double *diverged_at)
{
    const double beta2 = 0.999, delta = 1e-8;
    BEGIN
    double mx[LANES] = {0}, my[LANES] = {0}, qx[LANES] = {0}, qy[LANES] = {0}, c1[LANES] = {0}, c2 = 0.0;
    for (int tau = 0; tau <= steps; tau++) {
        const double now = tau;
        c2 += (1.0 - beta2) * (1.0 - c2); /* the same in every cell, as a hand would write it */
        for (int k = 0; k < LANES; k++) {
            GRADIENT
            OBSERVE
            c1[k] += (1.0 - beta[k]) * (1.0 - c1[k]);
            mx[k] = beta[k] * mx[k] + (1.0 - beta[k]) * gx;
            my[k] = beta[k] * my[k] + (1.0 - beta[k]) * gy;
            qx[k] = beta2 * qx[k] + (1.0 - beta2) * gx * gx;
            qy[k] = beta2 * qy[k] + (1.0 - beta2) * gy * gy;
            x[k] -= eta[k] * (mx[k] / c1[k]) / (sqrt(qx[k] / c2) + delta);
            y[k] -= eta[k] * (my[k] / c1[k]) / (sqrt(qy[k] / c2) + delta);
        }
    }
    END
}
