// The two roots of a cell in words, and the mode itself, drawn from its recurrence.
class Reader {
  constructor(figure) {
    const place = make("div", "valley-map-aside");
    const title = make("p", "valley-map-title");
    title.textContent = "What is left of the distance";
    place.append(title);
    figure.body.append(place);
    this.chart = new Chart(place, {
      label: "The distance along this direction against the step, for the cell under the pointer",
      height: 170,
      x: { title: "step" },
      y: { title: "α(k)/α(0)" },
    });
  }

  adopt(header) {
    this.header = header;
  }

  lines(cells) {
    const [{ x, y }] = cells;
    const at = `ηλ = ${number(x)}, μ = ${number(y)}`;
    return [[at, ""], ...cells.map((cell) => this.line(cell))];
  }

  line(cell) {
    const { arrays, regimes } = this.header;
    const { known } = cell.spec;
    const read = (name) => arrays[known[name]];
    const regime = regimes[read("regimes")[cell.place]];
    const size = cell.heat.size(cell.x, cell.j, 1);
    const limit = read("limits")[cell.j];
    return [`${cell.spec.title}: ${SAYS[regime]}.`, `${each(regime, size, cell.y)} Limit at this μ: ηλ = ${number(limit)}.`];
  }

  draw(cells, palette) {
    const { chart, header } = this;
    const { steps } = header;
    const paths = cells.map((cell) => path(cell.heat.ends(cell.j), cell.x, steps));
    this.paths = paths; // what is drawn
    const all = paths.flatMap((values) => Array.from(values, (value) => Math.max(-2, Math.min(2, value))));
    if (!chart.begin(palette, [0, steps], spread([...all, 0]))) return;
    chart.line([[chart.x(0), chart.y(0)], [chart.x(steps), chart.y(0)]], { colour: palette.quiet, width: 1 }); // prettier-ignore
    cells.forEach(({ spec }, k) => {
      const { colour, dash } = spec.says;
      const xs = Array.from(paths[k], (_, step) => step);
      chart.curve(xs, paths[k], { colour, dash, width: 1.8 });
      chart.points(xs, paths[k], colour, 2);
    });
    chart.end();
  }
}

const SAYS = {
  "one step": "gone in one step",
  monotone: "monotone",
  ripples: "ripples",
  oscillation: "oscillation, another sign at every step",
  "at the limit": "at the limit",
  divergence: "divergence",
};

function each(regime, size, mu) {
  if (regime === "one step") return "Both roots are 0.";
  if (regime === "at the limit") return `${mu > 0 ? "In the long run the" : "The"} distance neither shrinks nor grows.`;
  if (regime === "divergence") return `In the long run it grows ${nearOne(size)} times a step.`;
  return `In the long run each step keeps ${percent(size)}.`;
}

// alpha(k + 1) = -b alpha(k) - c alpha(k - 1), from rest: alpha(-1) = alpha(0) = 1
function path(ends, x, steps) {
  const [, b, c = 0] = coefficients(ends, x);
  let [before, now] = [1, 1];
  return Float64Array.from({ length: steps + 1 }, (_, k) => {
    if (k > 0) [before, now] = [now, -b * now - c * before];
    return now;
  });
}
