const LETTER = 9; // px from the middle of a line of text to its edge
const CROWD = 60; // marks on the ground from which labels no longer keep off each

// Labels on the picture: each goes to the first of a few places at which it covers no mark and no other label.
class Labels {
  constructor(ink) {
    this.ink = ink;
    this.taken = [];
    this.names = {}; // the box of every label
    for (const trace of ink.graph.data ?? []) {
      if (!trace.mode?.includes("markers") || trace.x.length > CROWD) continue;
      Array.from(trace.x).forEach((x, k) => this.keepOff([ink.x(x), ink.y(trace.y[k])], 7));
    }
  }

  keepOff([x, y], radius) {
    this.taken.push([x - radius, y - radius, x + radius, y + radius]);
  }

  // places are [x, y, align]; where none is free the first is taken
  put(text, places) {
    const { ink } = this;
    const width = ink.pen.measureText(text).width;
    const boxes = places.map(([x, y, align = "left"]) => boxOf(x, y, width, align));
    const free = boxes.findIndex((box) => ink.holds(box) && !this.taken.some((other) => overlap(box, other)));
    const k = Math.max(0, free);
    this.taken.push(boxes[k]);
    this.names[text] = boxes[k];
    ink.label(text, ...places[k]);
  }
}

// right of a point, left of it, above and below
function around([x, y], away) {
  return [
    [x + away, y, "left"],
    [x - away, y, "right"],
    [x, y - away - 4, "center"],
    [x, y + away + 4, "center"],
  ];
}

function boxOf(x, y, width, align) {
  const left = align === "center" ? x - width / 2 : align === "right" ? x - width : x;
  return [left, y - LETTER, left + width, y + LETTER];
}

function overlap(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}
