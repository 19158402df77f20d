// One panel: axes, curves, stacked bars, marks, and what of them stands under the pointer.
const NARROW = 480; // px below which there is no room beside the curves for their names
const WIDE = 62; // px for the numbers of a logarithmic axis and its title
const ROW = 15; // px between two names
const NAME = 14; // px that the name of a mark is high

class Panel {
  constructor(place) {
    this.root = make("div", "valley-panel");
    place.append(this.root);
    this.title = this.root.appendChild(make("p", "valley-panel-title"));
    this.note = this.root.appendChild(make("p", "valley-panel-note"));
    this.chart = new Chart(this.root, { label: "" });
    this.legend = new Legend(this.root);
    const { canvas } = this.chart;
    canvas.tabIndex = 0;
    canvas.addEventListener("pointermove", (event) => this.point(this.chart.under(event)[0]));
    canvas.addEventListener("pointerleave", () => this.point(null));
    canvas.addEventListener("blur", () => this.point(null));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  adopt(spec, arrays) {
    Object.assign(this, { spec, arrays });
    const { chart } = this;
    this.root.classList.toggle("valley-wide", Boolean(spec.wide));
    rich(this.title, spec.title ?? "");
    rich(this.note, spec.note ?? "");
    chart.height = spec.height ?? 260;
    chart.canvas.style.height = `${chart.height / 16}rem`;
    chart.equal = Boolean(spec.plane);
    chart.bare = Boolean(spec.bare);
    chart.horizontal = spec.x;
    chart.vertical = spec.y;
    this.curves = spec.curves ?? [];
    const alone = ({ x }) => arrays[x.name].length === (x.rows ?? 1);
    this.legend.adopt([...this.curves.map((curve) => ({ ...curve, alone: alone(curve) })), ...(spec.bars?.bands ?? [])]);
    this.pointed = null;
  }

  // for those who cannot see it
  name(sentence) {
    this.chart.canvas.setAttribute("aria-label", aloud(`${this.spec.label.replace(/[.]$/, "")}. ${sentence}`).trim());
  }

  draw(palette, index) {
    const { chart, spec } = this;
    Object.assign(this, { palette, index });
    this.makeRoom();
    if (!chart.begin(palette, this.range(spec.x), this.range(spec.y))) return;
    if (spec.field) drawField(this, spec.field);
    if (spec.bars) this.drawBars();
    if (spec.strips) drawStrips(this, spec.strips);
    for (const mark of spec.marks ?? []) this.drawMark(mark);
    for (const area of spec.areas ?? []) drawArea(this, area);
    for (const curve of this.curves) this.drawCurve(curve);
    if (spec.ticks) this.drawTicks(this.row(spec.ticks));
    this.named = [];
    this.strokes = spec.marks?.some(({ name }) => name) ? this.segments : [];
    for (const mark of spec.marks ?? []) this.nameMark(mark);
    this.drawPointer();
    chart.end();
    this.nameCurves();
    this.legend.show(palette, this.read(), index);
  }

  // names stand right of the curves where there is room for them, else only in the legend
  makeRoom() {
    const { chart } = this;
    const tags = this.curves.filter(({ tag }) => tag);
    this.tagged = tags.length > 0 && chart.room >= NARROW;
    chart.pen.font = `13px ${getComputedStyle(chart.canvas).fontFamily}`;
    const widest = Math.max(...tags.map(({ tag }) => chart.pen.measureText(tag).width));
    const left = this.spec.strips ? 12 : this.spec.y.log ? WIDE : INSET.left;
    if (chart.bare) chart.inset = { left: 0, right: 0, top: 0, bottom: 0 };
    else chart.inset = { ...INSET, left, ...(this.tagged && { right: Math.ceil(widest) + 14 }) };
    if (this.spec.square) this.makeSquare();
  }

  // as high as wide, with less room for numbers, and no wider than it may be high
  makeSquare() {
    const { chart, spec } = this;
    const inset = { ...chart.inset, left: spec.y.title ? INSET.left : 34, bottom: spec.x.title ? INSET.bottom : 20 };
    const side = Math.min(chart.room - inset.left - inset.right, spec.height - inset.top - inset.bottom);
    chart.inset = { ...inset, right: chart.room - inset.left - side };
    chart.height = side + inset.top + inset.bottom;
  }

  // a range, or one for every place of the slider
  range({ range }) {
    return Array.isArray(range[0]) ? range[Math.min(this.index, range.length - 1)] : range;
  }

  // what an array {name, rows} holds at the slider's place
  row({ name, rows = 1 }) {
    const array = this.arrays[name];
    const length = array.length / rows;
    const at = Math.min(this.index, rows - 1);
    return array.subarray(at * length, (at + 1) * length);
  }

  at(value) {
    return Array.isArray(value) ? value[Math.min(this.index, value.length - 1)] : value;
  }

  colour(name) {
    return name?.startsWith("@") ? this.palette[name.slice(1)] : name;
  }

  drawCurve({ x, y, colour, dash, width = 2, alpha = 1, points = false, seen = false }) {
    const [xs, ys] = [this.row(x), this.row(y)].map((values) => (seen ? values.subarray(0, this.index + 1) : values));
    const style = { colour: this.colour(colour), dash, width, alpha };
    this.chart.pen.globalAlpha = alpha;
    if (points) this.chart.points(xs, ys, style.colour, width);
    this.chart.pen.globalAlpha = 1;
    if (!points) this.chart.curve(xs, ys, style);
  }

  drawBars() {
    const { chart, spec } = this;
    const { pen } = chart;
    const xs = this.row(spec.bars.x);
    const wide = this.barWidth(xs);
    const [, top] = chart.spanY;
    const high = this.row(spec.bars.y);
    const { bands } = spec.bars;
    xs.forEach((x, k) => {
      let below = 0;
      bands.forEach(({ colour, alpha = 1 }, b) => {
        const above = Math.min(below + high[k * bands.length + b], 2 * top); // far above what is seen is enough
        if (!(above > below)) return;
        pen.globalAlpha = alpha;
        pen.fillStyle = this.colour(colour);
        pen.fillRect(chart.x(x) - wide / 2, chart.y(above), wide, chart.y(below) - chart.y(above));
        below = above;
      });
    });
    pen.globalAlpha = 1;
  }

  barWidth(xs) {
    const apart = xs.length > 1 ? this.chart.x(xs[1]) - this.chart.x(xs[0]) : 20;
    return Math.max(1, Math.min(0.82 * apart, 40));
  }

  drawMark({ x, y, colour = "@quiet", dash = "dash", width = 1.2 }) {
    const { chart } = this;
    const { left, top, width: wide, height } = chart.box;
    const ends =
      x === undefined
        ? [left, left + wide].map((px) => [px, chart.y(this.at(y))])
        : [top, top + height].map((py) => [chart.x(this.at(x)), py]);
    chart.line(ends, { colour: this.colour(colour), dash, width });
  }

  // where no curve strikes it through and no other name stands, else where as little does as can be
  nameMark({ x, y, name, low = false }) {
    const text = this.at(name);
    if (!text) return;
    const { chart } = this;
    const spots = x === undefined ? this.along(chart.y(this.at(y))) : this.upright(chart.x(this.at(x)), low);
    const wide = chart.pen.measureText(text).width;
    const boxes = spots.map(([px, py, align]) => {
      const left = align === "left" ? px : px - wide;
      return { left, right: left + wide, top: py - NAME / 2, bottom: py + NAME / 2 };
    });
    const struck = boxes.map((box) => this.struck(box));
    const best = struck.indexOf(Math.min(...struck));
    this.named.push(boxes[best]);
    chart.label(text, ...spots[best]);
  }

  // beside a level line: above and below it, at the right and at the left
  along(py) {
    const { left, top, width, height } = this.chart.box;
    const spots = [[left + width - 6, "right"], [left + 6, "left"]].flatMap(([px, align]) => [[px, py - 9, align], [px, py + 10, align]]); // prettier-ignore
    const inside = spots.filter(([, at]) => at > top + 5 && at < top + height - 5);
    return inside.length ? inside : spots;
  }

  // beside an upright line, from one end on
  upright(px, low) {
    const { top, height } = this.chart.box;
    const heights = [0, 0.12, 0.24, 0.36, 0.5, 0.64, 0.76, 0.88, 1].map((part) => top + 9 + part * (height - 19));
    return (low ? heights.reverse() : heights).flatMap((py) => [[px + 5, py, "left"], [px - 5, py, "right"]]); // prettier-ignore
  }

  // how many strokes and names a box meets; one that leaves the chart is the last choice
  struck(box) {
    const { left, width } = this.chart.box;
    const out = box.left < left || box.right > left + width;
    const names = this.named.filter((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
    return (out ? 1e6 : 0) + 1e3 * names.length + this.strokes.reduce((sum, ends) => sum + meets(ends, box), 0);
  }

  // the segments and dots of all curves, in pixels: [[x, y], [x, y]]
  get segments() {
    const { chart } = this;
    return this.curves.flatMap(({ x, y, points, seen }) => {
      const xs = this.row(x);
      const ys = this.row(y);
      const count = seen ? Math.min(xs.length, this.index + 1) : xs.length;
      const places = Array.from({ length: count }, (_, k) => [chart.x(xs[k]), chart.y(ys[k])]);
      return places.slice(points ? 0 : 1).map((place, k) => [points ? place : places[k], place]);
    });
  }

  drawTicks(xs) {
    const { chart } = this;
    const bottom = chart.box.top + chart.box.height;
    const style = { colour: this.palette.ink, width: 1, alpha: xs.length > 60 ? 0.35 : 0.8 };
    for (const x of xs) chart.line([[chart.x(x), bottom - 9], [chart.x(x), bottom]], style); // prettier-ignore
  }

  nameCurves() {
    if (!this.tagged) return;
    const { chart } = this;
    const { left, top, width, height } = chart.box;
    const names = this.curves.filter(({ tag }) => tag).flatMap((curve) => {
      const [xs, ys] = [this.row(curve.x), this.row(curve.y)];
      const [low, high] = chart.spanY;
      const seen = (value) => Number.isFinite(value) && chart.x(value) <= left + width + 1;
      let k = xs.length - 1;
      while (k >= 0 && !(seen(xs[k]) && Number.isFinite(chart.y(ys[k])))) k -= 1;
      if (k < 0 || !(high > low)) return [];
      return [{ tag: curve.tag, colour: curve.colour, y: Math.min(Math.max(chart.y(ys[k]), top), top + height) }];
    });
    apart(names, top + 4, top + height - 4);
    const { pen } = chart;
    for (const { tag, colour, y } of names) {
      chart.dots([[left + width + 5, y]], this.colour(colour), 3);
      pen.textAlign = "left";
      pen.textBaseline = "middle";
      pen.fillStyle = this.palette.ink;
      pen.fillText(tag, left + width + 12, y);
    }
  }

  // the abscissae among which the pointer chooses
  get places() {
    const { bars, plane, silent } = this.spec;
    if (plane || silent) return [];
    const longest = this.curves.map(({ x }) => this.row(x)).sort((a, b) => b.length - a.length)[0];
    return bars ? this.row(bars.x) : (longest ?? []);
  }

  point(px) {
    const { chart } = this;
    if (!chart.box) return;
    const inside = px !== null && px >= chart.box.left - 8 && px <= chart.box.left + chart.box.width + 8;
    const next = inside ? closest(this.places, (x) => Math.abs(chart.x(x) - px)) : null;
    if (next !== this.pointed) this.go(next);
  }

  go(place) {
    this.pointed = place;
    this.draw(this.palette, this.index);
  }

  key(event) {
    const { places } = this;
    const last = places.length - 1;
    const now = this.pointed ?? -1;
    const moves = { ArrowRight: now + 1, ArrowLeft: now < 0 ? last : now - 1, Home: 0, End: last };
    if (event.key === "Escape") this.go(null);
    if (!(event.key in moves) || last < 0) return;
    event.preventDefault();
    this.go(Math.min(Math.max(moves[event.key], 0), last));
  }

  drawPointer() {
    const x = this.places[this.pointed ?? -1];
    if (x !== undefined) this.drawMark({ x, colour: "@ink", dash: "solid", width: 1 });
  }

  // what stands under the pointer, or where it rests: the abscissa, and a text for every row of the legend
  read() {
    const { spec } = this;
    const x = this.places[this.pointed ?? -1] ?? this.at(spec.rest);
    if (x === undefined) return { head: "", values: [] };
    const values = this.curves.map((curve) => {
      const xs = this.row(curve.x);
      const y = this.row(curve.y)[closest(xs, (value) => Math.abs(this.chart.x(value) - this.chart.x(x)))];
      return xs.length === 1 || !Number.isFinite(y) ? (curve.absent ?? "–") : number(y, curve.digits ?? 3);
    });
    const bands = spec.bars?.bands ?? [];
    const high = bands.length ? this.row(spec.bars.y) : [];
    const bar = bands.length ? closest(this.places, (place) => Math.abs(place - x)) : 0;
    const shares = bands.map((_, b) => number(high[bar * bands.length + b], 3));
    return { head: `${spec.x.symbol ?? spec.x.title} = ${number(x, 4)}${spec.x.unit ?? ""}`, values: [...values, ...shares] };
  }
}

function closest(values, distance) {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if (distance(values[i]) < distance(values[best])) best = i;
  return best;
}

// whether a segment meets a box: neither its own box nor its line keeps them apart
function meets([[x1, y1], [x2, y2]], { left, right, top, bottom }) {
  const near = Math.max(x1, x2) >= left && Math.min(x1, x2) <= right && Math.max(y1, y2) >= top && Math.min(y1, y2) <= bottom;
  if (!near) return false;
  const sides = [[left, top], [right, top], [left, bottom], [right, bottom]].map(([x, y]) => (x - x1) * (y2 - y1) - (y - y1) * (x2 - x1)); // prettier-ignore
  return !sides.every((side) => side > 0) && !sides.every((side) => side < 0);
}

// move names apart up and down until none covers another
function apart(names, top, bottom) {
  names.sort((one, other) => one.y - other.y);
  const room = Math.min(ROW, (bottom - top) / Math.max(1, names.length - 1));
  names.forEach((name, i) => (name.y = Math.max(name.y, i ? names[i - 1].y + room : top)));
  for (let i = names.length - 1; i >= 0; i -= 1) {
    names[i].y = Math.min(names[i].y, i < names.length - 1 ? names[i + 1].y - room : bottom);
  }
}

// what lies between two curves
function drawArea(panel, { x, low, high, colour, alpha = 0.2 }) {
  const { chart } = panel;
  const { pen } = chart;
  const edge = (name) => Array.from(panel.row(name), (y, k) => [chart.x(panel.row(x)[k]), chart.y(y)]);
  const corners = [...edge(low), ...edge(high).reverse()].filter((place) => place.every(Number.isFinite));
  pen.globalAlpha = alpha;
  pen.fillStyle = panel.colour(colour);
  pen.beginPath();
  for (const [px, py] of corners) pen.lineTo(px, py);
  pen.fill();
  pen.globalAlpha = 1;
}
