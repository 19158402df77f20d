// The error along −g from the present point, against the length of the step: a parabola, and its tangent.
const LOST = 1e-30; // a distance below this has lost its digits on the way to the page
const ROUNDING = 1e-6; // the numbers on the page have seven digits: a smaller share of a sum may be none
const FAR = 4; // learning rates in sight, in units of the one from which the step goes uphill

class Detail {
  constructor(root) {
    this.root = root;
    this.heading = new Heading(root);
    this.sentence = make("p", "");
    const row = make("div", "valley-detail-row");
    this.chart = new Chart(row.appendChild(make("div", "")), {
      label: "Change of the error along the negative gradient against the learning rate: parabola and tangent",
      height: 260,
      x: { title: "learning rate η of one plain gradient step" },
    });
    const beside = row.appendChild(make("div", ""));
    Object.assign(beside.style, { overflowX: "auto", minHeight: "17.5rem" }); // fractions and powers of ten take more
    this.formulas = beside.appendChild(make("div", ""));
    this.table = beside.appendChild(make("table", ""));
    this.note = make("p", "valley-detail-quiet");
    root.append(this.sentence, row, this.note);
  }

  static describe(view) {
    return slope(view);
  }

  draw(view) {
    const found = slope(view);
    const wide = this.root.clientWidth > 560 * enlarged();
    this.sentence.style.minHeight = wide ? "2.9em" : "7.3em";
    this.note.style.minHeight = wide ? "2.9em" : "7.3em";
    this.heading.show(`At step ${view.steps[view.at]}.`, view);
    this.sentence.textContent = found.sentence;
    this.note.textContent = noteFor(view);
    this.formulas.style.minHeight = "8.5rem";
    this.formulas.replaceChildren(...formulasFor(view, found).map((tree) => line(formula(tree))));
    this.tabulate(rowsFor(view, found));
    this.picture(view, found);
  }

  tabulate(rows) {
    fill(this.table, 3, () => {
      const row = make("tr", "");
      row.append(make("th", "", { scope: "row" }), make("td", ""), make("td", "valley-detail-quiet"));
      return row;
    });
    rows.forEach((texts, i) => texts.forEach((text, j) => rich(this.table.children[i].children[j], text)));
  }

  picture(view, found) {
    const { chart } = this;
    const { palette, colour, eta } = view;
    chart.canvas.style.visibility = found.slope ? "visible" : "hidden";
    if (!found.slope) return;
    const most = found.uphill ? Math.min(Math.max(1.25 * found.uphill, 1.15 * eta), FAR * found.uphill) : 2 * eta;
    const seen = eta <= most;
    const marked = [found.best, found.uphill, seen ? eta : null].filter((value) => value !== null);
    const heights = [0, found.real(most), ...marked.map(found.real), seen ? found.predicted(eta) : 0];
    const reach = Math.max(...heights.map(Math.abs));
    const [unit, text] = unitFor(reach);
    const [unitX, textX] = unitFor(most);
    chart.vertical.title = `change of the error${text}`;
    chart.horizontal.title = `η of one plain gradient step${textX}`;
    const range = spread(
      heights.map((height) => height / unit),
      0.12,
    );
    if (!chart.begin(palette, [0, most / unitX], range)) return;
    const at = (x, y) => [chart.x(x / unitX), chart.y(y / unit)];
    chart.line([at(0, 0), at(most, 0)], { colour: palette.quiet, width: 1 });
    const along = Array.from({ length: 121 }, (_, k) => (k * most) / 120);
    chart.line([at(0, 0), at(most, found.predicted(most))], { colour: palette.quiet, width: 1.6, dash: "dash" });
    chart.line(
      along.map((x) => at(x, found.real(x))),
      { colour, width: 2.4 },
    );
    this.marks(view, found, at, most, seen);
    chart.end();
  }

  marks({ palette, eta, colour }, found, at, most, seen) {
    const { chart } = this;
    const { left, width, top, height } = chart.box;
    const write = (text, [x, y], lift) => {
      const wide = chart.pen.measureText(text).width / 2 + 4;
      const inside = Math.max(left + wide, Math.min(left + width - wide, x));
      chart.label(text, inside, Math.max(top + 9, Math.min(top + height - 9, y + lift)), "center");
    };
    if (found.best !== null) {
      const [low, up] = [at(found.best, found.real(found.best)), at(found.uphill, 0)];
      chart.dots([low], palette.good, 4.5);
      write("best here", low, 14);
      chart.dots([up], palette.bad, 4.5);
      write("uphill from here", up, -14);
    }
    if (!seen) return write(`η = ${number(eta, 4)} lies farther right →`, [left + width, top + 12], 0);
    const [real, predicted] = [at(eta, found.real(eta)), at(eta, found.predicted(eta))];
    chart.line([real, predicted], { colour: palette.ink, width: 1.4, dash: "dot" });
    chart.dots([predicted], palette.quiet, 4);
    chart.dots([real], colour, 5.5);
    chart.ring(real, 5, 2);
    write("η", real, -14);
  }
}

// what a plain gradient step finds here; slope is g'g, 0 where there is nothing to follow
function slope({ eigenvalues, path, at, eta }) {
  const modes = [path.modes[2 * at], path.modes[2 * at + 1]];
  const g = modes.map((distance, i) => eigenvalues[i] * distance);
  const size = Math.max(...g.map(Math.abs));
  const none = { slope: 0, bend: 0, best: null, uphill: null };
  if (!Number.isFinite(size) || size > 1e150) return { ...none, sentence: "The numbers are too large here." };
  if (at > 0 && Math.max(...modes.map(Math.abs)) < LOST)
    return { ...none, sentence: `The run has arrived: its distance to w* is below ${number(LOST)}.` };
  if (!size) return { ...none, sentence: "The gradient is zero here: no direction leads downhill at first order." };
  // in units of the larger component, whose square stays within the range of numbers
  const unit = g.map((value) => value / size);
  const square = unit[0] ** 2 + unit[1] ** 2;
  const bends = unit.map((value, i) => eigenvalues[i] * value ** 2);
  const total = bends[0] + bends[1];
  const bend = Math.abs(total) <= ROUNDING * (Math.abs(bends[0]) + Math.abs(bends[1])) ? 0 : total;
  const found = {
    slope: size * square * size,
    bend,
    best: bend > 0 ? square / bend : null,
    uphill: bend > 0 ? (2 * square) / bend : null,
    predicted: (x) => -x * size * square * size,
    real: (x) => size * (-x * square + 0.5 * x * x * bend) * size,
    curve: size * bend * size,
  };
  return { ...found, sentence: said(found, eta) };
}

function said({ best, uphill, bend, predicted, real }, eta) {
  const opening = `For η = ${number(eta, 4)} the tangent predicts a change of ${number(predicted(eta))}`;
  if (!best) {
    const why = bend
      ? "the surface bends down along −∇E, so the error falls by more, and there is no upper limit along this direction: it goes down for ever"
      : "along −∇E the surface does not bend, as far as the numbers on the page can tell: no step along it is too long";
    return `${opening}; the real one is ${number(real(eta))}: ${why}.`;
  }
  const share = eta / uphill;
  const change = signed(real(eta));
  if (Math.abs(share - 1) < ROUNDING)
    return `${opening}; in fact the error stays the same: here the step begins to go uphill.`;
  if (share > 1)
    return `${opening}; the real one is ${change}: the step is longer than ${number(uphill, 4)} and goes uphill.`;
  return `${opening}; the real one is ${change}, ${percent(1 - share)} of it${share > 0.5 + ROUNDING ? `: η is beyond the best here, ${number(best, 4)}` : ""}.`;
}

const signed = (value) => (value > 0 ? `+${number(value)}` : number(value));

// best here = g'g/(g'Hg), a mean of the 1/lambda_i: the weights g_i^2 lambda_i are positive where all lambda are
function rowsFor({ eta, eigenvalues: [low, high], labels }, { best, uphill, slope: square, bend }) {
  const [least, below] = best ? [apart(best, 1 / high), apart(uphill, 2 / high)] : [[], []];
  const top = best ? `1/λ${labels[1]} = ${least[1]}` : "";
  const twice = best ? `2/λ${labels[1]} = ${below[1]}` : "";
  const between = low > 0 ? `between ${top} and 1/λ${labels[0]} = ${number(1 / low, 4)}` : `never below ${top}`;
  const none = !square ? ["–", "–"] : bend < 0 ? ["none, ever downhill", "never"] : ["none seen", "none seen"];
  return [
    ["η now", number(eta, 4), best ? `${number(eta / best)} times the best` : ""],
    ["best here", least[0] ?? none[0], best ? between : ""],
    ["uphill from", below[0] ?? none[1], uphill ? `never below ${twice}` : ""],
  ];
}

// two numbers with as many digits as it takes to tell them apart, as far as digits reach
function apart(one, other) {
  const digits = [4, 5, 6].find((count) => number(one, count) !== number(other, count)) ?? 4;
  return [number(one, digits), number(other, digits)];
}

function formulasFor({ eta }, found) {
  const [g, transposed] = ["**g", ["sup", "**g", "T"]];
  const curved = ["+", ["frac", "1", "2"], ["sup", "η", "2"], transposed, "**H", g];
  const symbols = [
    ["δE", "≃", ["sup", "**δw", "T"], "∇", "E", "=", "−", "η", transposed, g],
    ["δE", "=", "−", "η", transposed, g, ...curved],
  ];
  if (!found.slope) return symbols;
  const [first, second] = [found.predicted(eta), 0.5 * eta * eta * found.curve];
  const sum = second < 0 ? ["−", number(-second)] : ["+", number(second)];
  return [
    symbols[0],
    ["δE", "≃", number(first)],
    symbols[1],
    ["δE", "=", number(first), ...sum, "=", number(found.real(eta))],
  ];
}

function line(element) {
  const place = make("div", "");
  place.style.margin = "0.3rem 0";
  element.setAttribute("displaystyle", "true"); // fractions at full size
  place.append(element);
  return place;
}

function noteFor({ rule, hyper }) {
  const source =
    "The tangent is the first-order change of Bishop and Bishop (2024), 7.1, with δw = −ηg; g is the gradient at w.";
  const plain = rule.linear && !rule.lookAhead && Object.keys(hyper).length === 0;
  if (plain) return source;
  return `${source} The picture is of one plain gradient step from here, which need not be the step that ${rule.title} takes.`;
}
