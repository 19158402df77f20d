// Numbers on a square grid of n points a side, row by row: where they cross a level, and what a detail draws with them.

// the lines along which the field has this value, in steps of the grid, ends of strokes marked by NaN (marching squares)
function isoline(values, n, level) {
  const points = [];
  const cut = (a, b) => (level - a) / (b - a);
  for (let j = 0; j + 1 < n; j += 1) {
    for (let i = 0; i + 1 < n; i += 1) {
      const [a, b] = [values[j * n + i], values[j * n + i + 1]];
      const [d, c] = [values[(j + 1) * n + i], values[(j + 1) * n + i + 1]];
      const above = (a > level) + (b > level) + (c > level) + (d > level);
      if (above === 0 || above === 4 || Number.isNaN(a + b + c + d)) continue;
      const ends = [];
      if (a > level !== b > level) ends.push([i + cut(a, b), j]);
      if (b > level !== c > level) ends.push([i + 1, j + cut(b, c)]);
      if (c > level !== d > level) ends.push([i + cut(d, c), j + 1]);
      if (d > level !== a > level) ends.push([i, j + cut(a, d)]);
      for (let k = 0; k + 1 < ends.length; k += 2) points.push(ends[k], ends[k + 1], [NaN, NaN]);
    }
  }
  return points;
}

// a value between the points of the grid, NaN outside
function blended(field, n, i, j) {
  if (!(i >= 0 && j >= 0 && i <= n - 1 && j <= n - 1)) return NaN;
  const [a, b] = [Math.min(n - 2, Math.floor(i)), Math.min(n - 2, Math.floor(j))];
  const [s, t] = [i - a, j - b];
  const low = field[b * n + a] * (1 - s) + field[b * n + a + 1] * s;
  return low * (1 - t) + (field[(b + 1) * n + a] * (1 - s) + field[(b + 1) * n + a + 1] * s) * t;
}

// the larger eigenvalue of [[a, b], [b, d]]
function largestOf(a, b, d) {
  return 0.5 * (a + d) + Math.hypot(0.5 * (a - d), b);
}

// eigenvalues ascending, unit eigenvectors
function eigenOf([a, b, d]) {
  const [middle, half] = [0.5 * (a + d), Math.hypot(0.5 * (a - d), b)];
  const high = middle + half;
  const low = middle - half;
  const turn = 0.5 * Math.atan2(2 * b, a - d);
  const steep = [Math.cos(turn), Math.sin(turn)];
  return { values: [low, high], vectors: [[-steep[1], steep[0]], steep] };
}

// A detail that also draws on the picture: it says {under, over, click} and calls this at every draw.
function layOver(name, overlay) {
  const figure = document.querySelector(".valley")?.figure;
  if (!figure || figure.overlays[name] === overlay) return;
  figure.overlays[name] = overlay;
  setTimeout(() => figure.draw());
}

function takeAway(name) {
  const figure = document.querySelector(".valley")?.figure;
  if (!figure?.overlays[name]) return;
  delete figure.overlays[name];
  figure.draw();
}
