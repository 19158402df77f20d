// The length of the gradient of every layer's weights along the run: how much of the error's slope reaches the first.
const NAMES = 46; // px for the names at the ends of the lines
const STYLES = ["solid", "dash", "dashdot", "longdash", "dot"];

class Detail {
  constructor(root) {
    this.root = root;
    this.sentence = root.appendChild(make("p", ""));
    const row = root.appendChild(make("div", "valley-detail-row"));
    this.chart = new Chart(row.appendChild(make("div", "")), {
      label: "Length of the gradient of each layer's weights against the step",
      height: 300,
      x: { title: "step" },
      y: { title: "|∂E/∂W|", log: true },
    });
    this.chart.inset = { ...INSET, right: NAMES };
    this.table = row.appendChild(make("div", "")).appendChild(make("table", ""));
    this.note = root.appendChild(make("p", "valley-detail-quiet"));
    this.note.textContent =
      "Layer 1 stands behind the inputs; biases are left out; the gradient is that of all rows, penalties included. On the way back every layer multiplies it by its weights and the slopes of its units (Bishop and Bishop 2024, 8.1): where these are small, little reaches the first.";
  }

  static describe(view, header) {
    return { sentence: layersWords(view, header), rows: layersRows(view, header) };
  }

  draw(view, header) {
    const still = atHand(view, header);
    this.root.style.opacity = still ? 1 : 0.45;
    this.sentence.style.minHeight = this.root.clientWidth > 560 * enlarged() ? "2.9em" : "5.8em";
    if (!still && this.drawn) return rich(this.sentence, "Let go to see the gradients of this run.");
    this.drawn = true;
    rich(this.sentence, layersWords(view, header));
    tabulate(this.table, layersRows(view, header));
    this.picture(view, header);
  }

  picture({ palette, ...view }, header) {
    const { chart } = this;
    const { steps, weights, arrays } = header;
    const count = weights.length;
    const last = Math.max(1, steps[steps.length - 1]);
    if (!chart.begin(palette, [0, last], decades(arrays.norms))) return;
    const all = Array.from({ length: last + 1 }, (_, step) => step);
    const columns = weights.map((_, l) => all.map((step) => arrays.norms[count * step + l]));
    const tones = [palette.open, palette.limit, palette.good, palette.bad, palette.ink];
    columns.forEach((column, l) => chart.curve(all, column, { colour: tones[l], dash: STYLES[l], width: 2.2 }));
    const now = stepLookedAt(view, header);
    upright(chart, now, { colour: palette.quiet });
    columns.forEach((column, l) => chart.points([now], [column[now] > 0 ? column[now] : NaN], tones[l], 3.5));
    chart.end();
    this.names(columns, tones, last);
  }

  // at the ends of the lines, no two of them on top of each other
  names(columns, tones, last) {
    const { chart } = this;
    const ends = columns.map((column) => column.findLast((value) => value > 0 && Number.isFinite(value)));
    const places = ends.map((end, l) => ({ l, y: chart.y(end ?? NaN) })).filter(({ y }) => Number.isFinite(y));
    places.sort((one, other) => one.y - other.y);
    places.forEach((place, i) => (place.y = i ? Math.max(place.y, places[i - 1].y + 15) : place.y));
    const { pen } = chart;
    pen.save();
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    for (const { l, y } of places) {
      pen.fillStyle = tones[l];
      pen.fillText(`layer ${l + 1}`, chart.x(last) + 4, y);
    }
    pen.restore();
  }
}

function normsAt({ arrays, weights }, step) {
  return Array.from(arrays.norms.subarray(weights.length * step, weights.length * (step + 1)));
}

// the last step at which the run is still there
function lastStep(header) {
  let step = header.steps[header.steps.length - 1];
  while (step > 0 && !Number.isFinite(normsAt(header, step)[0])) step -= 1;
  return step;
}

function layersWords(view, header) {
  const step = stepLookedAt(view, header);
  const norms = normsAt(header, step);
  const when = `At step ${step}`;
  if (!norms.every(Number.isFinite)) return `${when} the run is lost: there is no gradient any more.`;
  if (norms.length === 1)
    return `${when} the gradient of the one layer is ${number(norms[0])} long: there is no other to compare it with.`;
  const [first, last] = [norms[0], norms[norms.length - 1]];
  const opening = `${when} the gradient of the first layer is ${number(first)} long, that of the last ${number(last)}`;
  if (norms.every((norm) => norm === 0)) return `${when} no weight has a gradient.`;
  if (last > 0 && first === 0) return `${opening}: nothing reaches the first.`;
  return last > 0 ? `${opening}: ${number(first / last)} times it.` : `${opening}.`;
}

function layersRows(view, header) {
  const { weights } = header;
  const at = [...new Set([0, stepLookedAt(view, header), lastStep(header)])].sort((one, other) => one - other);
  const columns = at.map((step) => normsAt(header, step));
  const rows = weights.map((count, l) => [
    `layer ${l + 1}${weights.length > 1 && l === weights.length - 1 ? ", outputs" : ""}`,
    String(count),
    ...columns.map((norms) => number(norms[l])),
  ]);
  const ratio = columns.map((norms) => number(norms[0] / norms[norms.length - 1]));
  return [
    ["", "weights", ...at.map((step) => `step ${step}`)],
    ...rows,
    ...(weights.length > 1 ? [["first over last", "", ...ratio]] : []),
  ];
}
