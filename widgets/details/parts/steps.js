// What details of a run share: which of its drawn steps is looked at, and whether the figure still shows that run.

// the whole run is looked at where it ends
function stepInView(view, { steps }) {
  const step = view.steps[Math.max(0, view.runs[view.runs.length - 1].seen - 1)];
  return Math.max(0, steps.findLastIndex((other) => other <= step));
}

function stepLookedAt(view, header) {
  return header.steps[stepInView(view, header)];
}

// not while a slider is away from what the server was asked for
function atHand(view, { surface, eta, hyper }) {
  if (surface !== view.header.surface || (eta !== null && eta !== view.eta)) return false;
  return Object.entries(hyper).every(([name, value]) => view.hyper[name] === value);
}

// powers of ten that hold all positive values, at most so many of them, the largest kept
function decades(values, most = 8) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!(value > 0 && value < Infinity)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [-1, 1];
  const [bottom, top] = [Math.log10(low), Math.log10(high)];
  const from = Math.max(bottom, top - most) - 0.1;
  return [from, Math.max(top + 0.1, from + 0.3)];
}

// a line straight across a chart, at one of its abscissas
function upright(chart, at, style) {
  const [x, { top, height }] = [chart.x(at), chart.box];
  const ends = [
    [x, top],
    [x, top + height],
  ];
  chart.line(ends, { width: 1, dash: "dot", ...style });
}

// rows of texts, the first of each a heading; what is already there stays
function tabulate(table, rows) {
  fill(table, rows.length, () => make("tr", ""));
  rows.forEach((texts, i) => {
    const row = table.children[i];
    fill(row, texts.length, () => make(i && row.children.length ? "td" : "th", ""));
    texts.forEach((text, j) => rich(row.children[j], text));
  });
}
