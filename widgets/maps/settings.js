// How many steps a cell needs, what each direction does there, and where the limit is.
class Reader {
  constructor(figure) {
    this.figure = figure;
  }

  adopt(header) {
    this.header = header;
  }

  lines(cells, pointed) {
    const { symbols } = this.header;
    const place = ({ x, y }) => `${symbols[0]} = ${number(x, 4)}, ${symbols[1]} = ${number(y, 4)}`;
    return [this.figure.standing(place, cells[0], pointed), ...cells.map((cell) => this.line(cell))];
  }

  line(cell) {
    const { spec } = cell;
    const limit = spec.known.limits && this.header.arrays[spec.known.limits][cell.j];
    const rest = [this.manner(cell), Number.isFinite(limit) && `${spec.says.limit} η = ${number(limit)}.`];
    return [`${spec.title}: ${this.steps(cell)}.`, rest.filter(Boolean).join(" ")];
  }

  steps({ value, spec }) {
    const { steps } = this.header;
    if (value <= OPEN - 1) return `diverges, out of all bounds at step ${number(OPEN - 1 - value, 5)}`;
    if (value === OPEN) return `not within ${steps} steps`;
    return `${spec.says.stays ? "there" : "first there"} after ${number(value, 5)} steps`;
  }

  // what each direction does, the slowest first
  manner({ spec, place, heat, x, j }) {
    const { arrays, regimes, labels } = this.header;
    const { known } = spec;
    if (!known.regimes) return "";
    const cells = heat.xs.length * heat.ys.length;
    const values = labels.map((_, i) => arrays[known.eigenvalues][j * labels.length + i]);
    const flat = values.map((value) => value === 0);
    const does = (i) => (flat[i] ? "standing still" : regimes[arrays[known.regimes][i * cells + place]]);
    const directions = labels.map((label, i) => [label, does(i)]);
    const slowest = arrays[known.slowest][place];
    const size = heat.size(x, j, values[slowest]);
    const [label, regime] = directions[slowest];
    const best = spec.says.best ? `; best ${spec.says.best}` : "";
    const much = GROWS[regime] ? GROWS[regime](size) : `keeps ${percent(size)} a step${best}`;
    const u = `u${label}`;
    if (directions.every(([, other]) => other === regime)) return `${SAYS[regime]} along both${most(regime, u, much)}.`;
    const others = directions.filter((_, i) => i !== slowest).map(([name, other]) => `${other} along u${name}`);
    const which = GROWS[regime] || flat.some(Boolean) ? "" : ", the slowest"; // of one that moves none is the slowest
    return `${SAYS[regime]} along ${u}${which} (${much}), ${others.join(", ")}.`;
  }
}

const SAYS = {
  "one step": "One step",
  monotone: "Monotone",
  ripples: "Ripples",
  oscillation: "Oscillation",
  "at the limit": "At the limit",
  "standing still": "Standing still",
  divergence: "Divergence",
};
const GROWS = {
  "one step": () => "it is gone after one",
  "at the limit": () => "neither shrinks nor grows in the long run",
  divergence: (size) => `grows ${nearOne(size)} times a step`,
};

// of two directions that do the same, a word on the one that governs
function most(regime, u, much) {
  if (regime === "divergence") return `; ${u} ${much} in the long run, the other no faster`;
  return GROWS[regime] ? "" : `; ${u}, the slowest, ${much}`;
}
