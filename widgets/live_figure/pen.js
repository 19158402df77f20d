// Strokes on a canvas. Whoever extends this knows where its axes lie: x and y turn coordinates into pixels.
const DASHES = {
  solid: [],
  dash: [8, 5],
  dot: [2, 3],
  dashdot: [8, 3, 2, 3],
  longdash: [13, 4],
  longdashdot: [13, 3, 2, 3],
};

class Pen {
  constructor(label) {
    this.canvas = make(
      "canvas",
      "valley-ink",
      label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" },
    );
    // a few hundred short lines are sooner drawn than handed to a graphics card, above all to an emulated one
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
  }

  // An empty sheet of so many units. A unit is a pixel, where everything is enlarged more.
  sheet(width, height) {
    const { canvas } = this;
    this.unit = enlarged();
    this.fine = this.unit * (window.devicePixelRatio || 1);
    canvas.width = Math.round(width * this.fine);
    canvas.height = Math.round(height * this.fine);
    canvas.style.width = `${width * this.unit}px`;
    canvas.style.height = `${height * this.unit}px`;
  }

  // where the pointer is on the sheet
  under({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [(clientX - left) / this.unit, (clientY - top) / this.unit];
  }

  // draw no farther than so many pixels beyond a box {left, top, width, height}
  clipTo({ left, top, width, height }, margin) {
    const { pen } = this;
    pen.restore();
    pen.save();
    pen.beginPath();
    pen.rect(left - margin, top - margin, width + 2 * margin, height + 2 * margin);
    pen.clip();
  }

  // coordinate -> pixel, for an axis from low to high, in powers of ten if it is logarithmic, or those of what is left
  // to 1 if it is "tail"
  scale([low, high], log, origin, length) {
    const unit = length / (high - low);
    if (log === "tail") return (value) => origin + (Math.log10(1 - value) - low) * unit;
    if (log) return (value) => origin + (Math.log10(value) - low) * unit;
    return (value) => origin + (value - low) * unit;
  }

  line(points, { colour, width, dash = "solid", alpha = 1 }) {
    const { pen } = this;
    pen.globalAlpha = alpha;
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.setLineDash(DASHES[dash] ?? []);
    pen.beginPath();
    let down = false;
    for (const [x, y] of points) {
      if (!Number.isFinite(x) || !Number.isFinite(y)) down = false;
      else if (down) pen.lineTo(x, y);
      else {
        pen.moveTo(x, y);
        down = true;
      }
    }
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }

  // a run: what of it is seen so far is loud, the rest faint
  trail(points, seen, { colour, dash }) {
    const past = points.slice(0, seen);
    this.line(points, { colour: this.palette.halo, width: 5 });
    if (past.length < points.length) this.line(points, { colour, dash, width: 1.4, alpha: 0.45 });
    this.line(past, { colour, dash, width: 2.4 });
    this.dots(past, colour, 2.2);
  }

  dots(points, colour, radius) {
    const { pen } = this;
    pen.fillStyle = colour;
    pen.beginPath();
    for (const [x, y] of points) {
      pen.moveTo(x + radius, y);
      pen.arc(x, y, radius, 0, 2 * Math.PI);
    }
    pen.fill();
  }

  ring([x, y], radius, width) {
    const { pen, palette } = this;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fillStyle = palette.paper;
    pen.fill();
    pen.strokeStyle = palette.ink;
    pen.lineWidth = width;
    pen.stroke();
  }

  circle([x, y], radius, { colour, width, dash }) {
    const { pen } = this;
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.setLineDash(DASHES[dash]);
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.stroke();
    pen.setLineDash([]);
  }

  cross([x, y], size) {
    const style = { colour: this.palette.ink, width: 2 };
    this.line(
      [
        [x - size, y],
        [x + size, y],
      ],
      style,
    );
    this.line(
      [
        [x, y - size],
        [x, y + size],
      ],
      style,
    );
  }

  arrow([x, y], [dx, dy]) {
    const { palette } = this;
    const length = Math.hypot(dx, dy);
    const [ux, uy] = [dx / length, dy / length];
    const tip = [x + dx, y + dy];
    const wing = (side) => [tip[0] - 11 * ux + side * 4.5 * uy, tip[1] - 11 * uy - side * 4.5 * ux];
    this.line(
      [
        [x, y],
        [tip[0] - 8 * ux, tip[1] - 8 * uy],
      ],
      { colour: palette.ink, width: 2 },
    );
    this.pen.fillStyle = palette.ink;
    this.pen.beginPath();
    for (const [px, py] of [tip, wing(1), wing(-1)]) this.pen.lineTo(px, py);
    this.pen.fill();
  }

  // text with a halo of the paper, so that it can be read on anything
  label(text, x, y, align = "left") {
    const { pen, palette } = this;
    pen.textAlign = align;
    pen.textBaseline = "middle";
    pen.lineWidth = 4;
    pen.strokeStyle = palette.halo;
    pen.strokeText(text, x, y);
    pen.fillStyle = palette.ink;
    pen.fillText(text, x, y);
  }
}
