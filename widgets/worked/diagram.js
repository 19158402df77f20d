// A small network: circles with what was computed in them, lines with their weights, derivatives below the circles.
const NARROW = 420; // px below which circles are smaller
const RADIUS = { wide: 22, narrow: 18.5 };
const ALONG = [0, ...[0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.28, 0.32].flatMap((part) => [part, -part])]; // shifts of a label
const ASIDE = [0, 9, 14, 19, 25, 31].flatMap((px) => [px, -px]); // px, where it would cover something on its line
const TOP = 30; // px for the words above

class Diagram {
  constructor(place) {
    this.root = document.createElementNS(SVG, "svg");
    this.root.setAttribute("class", "valley-diagram");
    this.root.setAttribute("aria-hidden", "true"); // sentence and formulas say the same
    place.append(this.root);
  }

  draw(figure, step, lit, way) {
    const width = this.root.parentElement.clientWidth / enlarged();
    const high = figure.height + TOP;
    Object.assign(this, { step, way, lit: new Set(lit), narrow: width < NARROW });
    this.radius = this.narrow ? RADIUS.narrow : RADIUS.wide;
    const left = this.radius + (this.narrow ? 20 : 30);
    this.across = (part) => left + part * (width - left - this.radius - (this.narrow ? 10 : 24));
    this.root.setAttribute("width", String(enlarged() * width));
    this.root.setAttribute("height", String(enlarged() * high));
    this.root.setAttribute("viewBox", `0 0 ${width} ${high}`);
    this.root.replaceChildren();
    const nodes = Object.fromEntries(figure.nodes.map((node) => [node.id, { ...node, px: this.across(node.x), py: TOP + node.y }]));
    for (const { x, name } of figure.columns ?? []) this.text(this.across(x), 12, name, "valley-quietly");
    for (const { y, name } of figure.groups ?? []) this.text(2, TOP + y, name, "valley-quietly valley-first");
    const edges = figure.edges.map((edge) => ({ ...edge, lit: this.lit.has(`${edge.from}-${edge.to}`) }));
    for (const edge of edges) this.line(nodes[edge.from], nodes[edge.to], edge);
    for (const node of Object.values(nodes)) this.node(node);
    this.taken = Array.from(this.root.querySelectorAll("circle, .valley-arrow, .valley-name, .valley-back"), (each) => boxOf(each));
    edges.sort((one, other) => other.lit - one.lit); // what is lit has the first choice
    for (const edge of edges) this.label(nodes[edge.from], nodes[edge.to], edge);
  }

  add(tag, attributes, className) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    element.setAttribute("class", className);
    this.root.append(element);
    return element;
  }

  // a_{b} has b below the line
  text(x, y, words, className) {
    const element = this.add("text", { x, y }, `valley-text ${className}`);
    words.split(/(_\{[^}]*\})/).forEach((part, i, parts) => {
      const low = part.startsWith("_{");
      const span = element.appendChild(document.createElementNS(SVG, "tspan"));
      span.textContent = low ? part.slice(2, -1) : part;
      if (low || parts[i - 1]?.startsWith("_{")) span.setAttribute("dy", low ? "4" : "-4");
      if (low) span.setAttribute("font-size", "80%");
    });
    return element;
  }

  get flow() {
    return this.way < 0 ? "valley-backward" : "valley-forward";
  }

  line(from, to, { lit }) {
    this.add("line", { x1: from.px, y1: from.py, x2: to.px, y2: to.py }, `valley-edge ${lit ? this.flow : ""}`);
    if (lit && this.way) this.arrow(from, to);
  }

  // the way the numbers flow, close to where they arrive
  arrow(from, to) {
    const [one, other] = this.way < 0 ? [to, from] : [from, to];
    const length = Math.hypot(other.px - one.px, other.py - one.py);
    const [ux, uy] = [(other.px - one.px) / length, (other.py - one.py) / length];
    const [x, y] = [other.px - (this.radius + 3) * ux, other.py - (this.radius + 3) * uy];
    const wing = (side) => `${x - 10 * ux + side * 5 * uy},${y - 10 * uy - side * 5 * ux}`;
    this.add("polygon", { points: `${x},${y} ${wing(1)} ${wing(-1)}` }, `valley-arrow ${this.flow}`);
  }

  label(from, to, { label = [], at = 0.5, lit }) {
    const now = label.findLast(([since]) => since <= this.step);
    if (!now) return;
    const [dx, dy] = [to.px - from.px, to.py - from.py];
    const length = Math.hypot(dx, dy);
    const place = (part, px) => ({ x: from.px + part * dx - (px * dy) / length, y: from.py + part * dy + (px * dx) / length });
    const text = this.text(0, 0, now[1], `valley-weight ${now[2] ? "valley-backward" : lit ? "valley-loud" : ""}`);
    const { width: letters, height } = text.getBBox();
    const width = letters + 3; // two numbers in a row are two
    const free = ASIDE.flatMap((px) => ALONG.map((shift) => boxAbout(place(at + shift, px), width, height)));
    const covered = free.map((box) => this.taken.reduce((sum, other) => sum + shared(box, other), 0));
    const box = free[covered.indexOf(Math.min(...covered))];
    text.setAttribute("x", String(box.x + 0.5 * width));
    text.setAttribute("y", String(box.y + 0.5 * height));
    this.taken.push(box);
  }

  node({ id, px, py, name, beside, value = [], back = [] }) {
    const lit = this.lit.has(id);
    const known = value.findLast(([since]) => since <= this.step);
    this.add("circle", { cx: px, cy: py, r: this.radius }, `valley-node ${known ? "valley-known" : ""} ${lit ? this.flow : ""}`);
    if (known) this.text(px, py, known[1], `valley-value ${known[1].length > 7 ? "valley-longer" : known[1].length > 5 ? "valley-long" : ""}`);
    if (beside) this.text(px - this.radius - 4, py, name, "valley-name valley-last");
    else this.text(px, py - this.radius - 9, name, "valley-name");
    const returned = back.findLast(([since]) => since <= this.step);
    if (returned) this.text(px, py + this.radius + 11, returned[1], "valley-back");
  }
}

const boxAbout = ({ x, y }, width, height) => ({ x: x - 0.5 * width, y: y - 0.5 * height, width, height });

function boxOf(element) {
  const { x, y, width, height } = element.getBBox();
  return { x, y, width, height };
}

// the area that two boxes share
function shared(one, other) {
  const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const up = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(0, across) * Math.max(0, up);
}
