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
    const [width, height] = [graph.clientWidth, graph.clientHeight].map((length) => length / enlarged());
    this.sheet(width, height);
    this.size = { width, height, font: `13px ${getComputedStyle(graph).fontFamily}` };
  }

  // an empty sheet at today's zoom
  begin(palette) {
    if (!this.size) this.measure();
    const { pen, graph } = this;
    const { width, height, font } = this.size;
    pen.setTransform(this.fine, 0, 0, this.fine, 0, 0);
    pen.clearRect(0, 0, width, height);
    const { xaxis, yaxis } = graph._fullLayout;
    const { box } = this;
    this.palette = palette;
    this.x = this.scale(xaxis.range, xaxis.type === "log", box.left, box.width);
    this.y = this.scale(yaxis.range, yaxis.type === "log", box.top + box.height, -box.height);
    pen.font = font;
    pen.lineJoin = "round";
    pen.save();
    this.clip(0);
  }

  // what lies between the axes, in units
  get box() {
    const { xaxis, yaxis } = this.graph._fullLayout;
    const lengths = { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length };
    return Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, length / this.unit]));
  }

  clip(margin) {
    this.clipTo(this.box, margin);
  }

  // whether a box [left, top, right, bottom] lies within the axes
  holds([left, top, right, bottom]) {
    const { box } = this;
    return left >= box.left && right <= box.left + box.width && top >= box.top && bottom <= box.top + box.height;
  }

  end() {
    this.pen.restore();
  }
}
