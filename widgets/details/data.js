// The rows of the data, with the line, curve or border of the weights at the step that is looked at.
const FINE = 161; // points of a curve
const MOST_LINES = 24; // of equal score in sight

class Detail {
  constructor(root) {
    this.root = root;
    this.heading = make("p", "");
    this.heading.style.fontWeight = "600";
    this.sentence = make("p", "");
    this.place = make("div", "");
    this.chart = new Chart(this.place, { label: "The data, with what the weights of the present step say of them", height: 300 });
    this.note = make("p", "valley-detail-quiet");
    root.append(this.heading, this.sentence, this.place, this.note);
  }

  static describe(view, header) {
    return { heading: headingOf(view, header), sentence: sentenceOf(view, header), note: noteOf(header) };
  }

  draw(view, header) {
    const { heading, sentence, note } = Detail.describe(view, header);
    this.sentence.style.minHeight = this.root.clientWidth > 560 * enlarged() ? "1.45em" : "4.4em";
    this.heading.textContent = heading;
    this.sentence.textContent = sentence;
    this.note.textContent = note;
    const w = weightsOf(view);
    if (header.inputs.length === 1) this.curve(view, header, w);
    else if (header.classes.length) this.border(view, header, w);
    else this.against(view, header, w);
  }

  // one input across, target and output up
  curve(view, header, w) {
    const { chart } = this;
    const [x] = header.inputs;
    const rangeX = spread(x, 0.08);
    this.titles(header.names[0], header.names[header.names.length - 1]);
    if (!chart.begin(view.palette, rangeX, spread(header.targets, 0.18))) return;
    if (header.classes.length) this.level(view, boundary(header));
    const xs = Array.from({ length: FINE }, (_, i) => rangeX[0] + ((rangeX[1] - rangeX[0]) * i) / (FINE - 1));
    const ys = xs.map((value) => outputOf(header, w, [value]));
    if (!header.classes.length) {
      x.forEach((value, n) => {
        const ends = [header.targets[n], outputOf(header, w, [value])].map((y) => [chart.x(value), chart.y(y)]);
        chart.line(ends, { colour: view.palette.quiet, width: 1 });
      });
    }
    chart.curve(xs, ys, { colour: view.colour, width: 2.6 });
    this.rows(view, header, x, header.targets);
    chart.end();
  }

  // two inputs, the classes, and where the output is undecided
  border(view, header, w) {
    const { chart } = this;
    const [x, y] = header.inputs;
    const ranges = [spread(x, 0.08), spread(y, 0.08)];
    this.titles(...header.names);
    if (!chart.begin(view.palette, ...ranges)) return;
    if (header.pairs) this.pairs(view, header, w);
    else this.levelLine(w, ranges, 0, { colour: view.colour, width: 2.6 });
    this.rows(view, header, x, y);
    chart.end();
  }

  // outputs against targets: on the diagonal they agree
  against(view, header, w) {
    const { chart } = this;
    const outputs = header.targets.map((_, n) => outputOf(header, w, header.inputs.map((column) => column[n])));
    const range = spread(header.targets, 0.15);
    const name = header.names[header.names.length - 1];
    this.titles(`${name}, as it is`, `${name}, as it comes out`);
    if (!chart.begin(view.palette, range, range)) return;
    chart.curve(range, range, { colour: view.palette.quiet, width: 1.2, dash: "dash" });
    chart.points(header.targets, outputs, view.colour, 4);
    chart.end();
  }

  titles(across, up) {
    this.chart.horizontal.title = across;
    this.chart.vertical.title = up;
  }

  level({ palette }, y) {
    const { left, width } = this.chart.box;
    const at = this.chart.y(y);
    this.chart.line([[left, at], [left + width, at]], { colour: palette.quiet, width: 1, dash: "dot" });
  }

  // where the score is ``level``
  levelLine(w, [spanX, spanY], level, style) {
    const { chart } = this;
    const [a, b] = w;
    const wide = (spanX[1] - spanX[0]) * Math.abs(a);
    const high = (spanY[1] - spanY[0]) * Math.abs(b);
    if (!(wide + high > 0) || !Number.isFinite(wide + high)) return;
    const ends =
      high >= wide
        ? spanX.map((x) => [chart.x(x), chart.y((level - a * x) / b)])
        : spanY.map((y) => [chart.x((level - b * y) / a), chart.y(y)]);
    chart.line(ends, style);
  }

  // lines of equal score a margin apart, and the pairs: those that fall short are loud
  pairs(view, header, w) {
    const { chart } = this;
    const { palette } = view;
    const corners = [0, 1, 2, 3].map((k) => outputOf(header, w, [chart.spanX[k & 1], chart.spanY[k >> 1]]));
    const [low, high] = [Math.min(...corners), Math.max(...corners)].map((score) => score / header.margin);
    if (high - low < MOST_LINES)
      for (let k = Math.ceil(low); k <= high; k += 1)
        this.levelLine(w, [chart.spanX, chart.spanY], k * header.margin, {
          colour: view.colour,
          width: k ? 1 : 2.4,
          alpha: k ? 0.6 : 1,
        });
    header.pairs.forEach((pair, k) => {
      const ends = pair.map((n) => [chart.x(header.inputs[0][n]), chart.y(header.inputs[1][n])]);
      const short = shortOf(header, w, k) > 0;
      chart.line(ends, { colour: short ? palette.bad : palette.quiet, width: short ? 1.4 : 0.8, alpha: short ? 0.8 : 0.4 });
    });
  }

  // a class of its own sign: filled and hollow
  rows({ palette }, header, xs, ys) {
    const { chart } = this;
    const highest = Math.max(...header.targets);
    xs.forEach((x, n) => {
      const at = [chart.x(x), chart.y(ys[n])];
      if (!header.classes.length || header.targets[n] === highest) chart.dots([at], palette.ink, 4);
      else chart.ring(at, 4, 1.6);
    });
  }
}

function weightsOf(view) {
  return [view.path.x[view.now], view.path.y[view.now]];
}

function outputOf(header, [w, b], inputs) {
  const a = w * inputs[0] + b * (inputs.length > 1 ? inputs[1] : 1);
  if (header.output === "sigmoid") return 0.5 * (1 + Math.tanh(0.5 * a));
  return header.output === "tanh" ? Math.tanh(a) : a;
}

function rowOf(header, n) {
  return header.inputs.map((column) => column[n]);
}

// by how much a pair misses the margin, below 0 where it keeps it
function shortOf(header, w, k) {
  const [score, corrupt] = header.pairs[k].map((n) => outputOf(header, w, rowOf(header, n)));
  return header.margin + corrupt - score;
}

// the output between the two classes
function boundary(header) {
  return header.output === "tanh" ? 0 : 0.5;
}

function headingOf(view, header) {
  const [w, b] = weightsOf(view).map((value) => number(value, 3));
  const names = header.inputs.length > 1 ? ["w₁", "w₂"] : ["w", "b"];
  return `At step ${view.steps[view.now]}: ${names[0]} = ${w}, ${names[1]} = ${b}.`;
}

function sentenceOf(view, header) {
  const w = weightsOf(view);
  const all = header.targets.map((_, n) => n);
  if (header.pairs) {
    const short = header.pairs.filter((_, k) => shortOf(header, w, k) > 0).length;
    return `${short} of ${header.pairs.length} pairs, in red, ${short === 1 ? "falls" : "fall"} short of the margin ${number(header.margin)}; lines of equal score are that far apart.`;
  }
  const outputs = all.map((n) => outputOf(header, w, rowOf(header, n)));
  if (header.classes.length) {
    const highest = Math.max(...header.targets);
    const right = all.filter((n) => outputs[n] > boundary(header) === (header.targets[n] === highest)).length;
    const [hollow, filled] = header.classes;
    return `${right} of ${all.length} rows are on the right side. Hollow: ${hollow}; filled: ${filled}.`;
  }
  const off = all.map((n) => outputs[n] - header.targets[n]);
  const root = Math.sqrt(off.reduce((sum, value) => sum + value * value, 0) / all.length);
  return `On average (root of the mean square) the output is ${number(root)} off; targets go from ${number(Math.min(...header.targets))} to ${number(Math.max(...header.targets))}.`;
}

function noteOf(header) {
  const parts = [`${header.title}. E is ${header.over}.`];
  if (!header.penalty) {
    const [other, size] = header.sum ? ["mean", "smaller"] : ["sum", "larger"];
    const limits = header.pairs ? "and every slope with it" : `and every limit of η as many times ${header.sum ? "larger" : "smaller"}`;
    parts.push(`Their ${other} would be ${header.count} times ${size}, ${limits}.`);
  }
  if (header.separable)
    parts.push("A line separates the classes: the error falls for ever as the weights grow, so that there is no minimum.");
  return `${parts.join(" ")} Source: ${header.source}.`;
}
