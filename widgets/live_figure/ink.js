// The sheet on a plotly figure: what moves is drawn here, in the figure's own coordinates.
// Plotly recomputes every trace of a figure when one of them moves; a canvas redraws in a fraction of a millisecond.
class Ink extends Pen {
  constructor(graph) {
    super();
    this.graph = graph;
    graph.after(this.canvas);
  }

  get ready() {
    return Boolean(this.graph._fullLayout?.xaxis?._length);
  }

  // size and font of the figure; asked for when they may have changed, not at every draw, since asking lays out the page
  measure() {
    const { graph } = this;
    const [width, height] = [graph.clientWidth, graph.clientHeight];
    const dense = window.devicePixelRatio || 1;
    this.sheet(width, height, dense);
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
    this.x = this.scale(xaxis.range, xaxis.type === "log", xaxis._offset, xaxis._length);
    this.y = this.scale(yaxis.range, yaxis.type === "log", yaxis._offset + yaxis._length, -yaxis._length);
    pen.font = font;
    pen.lineJoin = "round";
    pen.save();
    this.clip(0);
  }

  clip(margin) {
    const { xaxis, yaxis } = this.graph._fullLayout;
    const box = { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length };
    this.clipTo(box, margin);
  }

  // whether a box [left, top, right, bottom] lies within the axes
  holds([left, top, right, bottom]) {
    const { xaxis, yaxis } = this.graph._fullLayout;
    const [x, y] = [xaxis._offset, yaxis._offset];
    return left >= x && right <= x + xaxis._length && top >= y && bottom <= y + yaxis._length;
  }

  end() {
    this.pen.restore();
  }
}
