// What a run's own points say of its factors, and curvatures.
// the eta lambda at which the first root leaves the unit circle: Jury's conditions, affine in eta lambda
function edge([still, one]) {
  const jury = ([, b, c = 0]) => [1 + b + c, 1 - b + c, 1 - c];
  const [at0, at1] = [jury(still), jury(one)];
  return Math.min(...at0.map((value, k) => (at1[k] < value ? value / (value - at1[k]) : Infinity)));
}

const largest = (pair) => Math.max(...pair.map(([re, im]) => Math.hypot(re, im)));

// The factor per step that the run itself shows along an eigenvector, without asking the theory for it: the recurrence
// a(k+1) = s a(k) - p a(k-1) fitted to all its points, of which a falling transient is a part. {size, doubt, ...} or {why}
function measured(view, i) {
  const { steps, path, eigenvalues } = view;
  const count = Math.min(path.modes.length / 2, steps.length);
  const along = Array.from({ length: count }, (_, k) => path.modes[2 * k + i]);
  const reach = Array.from({ length: count }, (_, k) => Math.hypot(...view.origin) + Math.hypot(path.x[k], path.y[k]));
  // a step that takes nearly all of a distance away leaves the rounding of the weights before it
  const floor = reach.map((now, k) => LEAST + SEEN * now + LEFT * (reach[k - 1] ?? 0));
  const seen = along.map((value, k) => Number.isFinite(value) && Math.abs(value) > floor[k]);
  if (!seen.includes(true)) return { why: "there is nothing to measure" };
  const pair = factors(view, i);
  // without curvature, without a second root: one factor, and nothing to be told apart
  if (eigenvalues[i] === 0 || !(pair[1]?.[0] || pair[0][1])) return ratio(along, seen, steps, 0);
  const fit = fitted(along, steps, floor);
  if (fit?.full) return told(fit.size, fit.doubt, fit.from, fit.to);
  const [first, other] = pair.map((root) => largest([root]));
  const lasts = fit && (other / first) ** (fit.to - fit.from) > 1e-3;
  return fit && !lasts ? ratio(along, seen, steps, fit.aside / between(pair)) : { why: unmeasured(seen, steps) };
}

// the sine of the angle at which (1, z) of the two roots stand: what is seen aside of the one is so much of the other
function between([[one], [two]]) {
  return Math.abs(one - two) / (Math.hypot(1, one) * Math.hypot(1, two));
}

// one root alone: the quotient of two distances far apart
function ratio(along, seen, steps, other) {
  const from = seen.indexOf(true);
  let to = from;
  while (seen[to + 1]) to += 1;
  const span = steps[to] - steps[from];
  if (span === 0) return { why: unmeasured(seen, steps) };
  const size = Math.abs(along[to] / along[from]) ** (1 / span);
  return told(size, (size * (4 * EPSILON + other)) / span, steps[from], steps[to]);
}

function unmeasured(seen, steps) {
  const last = seen.lastIndexOf(true);
  if (last + 1 === seen.length) return "there are too few steps to measure the factor";
  return `the distance is too small to measure from step ${steps[last + 1]} on`;
}

// least squares for s and p: {full: false, aside} where the run shows one root only, and how far aside of it another is
function fitted(along, steps, floor) {
  const rows = [];
  for (let k = 1; k + 1 < along.length; k += 1) {
    if (steps[k + 1] - steps[k - 1] !== 2) continue;
    const triple = along.slice(k - 1, k + 2);
    const scale = Math.max(...triple.map(Math.abs));
    if (!(scale > Math.max(...floor.slice(k - 1, k + 2)))) continue;
    rows.push({ k, row: triple.map((value) => value / scale) });
  }
  if (rows.length < 2) return null;
  const span = { from: steps[rows[0].k - 1], to: steps[rows[rows.length - 1].k + 1] };
  const dot = (f) => rows.reduce((total, { row }) => total + f(row), 0);
  const turn =
    0.5 *
    Math.atan2(
      -2 * dot(([y, x]) => x * y),
      dot(([y, x]) => x * x - y * y),
    );
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  // in the basis in which the two sums come apart, or a small one would be lost in rounding beside a large one
  const strong = ([y, x]) => cos * x - sin * y;
  const weak = ([y, x]) => -sin * x - cos * y;
  const [wide, narrow] = [strong, weak].map((f) => dot((row) => f(row) ** 2));
  if (!(narrow > 1e-11 * wide))
    return { full: false, aside: 2 * Math.sqrt((narrow / wide) * rows.length) + 1e-6, ...span };
  const [one, two] = [dot((row) => strong(row) * row[2]) / wide, dot((row) => weak(row) * row[2]) / narrow];
  const size = (along, across) => largest(roots([1, sin * across - cos * along, sin * along + cos * across]));
  const noise = 4 * EPSILON * Math.hypot(1, one, two);
  const middle = size(one, two);
  const doubt = [1, -1].flatMap((sign) => [
    Math.abs(size(one + (sign * noise) / Math.sqrt(wide), two) - middle),
    Math.abs(size(one, two + (sign * noise) / Math.sqrt(narrow)) - middle),
  ]);
  return { full: true, size: middle, doubt: Math.max(...doubt) + EPSILON * middle, ...span };
}

// with as many digits as the run supports, and no more than it takes
function told(size, doubt, from, to) {
  const gap = Math.abs(1 - size);
  const wanted = gap > 1e-12 && gap < 0.1 ? Math.min(9, 2 - Math.floor(Math.log10(gap))) : 4;
  const digits = Math.min(wanted, Math.floor(Math.log10(size / (2 * doubt))));
  if (!(digits >= 2)) return { why: "the points leave the factor too uncertain" };
  return { size, doubt: 2 * doubt, digits, text: number(size, digits), from, to };
}

function hessian({ eigenvalues, axes }) {
  const entry = (i, j) => eigenvalues[0] * axes[0][i] * axes[0][j] + eigenvalues[1] * axes[1][i] * axes[1][j];
  return [entry(0, 0), entry(0, 1), entry(1, 1)];
}

const product = ([h11, h12, h22], [x, y]) => h11 * x * x + 2 * h12 * x * y + h22 * y * y;

// c of v = c1 u1 + c2 u2, v a unit vector at so many degrees to the first weight's axis
function shares(axes, angle) {
  const turn = (angle * Math.PI) / 180;
  return axes.map(([x, y]) => x * Math.cos(turn) + y * Math.sin(turn));
}

const curvature = (eigenvalues, c) => eigenvalues[0] * c[0] * c[0] + eigenvalues[1] * c[1] * c[1];
