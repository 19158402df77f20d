// What a pen needs of a CanvasRenderingContext2D, kept as elements of SVG instead of pixels.
// They are built as a document, so no text in them can ever be read as markup.
const SVG_STATE = [
  "group",
  "fillStyle",
  "strokeStyle",
  "lineWidth",
  "lineJoin",
  "font",
  "textAlign",
  "textBaseline",
  "globalAlpha",
  "dash",
];
const ANCHORS = { left: "start", center: "middle", right: "end" };
const TWO_DIGITS = (value) => String(Math.round(100 * value) / 100);

class SvgContext {
  static clips = 0;

  constructor() {
    this.root = svgElement("g");
    Object.assign(this, { group: this.root, fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, lineJoin: "miter" });
    Object.assign(this, { font: "13px sans-serif", textAlign: "left", textBaseline: "alphabetic", globalAlpha: 1 });
    this.dash = [];
    this.saved = [];
    this.beginPath();
  }

  save() {
    this.saved.push(Object.fromEntries(SVG_STATE.map((name) => [name, this[name]])));
  }

  restore() {
    Object.assign(this, this.saved.pop());
  }

  // a drawing has neither density nor anything to wipe away
  setTransform() {}

  clearRect() {}

  setLineDash(dash) {
    this.dash = dash;
  }

  beginPath() {
    this.path = [];
  }

  // as on a canvas, what is not finite is passed over
  step(command, ...numbers) {
    if (numbers.every(Number.isFinite)) this.path.push(command + numbers.map(TWO_DIGITS).join(" "));
  }

  moveTo(x, y) {
    this.step("M", x, y);
  }

  lineTo(x, y) {
    this.step(this.path.length ? "L" : "M", x, y);
  }

  rect(x, y, width, height) {
    this.step("M", x, y);
    this.step("h", width);
    this.step("v", height);
    this.step("h", -width);
    this.path.push("Z");
  }

  closePath() {
    if (this.path.length) this.path.push("Z");
  }

  // in two halves: SVG has no arc that ends where it began
  arc(x, y, radius, from, to) {
    const at = (angle) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    const half = (angle) => this.step("A", radius, radius, 0, 0, 1, ...at(angle));
    this.lineTo(...at(from));
    half((from + to) / 2);
    half(to);
  }

  clip() {
    SvgContext.clips += 1; // several of these may stand in one picture
    const id = `valley-clip-${SvgContext.clips}`;
    const clip = this.add("clipPath", { id });
    clip.append(svgElement("path", { d: this.path.join("") }));
    this.group = this.add("g", { "clip-path": `url(#${id})` });
  }

  stroke() {
    if (this.path.length) this.add("path", { d: this.path.join(""), fill: "none", ...this.inStroke() });
  }

  fill() {
    if (this.path.length) this.add("path", { d: this.path.join(""), ...this.inFill() });
  }

  strokeText(text, x, y) {
    this.text(text, x, y, { fill: "none", ...this.inStroke() });
  }

  fillText(text, x, y) {
    this.text(text, x, y, this.inFill());
  }

  text(text, x, y, style) {
    const [, size, family] = this.font.match(/([\d.]+)px (.*)$/);
    // not every program that shows SVG knows its baselines
    const base = this.textBaseline === "middle" ? y + 0.35 * size : y;
    const place = { x: TWO_DIGITS(x), y: TWO_DIGITS(base), "text-anchor": ANCHORS[this.textAlign] };
    this.add("text", { ...place, "font-family": family, "font-size": size, ...style }).textContent = text;
  }

  // as wide as on the screen
  measureText(text) {
    this.ruler ??= document.createElement("canvas").getContext("2d");
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  inFill() {
    return svgPaint("fill", this.fillStyle, this.globalAlpha);
  }

  inStroke() {
    const style = svgPaint("stroke", this.strokeStyle, this.globalAlpha);
    if (this.dash.length) style["stroke-dasharray"] = this.dash.join(" ");
    return { ...style, "stroke-width": this.lineWidth, "stroke-linejoin": this.lineJoin };
  }

  add(tag, attributes) {
    const element = svgElement(tag, attributes);
    this.group.append(element);
    return element;
  }
}

// SVG 1.1, which slides read, has colours without transparency and a property for it beside them
function svgPaint(property, colour, alpha) {
  const [, rgb, share] = colour.match(/^rgba\((.*),\s*([\d.]+)\)$/) ?? [];
  const opacity = alpha * (share ?? 1);
  const paint = { [property]: rgb ? `rgb(${rgb})` : colour };
  return opacity === 1 ? paint : { ...paint, [`${property}-opacity`]: opacity };
}

function svgElement(tag, attributes = {}) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
