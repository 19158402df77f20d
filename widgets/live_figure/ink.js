// A canvas on a plotly figure: what moves is drawn here, in the figure's own coordinates.
// Plotly recomputes every trace of a figure when one of them moves; a canvas redraws in a fraction of a millisecond.
const DASHES = {
  solid: [],
  dash: [8, 5],
  dot: [2, 3],
  dashdot: [8, 3, 2, 3],
  longdash: [13, 4],
  longdashdot: [13, 3, 2, 3],
};

class Ink {
  constructor(graph) {
    this.graph = graph;
    this.canvas = make("canvas", "valley-ink", { "aria-hidden": "true" });
    // a few hundred short lines are sooner drawn than handed to a graphics card, above all to an emulated one
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    graph.after(this.canvas);
  }

  get ready() {
    return Boolean(this.graph._fullLayout?.xaxis?._length);
  }

  // size and font of the figure; asked for when they may have changed, not at every draw, since asking lays out the page
  measure() {
    const { canvas, graph } = this;
    const [width, height] = [graph.clientWidth, graph.clientHeight];
    const dense = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(height * dense);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    this.size = { width, height, dense, font: `13px ${getComputedStyle(graph).fontFamily}` };
  }

  // an empty sheet at today's zoom
  begin(palette) {
    if (!this.size) this.measure();
    const { pen, graph } = this;
    const { width, height, dense, font } = this.size;
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, width, height);
    const { xaxis, yaxis } = graph._fullLayout;
    this.palette = palette;
    this.x = this.map(xaxis, xaxis._offset, xaxis._length);
    this.y = this.map(yaxis, yaxis._offset + yaxis._length, -yaxis._length);
    pen.font = font;
    pen.lineJoin = "round";
    pen.save();
    this.clip(0);
  }

  // draw no farther than so many pixels beyond the axes
  clip(margin) {
    const { pen } = this;
    const { xaxis, yaxis } = this.graph._fullLayout;
    pen.restore();
    pen.save();
    pen.beginPath();
    pen.rect(xaxis._offset - margin, yaxis._offset - margin, xaxis._length + 2 * margin, yaxis._length + 2 * margin);
    pen.clip();
  }

  end() {
    this.pen.restore();
  }

  // coordinate -> pixel
  map(axis, origin, length) {
    const [low, high] = axis.range;
    const scale = length / (high - low);
    if (axis.type === "log") return (value) => origin + (Math.log10(value) - low) * scale;
    return (value) => origin + (value - low) * scale;
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
