// One map: an image of cells with equal steps on both axes, lines and points upon it, and a cross-hair.
const LINE = 15; // px of a line of words
const OPEN = -1; // a cell whose run did not get there; one that diverged at step k holds -2 - k

class Heat extends Chart {
  constructor(place, label) {
    super(place, { label });
    this.pictures = {};
  }

  adopt(spec, header) {
    const { arrays } = header;
    this.spec = spec;
    this.header = header;
    this.horizontal = spec.x;
    this.vertical = spec.y;
    this.pictures = {};
    const widest = INSET.left + INSET.right + spec.tallest * spec.aspect;
    this.canvas.parentElement.style.maxWidth = spec.equal ? `${widest / 16}rem` : "";
    this.xs = arrays[spec.x.values];
    this.ys = arrays[spec.y.values];
    this.values = arrays[spec.values];
    this.overlays = spec.lines.map((line) => ({ ...line, xs: arrays[line.x], ys: arrays[line.y] }));
  }

  // what a cell's value looks like, as an index into the scale's colours from 0 to 1
  share(value) {
    const { low, high, log } = this.header.scale;
    const place = log ? (v) => Math.log(v + 1) : (v) => v; // a run may need no step at all
    return Math.max(0, Math.min(1, (place(value) - place(low)) / (place(high) - place(low))));
  }

  // the cells as a picture of as many pixels; what has no value stays clear, or takes the tone of a divergence
  picture(palette) {
    const { xs, ys, values, header } = this;
    const [nx, ny] = [xs.length, ys.length];
    const image = new ImageData(nx, ny);
    const tables = header.scale.tables.map((colours) => ramp(colours.map((name) => resolve(name, palette))));
    const which = this.spec.table ? header.arrays[this.spec.table] : null;
    const bad = rgb(palette.unsafe);
    for (let j = 0; j < ny; j += 1) {
      for (let i = 0; i < nx; i += 1) {
        const cell = j * nx + i;
        const value = values[cell];
        const at = 4 * ((ny - 1 - j) * nx + i); // rows of a picture go down
        if (value === OPEN) continue;
        const table = tables[which ? which[cell] % tables.length : 0];
        const colour = value < OPEN ? bad : table[Math.round(this.share(value) * (table.length - 1))];
        image.data.set(colour, at);
        image.data[at + 3] = 255;
      }
    }
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [nx, ny];
    sheet.getContext("2d").putImageData(image, 0, 0);
    return sheet;
  }

  draw(palette, mode, cross, chosen) {
    const { spec } = this;
    const inner = Math.max(0, this.room - INSET.left - INSET.right);
    this.height = INSET.top + INSET.bottom + Math.round(Math.min(inner / spec.aspect, spec.tallest));
    if (!this.begin(palette, spec.x.range, spec.y.range)) return;
    const { pen, box } = this;
    this.pictures[mode] ??= this.picture(palette);
    pen.fillStyle = hatch(pen, palette, this.fine);
    pen.fillRect(box.left, box.top, box.width, box.height);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.pictures[mode], box.left, box.top, box.width, box.height);
    this.written = [];
    for (const line of this.overlays) this.overlay(line);
    for (const line of this.overlays) this.name(line); // no line crosses a name
    for (const point of spec.points) this.mark(point);
    if (chosen) this.ring([this.x(chosen.x), this.y(chosen.y)], 6, 2.5);
    if (cross) this.aim(cross);
    this.end();
  }

  overlay({ xs, ys, dash }) {
    const { palette } = this;
    const points = Array.from(xs, (x, k) => [this.x(x), this.y(ys[k])]);
    this.line(points, { colour: palette.halo, width: 4.5 });
    this.line(points, { colour: palette.ink, width: 1.7, dash });
  }

  name({ xs, ys, label, at }) {
    if (label) this.write(label, this.x(xs[at]) + 9, this.y(ys[at]), "left");
  }

  mark({ x, y, label, mark }) {
    const at = [this.x(x), this.y(y)];
    if (mark) this.cross(at, 6);
    const { top, height } = this.box;
    if (mark && at[1] > top + height - 14) this.write(label, at[0], at[1] - 24, "center");
    else this.write(label, at[0] + (mark ? 11 : 0), at[1] - (mark ? 12 : 0), mark ? "left" : "center");
  }

  // words that stay within the axes, and off each other: the later ones move up or down
  write(text, x, y, align) {
    const { left, top, width, height } = this.box;
    const long = this.pen.measureText(text).width;
    const from = Math.max(left + 4, Math.min(left + width - long - 4, align === "center" ? x - long / 2 : x));
    const [high, low] = [top + 10, top + height - 10];
    const wanted = Math.max(high, Math.min(low, y));
    const free = (at) =>
      at >= high && at <= low &&
      this.written.every(([left, right, up]) => from > right + 6 || from + long < left - 6 || Math.abs(at - up) > LINE); // prettier-ignore
    const at = [0, -1, 1, -2, 2, -3, 3].map((k) => wanted + k * (LINE + 1)).find(free) ?? wanted;
    this.written.push([from, from + long, at]);
    this.label(text, from, at);
  }

  // the cell under the pointer, and lines to its place on both axes
  aim({ i, j }) {
    const { palette, box } = this;
    const [x, y] = [this.x(this.xs[i]), this.y(this.ys[j])];
    const style = { colour: palette.ink, width: 1, alpha: 0.65 };
    this.line([[x, box.top], [x, box.top + box.height]], style); // prettier-ignore
    this.line([[box.left, y], [box.left + box.width, y]], style); // prettier-ignore
    const [w, h] = [Math.max(5, box.width / this.xs.length), Math.max(5, box.height / this.ys.length)];
    const corners = [[x - w / 2, y - h / 2], [x + w / 2, y - h / 2], [x + w / 2, y + h / 2], [x - w / 2, y + h / 2]]; // prettier-ignore
    this.line([...corners, corners[0]], { colour: palette.paper, width: 3.5 });
    this.line([...corners, corners[0]], { colour: palette.ink, width: 1.6 });
  }

  // what multiplies a mode in the long run at a cell, from its row's polynomial: the size of the larger root
  size(x, j, eigenvalue) {
    const [[re, im]] = roots(coefficients(this.ends(j), x * eigenvalue));
    return Math.hypot(re, im);
  }

  // a row's mode polynomial at eta lambda 0 and 1
  ends(j) {
    const all = this.header.arrays[this.spec.known.polynomials];
    const length = all.length / this.ys.length / 2;
    return [0, 1].map((end) => Array.from(all.subarray((2 * j + end) * length, (2 * j + end + 1) * length)));
  }

  has({ i, j }) {
    return i < this.xs.length && j < this.ys.length;
  }

  // pixel -> cell, null outside
  cell(event) {
    if (!this.box) return null;
    const [x, y] = this.under(event);
    const { left, top, width, height } = this.box;
    const i = Math.floor(((x - left) / width) * this.xs.length);
    const j = Math.floor((1 - (y - top) / height) * this.ys.length);
    return i >= 0 && j >= 0 && i < this.xs.length && j < this.ys.length ? { i, j } : null;
  }

  // the cell whose values are the nearest, on the axes as they are drawn
  nearest(x, y) {
    const find = (values, value, { log, range }) => {
      const place = log === "tail" ? Math.log10(1 - value) : log ? Math.log10(value) : value;
      const at = Math.round(((place - range[0]) / (range[1] - range[0])) * values.length - 0.5);
      return Math.max(0, Math.min(values.length - 1, at || 0));
    };
    return { i: find(this.xs, x, this.spec.x), j: find(this.ys, y, this.spec.y) };
  }
}

function rgb(colour) {
  const [, ...hex] = colour.match(/^#(..)(..)(..)/);
  return hex.map((part) => parseInt(part, 16));
}

// 256 colours along a few
function ramp(colours) {
  const stops = colours.map(rgb);
  return Array.from({ length: 256 }, (_, k) => {
    const place = (k / 255) * (stops.length - 1);
    const first = Math.min(Math.floor(place), stops.length - 2);
    return stops[first].map((low, c) => Math.round(low + (place - first) * (stops[first + 1][c] - low)));
  });
}

// quiet lines for what was not reached
function hatch(pen, palette, dense) {
  const size = Math.round(7 * dense);
  const tile = document.createElement("canvas");
  [tile.width, tile.height] = [size, size];
  const ink = tile.getContext("2d");
  ink.fillStyle = palette.paper;
  ink.fillRect(0, 0, size, size);
  ink.strokeStyle = palette.line;
  ink.lineWidth = dense;
  ink.beginPath();
  for (const shift of [-size, 0, size]) {
    ink.moveTo(shift, size);
    ink.lineTo(shift + size, 0);
  }
  ink.stroke();
  const pattern = pen.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / dense));
  return pattern;
}
