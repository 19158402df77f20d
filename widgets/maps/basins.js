// Where a start ends, and after how many steps.
class Reader {
  constructor(figure) {
    this.figure = figure;
  }

  adopt(header) {
    this.header = header;
  }

  lines([cell], pointed) {
    const place = ({ x, y }) => `start (${number(x, 4)}, ${number(y, 4)})`;
    return [this.figure.standing(place, cell, pointed), [this.end(cell), ""]];
  }

  end({ spec, place, value }) {
    const { arrays, places, steps } = this.header;
    if (value >= 0) return `reaches ${places[arrays[spec.known.end][place]]} after ${number(value, 5)} steps`;
    return value === OPEN ? `not there within ${steps} steps` : `outside this picture after ${steps} steps`;
  }
}
