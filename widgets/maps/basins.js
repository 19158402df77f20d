// Where a start ends, and after how many steps.
class Reader {
  adopt(header) {
    this.header = header;
  }

  lines([cell], pointed) {
    const hint = pointed ? "click to open this run" : "the open run; point at another cell, or use the arrow keys";
    return [
      [`start (${number(cell.x, 4)}, ${number(cell.y, 4)})`, hint],
      [this.end(cell), ""],
    ];
  }

  end({ spec, place, value }) {
    const { arrays, places, steps } = this.header;
    if (value >= 0) return `reaches ${places[arrays[spec.known.end][place]]} after ${number(value, 5)} steps`;
    return value === OPEN ? `not there within ${steps} steps` : `outside this picture after ${steps} steps`;
  }
}
