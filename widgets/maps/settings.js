// How many steps a cell needs, what each direction does there, and where the limit is.
class Reader {
  adopt(header) {
    this.header = header;
  }

  lines(cells, pointed) {
    const { symbols } = this.header;
    const [{ x, y, spec }] = cells;
    const at = `${symbols[0]} = ${number(x, 4)}, ${symbols[1]} = ${number(y, 4)}`;
    const hint = pointed ? "click to open this run" : "the run below; point at another cell, or use the arrow keys";
    return [[at, hint], ...cells.map((cell) => this.line(cell))];
  }

  line(cell) {
    const { spec } = cell;
    const limit = spec.known.limits && this.header.arrays[spec.known.limits][cell.j];
    const rest = [this.manner(cell), Number.isFinite(limit) && `limit η = ${number(limit)}`];
    return [`${spec.title}: ${this.steps(cell)}`, rest.filter(Boolean).join("; ")];
  }

  steps({ value, spec }) {
    const { steps } = this.header;
    if (value <= OPEN - 1) return `diverges, out of all bounds at step ${number(OPEN - 1 - value, 5)}`;
    if (value === OPEN) return `not within ${steps} steps`;
    return `${spec.says.stays ? "there" : "first there"} after ${number(value, 5)} steps`;
  }

  // what each direction does, the slowest first
  manner({ spec, place, heat }) {
    const { arrays, regimes, labels } = this.header;
    const { known } = spec;
    if (!known.regimes) return "";
    const cells = heat.xs.length * heat.ys.length;
    const directions = labels.map((label, i) => [label, regimes[arrays[known.regimes][i * cells + place]]]);
    const slowest = arrays[known.slowest][place];
    const size = arrays[known.sizes][place];
    const [label, regime] = directions[slowest];
    const much = size > 1 ? `grows ${nearOne(size)} times a step` : `keeps ${percent(size)} a step`;
    const best = spec.says.best ? `, best ${spec.says.best}` : "";
    if (directions.every(([, other]) => other === regime)) return `${regime}; u${label}, the slowest, ${much}${best}`;
    const others = directions.filter((_, i) => i !== slowest).map(([name, other]) => `${other} along u${name}`);
    return `${regime} along u${label}, the slowest, which ${much}${best}; ${others.join(", ")}`;
  }
}
