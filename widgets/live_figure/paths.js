// What travels of a run, read: the modes of a quadratic, or of any other surface what the frame says of each point.
function columnsOf(frame) {
  return frame.columns?.length ?? 2;
}

function readPath(points, frame) {
  return frame.columns ? trackPath(points, frame) : modesPath(points, frame);
}

// w = w* + sum alpha_i u_i (7.10), E - E(w*) = 1/2 sum lambda_i alpha_i^2 (7.11), -grad E = -sum lambda_i alpha_i u_i (7.24), Bishop
function modesPath(modes, { origin, axes, eigenvalues }) {
  const count = modes.length / 2;
  const [x, y, error] = [0, 1, 2].map(() => new Float64Array(count));
  for (let k = 0; k < count; k += 1) {
    const [a, b] = [modes[2 * k], modes[2 * k + 1]];
    x[k] = origin[0] + a * axes[0][0] + b * axes[1][0];
    y[k] = origin[1] + a * axes[0][1] + b * axes[1][1];
    error[k] = Math.abs(0.5 * (eigenvalues[0] * a * a + eigenvalues[1] * b * b)) || NaN; // no logarithm of zero
  }
  const downhill = (k) => {
    const [a, b] = [eigenvalues[0] * modes[2 * k], eigenvalues[1] * modes[2 * k + 1]];
    return unitOf([0, 1].map((i) => -a * axes[0][i] - b * axes[1][i]));
  };
  return { x, y, error, modes, downhill };
}

// place, error above its floor, direction of -grad E; where they are known the local limit, and by what a schedule that
// follows the error multiplied the learning rate
function trackPath(points, frame) {
  const { columns } = frame;
  const count = points.length / columns.length;
  const path = { limit: new Float64Array(count).fill(NaN) };
  columns.forEach((name, i) => {
    path[name] = Float64Array.from({ length: count }, (_, k) => points[columns.length * k + i]);
  });
  const error = path.above.map((value) => Math.abs(value) || NaN);
  const downhill = (k) => unitOf([Math.cos(path.angle[k]), Math.sin(path.angle[k])]);
  return { ...path, error, downhill };
}

// null where there is no gradient, and so no direction
function unitOf([x, y]) {
  const length = Math.hypot(x, y);
  return length > 0 && Number.isFinite(length) ? [x / length, y / length] : null;
}

// What only the server knows of the run under the sliders: gradient, Hessian, change and the gradient that made it.
function localOf(rows, k) {
  const row = rows.subarray(10 * k, 10 * k + 10);
  return {
    gradient: [row[0], row[1]],
    hessian: [row[2], row[3], row[4]],
    change: [row[5], row[6]],
    used: [row[7], row[8]],
    there: row[9],
  };
}
