// Each number of the page as a short derivation. A line is made of pieces: a string, {math: tree}, or {name, text} for
// a number that has a name.
const EPSILON = 2 ** -24; // by which a distance may be rounded on its way here
const SEEN = 1e-7; // a distance smaller than this beside the weights may be rounding
const LEFT = 1e-15; // and beside the weights one step before
const LEAST = 1e-37; // below it the distances that arrive here lose their digits

class Detail {
  constructor(root) {
    this.angle = 60;
    this.items = Detail.proofs.map((_, i) => {
      const item = make("details", "valley-proof", { style: "margin: 0.15rem 0; font-size: 1rem" });
      item.open = i === 0;
      const summary = make("summary", "", { style: "cursor: pointer; padding: 0.3rem 0; min-height: 1.5em" });
      const body = make("div", "", { style: "padding: 0 0 0.5rem 1.1rem" });
      item.append(summary, body);
      item.addEventListener("toggle", () => this.view && this.draw(this.view));
      root.append(item);
      return { item, summary, body };
    });
    this.addTurn(this.items[Detail.proofs.indexOf(exercises)].item);
  }

  // the direction v that the student turns, and how the error bends along it
  addTurn(place) {
    const label = make("label", "", { style: "display: flex; gap: 0.6rem; align-items: center; padding-left: 1.1rem" });
    const input = make("input", "valley-turn", { type: "range", min: 0, max: 180, step: 1, value: this.angle });
    input.style.flex = "0 1 16rem";
    input.addEventListener("input", () => {
      this.angle = Number(input.value);
      this.draw(this.view);
    });
    label.append("angle of v", input);
    const chart = make("div", "", { style: "max-width: 34rem" });
    place.append(label, chart);
    this.bend = new Chart(chart, {
      label: "v'Hv against the angle of v",
      height: 150,
      x: { title: "angle of v in degrees" },
      y: { title: "vᵀHv" },
    });
  }

  draw(view) {
    this.view = view;
    const open = this.items.filter(({ item, summary, body }, i) => {
      const { head, lines } = Detail.proofs[i](view, this.angle);
      write(summary, head);
      if (!item.open) return false;
      fill(body, lines.length, () => make("p", ""));
      lines.forEach((line, j) => write(body.children[j], line));
      return true;
    });
    for (const { body } of open) keepHeight(body);
    this.drawBend(view);
  }

  drawBend({ palette, colour, eigenvalues, axes }) {
    const angles = Array.from({ length: 91 }, (_, i) => 2 * i);
    const bend = (angle) => curvature(eigenvalues, shares(axes, angle));
    const values = angles.map(bend);
    if (!this.bend.begin(palette, [0, 180], spread([0, ...values], 0.12))) return;
    this.bend.curve([0, 180], [0, 0], { colour: palette.ink, width: 1 });
    this.bend.curve(angles, values, { colour, width: 2 });
    this.bend.points([this.angle], [bend(this.angle)], palette.ink, 4.5);
    this.bend.end();
  }

  static proofs = [limit, factor, best, effective, exercises];
}

function write(place, pieces) {
  const now = JSON.stringify(pieces);
  if (place.written === now) return;
  place.written = now;
  place.replaceChildren(...pieces.map(piece));
}

function piece(part) {
  if (typeof part === "string") return document.createTextNode(part);
  if (part.math) {
    const set = formula(part.math);
    set.setAttribute("displaystyle", "true"); // fractions as large as the rest
    return set;
  }
  const element = make("b", "", { "data-name": part.name, style: "font-variant-numeric: tabular-nums" });
  element.textContent = part.text;
  return element;
}

// a place that has once been so high stays so, or what is below would jump while a slider moves
function keepHeight(body) {
  const places = [body, ...body.children];
  if (body.keptWidth !== body.clientWidth) for (const place of places) place.style.minHeight = "";
  body.keptWidth = body.clientWidth;
  const heights = places.map((place) => place.getBoundingClientRect().height);
  places.forEach((place, i) => (place.style.minHeight = `${Math.ceil(heights[i])}px`));
}
