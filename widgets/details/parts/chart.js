// A small chart with axes of its own on one canvas: light enough to be drawn anew at every move of a slider.
const INSET = { left: 52, right: 10, top: 8, bottom: 34 };

class Chart extends Pen {
  // label: what the picture is, for those who cannot see it; x, y: {title, log}; equal: one scale on both axes
  constructor(place, { label, height = 200, x = {}, y = {}, equal = false }) {
    super(label);
    Object.assign(this, { height, horizontal: x, vertical: y, equal, inset: INSET });
    this.canvas.className = "valley-chart";
    this.canvas.style.height = `${height / 16}rem`;
    place.append(this.canvas);
  }

  // how wide it can be
  get room() {
    return (this.canvas.parentElement?.clientWidth ?? 0) / enlarged();
  }

  // an empty chart for these ranges, logarithmic ones in powers of ten; false while there is no room for it
  begin(palette, rangeX, rangeY) {
    const { room: width } = this;
    if (width < 80) return false;
    this.sheet(width, this.height);
    const { pen } = this;
    pen.setTransform(this.fine, 0, 0, this.fine, 0, 0);
    this.palette = palette;
    const font = getComputedStyle(this.canvas).fontFamily;
    pen.font = `12px ${font}`;
    pen.lineJoin = "round";
    const { inset } = this;
    this.box = {
      left: inset.left,
      top: inset.top,
      width: width - inset.left - inset.right,
      height: this.height - inset.top - inset.bottom,
    };
    const [spanX, spanY] = this.equal ? this.even(rangeX, rangeY) : [rangeX, rangeY];
    Object.assign(this, { spanX, spanY });
    const { left, top, width: wide, height: high } = this.box;
    this.x = this.scale(spanX, this.horizontal.log, left, wide);
    this.y = this.scale(spanY, this.vertical.log, top + high, -high);
    if (!this.bare) this.axes();
    pen.save();
    this.clipTo(this.box, 0);
    pen.font = `13px ${font}`;
    return true;
  }

  end() {
    this.pen.restore();
  }

  // the shorter side sees more, so that a unit is as long across as it is up
  even([lowX, highX], [lowY, highY]) {
    const { width, height } = this.box;
    const unit = Math.max((highX - lowX) / width, (highY - lowY) / height);
    const about = (low, high, length) => [0.5 * (low + high - unit * length), 0.5 * (low + high + unit * length)];
    return [about(lowX, highX, width), about(lowY, highY, height)];
  }

  axes() {
    const { pen, palette, box } = this;
    const bottom = box.top + box.height;
    const style = { colour: palette.grid, width: 1 };
    pen.fillStyle = palette.quiet;
    pen.textBaseline = "middle";
    for (const tick of ticks(this.spanX, this.horizontal.log, box.width / 70)) {
      const x = this.x(tick.value);
      this.line(
        [
          [x, box.top],
          [x, bottom],
        ],
        style,
      );
      pen.textAlign = "center";
      const half = pen.measureText(tick.text).width / 2;
      pen.fillText(tick.text, Math.min(x, box.left + box.width + this.inset.right - half), bottom + 10); // whole at the edge
    }
    for (const tick of ticks(this.spanY, this.vertical.log, box.height / 34)) {
      const y = this.y(tick.value);
      this.line(
        [
          [box.left, y],
          [box.left + box.width, y],
        ],
        style,
      );
      pen.textAlign = "right";
      pen.fillText(tick.text, box.left - 4, y);
    }
    pen.textAlign = "center";
    pen.fillText(this.horizontal.title ?? "", box.left + box.width / 2, bottom + 25);
    pen.save();
    pen.translate(6, box.top + box.height / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(this.vertical.title ?? "", 0, 0);
    pen.restore();
  }

  // coordinates -> a line through them
  curve(xs, ys, style) {
    this.line(
      Array.from(xs, (x, k) => [this.x(x), this.y(ys[k])]),
      style,
    );
  }

  // coordinates -> dots
  points(xs, ys, colour, radius = 2.2) {
    const inside = Array.from(xs, (x, k) => [this.x(x), this.y(ys[k])]);
    this.dots(
      inside.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)),
      colour,
      radius,
    );
  }
}

// about so many round values in a range
function ticks([low, high], log, most) {
  if (log === "tail") {
    const powers = Array.from({ length: Math.floor(low - high + 0.01) + 1 }, (_, k) => 10 ** -k);
    return powers.map((left) => ({ value: 1 - left, text: number(1 - left, 6) }));
  }
  if (!(high > low)) return [];
  const rough = (high - low) / Math.max(1, most);
  if (log) {
    const stride = Math.max(1, Math.ceil(rough));
    const first = Math.ceil(low / stride - 1) * stride; // a power below, whose multiples may be in sight
    const powers = Array.from({ length: Math.ceil((high - first) / stride) + 1 }, (_, i) => 10 ** (first + i * stride));
    const values = rough < 0.4 ? powers.flatMap((power) => [power, 2 * power, 5 * power]) : powers;
    const seen = values.filter((value) => Math.log10(value) >= low - 1e-9 && Math.log10(value) <= high + 1e-9);
    return seen.map((value) => ({ value, text: number(value, 1) }));
  }
  const unit = 10 ** Math.floor(Math.log10(rough));
  const stride = [1, 2, 5, 10].find((step) => step * unit >= rough) * unit;
  const first = Math.ceil(low / stride - 1e-9);
  const count = Math.max(0, Math.floor(high / stride + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, i) => {
    const value = Number(((first + i) * stride).toPrecision(12));
    return { value, text: number(value, 4) };
  });
}

// lowest and highest finite value, with a margin on both sides
function spread(values, margin = 0.06) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [-1, 1];
  const room = high > low ? margin * (high - low) : Math.abs(high) || 1;
  return [low - room, high + room];
}
