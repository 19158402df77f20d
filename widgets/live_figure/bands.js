// The ground of a plane: bands of height with thin lines between them, on a sheet of their own under the figure.
const FINE = 4.5; // px: bands are traced on a grid at least as fine as this
const FINEST = 12; // parts of a cell at most
const OUTSIDE = 24; // px by which a band that reaches the edge ends beyond it
const BAND_LINE = 0.8; // px
// Of a cell the edges where rings go in and out, the inside on their left: 0 below, 1 right, 2 above, 3 left. Corners that
// are high enough count 1, 2, 4, 8 from below left around; at a saddle the middle decides.
const WAYS = [[], [0, 3], [1, 0], [1, 3], [2, 1], null, [2, 0], [2, 3], [3, 2], [0, 2], null, [1, 2], [3, 1], [0, 1], [3, 0]];
const SADDLES = { 5: [[0, 3, 2, 1], [0, 1, 2, 3]], 10: [[1, 0, 3, 2], [3, 0, 1, 2]] };

class Bands extends Ink {
  constructor(graph) {
    super(graph);
    graph.before(this.canvas);
  }

  // heights evenly spaced in x and y: {x: [low, high], y: [low, high], height, rows, low, step, levels}, null for none
  draw(field, palette) {
    if (!this.ready) return;
    this.begin(palette);
    const { pen } = this;
    this.fillAll(palette.band1);
    if (field) this.paint(field, palette);
    pen.globalAlpha = 1;
    this.end();
  }

  fillAll(colour) {
    const { pen, box } = this;
    pen.fillStyle = colour;
    pen.beginPath();
    pen.rect(box.left, box.top, box.width, box.height);
    pen.fill();
  }

  paint(field, palette) {
    const { pen } = this;
    const mesh = this.mesh(field);
    const shades = shadesOf(palette, field.levels);
    const traced = shades.map((_, k) => trace(mesh, k ? field.low + k * field.step : -Number.MAX_VALUE));
    traced.forEach((rings, k) => {
      pen.fillStyle = shades[k];
      pen.beginPath();
      for (const ring of rings) {
        ring.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
        pen.closePath();
      }
      pen.fill();
    });
    pen.strokeStyle = palette.line;
    pen.lineWidth = BAND_LINE;
    pen.beginPath();
    for (const ring of traced.slice(1).flat()) this.follow(ring);
    pen.stroke();
  }

  // the part of a ring that is a line of equal height
  follow(ring) {
    const { pen } = this;
    let down = false;
    for (const [x, y, edge] of [...ring, ring[0]]) {
      if (down && !edge) pen.lineTo(x, y);
      else pen.moveTo(x, y);
      down = !edge;
    }
  }

  // what is in view of the field, finer, within a frame that lies below everything: {z, x, y}, x and y in pixels
  mesh({ x, y, height, rows }) {
    const columns = height.length / rows;
    const { xaxis, yaxis } = this.graph._fullLayout;
    const [across, up] = [visible(x, columns, xaxis, this.x), visible(y, rows, yaxis, this.y)];
    const wide = finer(height, rows, columns, across, up);
    const z = new Float64Array(up.pixels.length * across.pixels.length).fill(-Infinity);
    wide.forEach((row, j) => z.set(row, (j + 1) * across.pixels.length + 1));
    return { z, x: across.pixels, y: up.pixels };
  }
}

// the places along an axis at which bands are traced, as shares of the field's cells, and where they are in pixels
function visible([low, high], count, { range }, toPixel) {
  const last = count - 1;
  const at = (value) => ((value - low) / (high - low)) * last;
  const first = Math.max(0, Math.floor(Math.min(at(range[0]), at(range[1])) - 1));
  const end = Math.min(last, Math.ceil(Math.max(at(range[0]), at(range[1])) + 1));
  const step = (high - low) / last;
  const parts = Math.max(1, Math.min(FINEST, Math.ceil(Math.abs(toPixel(step) - toPixel(0)) / FINE)));
  const places = Array.from({ length: Math.max(0, end - first) * parts + 1 }, (_, i) => first + i / parts);
  const pixels = places.map((place) => toPixel(low + place * step));
  const away = Math.sign(toPixel(step) - toPixel(0)) * OUTSIDE;
  return { places, pixels: [pixels[0] - away, ...pixels, pixels[pixels.length - 1] + away] };
}

// the field between its points, by cubics through four of them (Catmull and Rom, 1974), first along x, then along y
function finer(height, rows, columns, across, up) {
  const [left, below] = [across.places.map(stencil(columns)), up.places.map(stencil(rows))];
  const lines = new Map();
  const line = (j) => {
    if (!lines.has(j)) lines.set(j, Float64Array.from(left, (knot) => between(knot, (i) => height[j * columns + i])));
    return lines.get(j);
  };
  return below.map((knot) => {
    if (!knot.share) return line(knot.near[1]);
    const near = knot.near.map(line);
    return Float64Array.from(left, (_, i) => between(knot, (_, k) => near[k][i]));
  });
}

const stencil = (count) => (place) => {
  const first = Math.min(Math.floor(place), count - 1);
  const inside = (i) => Math.max(0, Math.min(count - 1, i));
  return { share: place - first, near: [-1, 0, 1, 2].map((k) => inside(first + k)) };
};

// a place without a height makes its neighbours those of a straight line, or holes
function between({ share, near }, value) {
  if (!share) return value(near[1], 1);
  const [a, b, c, d] = near.map(value);
  const straight = b + share * (c - b);
  const cubic = b + 0.5 * share * (c - a + share * (2 * a - 5 * b + 4 * c - d + share * (3 * (b - c) + d - a)));
  return Number.isFinite(cubic) ? cubic : straight;
}

// The rings around all that is at least as high as level, each with the inside on its left: marching squares.
// A point is [x, y, edge]: at an edge of what is known, or of the view, it is on no line of equal height.
function trace({ z, x, y }, level) {
  const [columns, rows] = [x.length, y.length];
  const size = columns * rows;
  const next = new Int32Array(2 * size).fill(-1); // from edge to edge; the lower edge of a cell is its corner's number, the left one size more
  const begins = [];
  const join = (from, to) => {
    next[from] = to;
    begins.push(from);
  };
  for (let j = 0; j < rows - 1; j += 1) {
    for (let i = 0; i < columns - 1; i += 1) {
      const k = j * columns + i;
      const below = (z[k] >= level ? 1 : 0) + (z[k + 1] >= level ? 2 : 0);
      const kind = below + (z[k + columns + 1] >= level ? 4 : 0) + (z[k + columns] >= level ? 8 : 0);
      if (kind === 0 || kind === 15) continue;
      const edges = [k, size + k + 1, k + columns, size + k];
      const middle = (z[k] + z[k + 1] + z[k + columns + 1] + z[k + columns]) / 4;
      const way = WAYS[kind] ?? SADDLES[kind][middle >= level ? 1 : 0];
      for (let n = 0; n < way.length; n += 2) join(edges[way[n]], edges[way[n + 1]]);
    }
  }
  const point = (edge) => {
    const k = edge % size;
    const other = edge < size ? k + 1 : k + columns;
    const known = Number.isFinite(z[k]) && Number.isFinite(z[other]);
    const share = known ? (level - z[k]) / (z[other] - z[k]) : 0.5;
    const [i, j] = [k % columns, Math.floor(k / columns)];
    if (edge < size) return [x[i] + share * (x[i + 1] - x[i]), y[j], !known];
    return [x[i], y[j] + share * (y[j + 1] - y[j]), !known];
  };
  const rings = [];
  for (const begin of begins) {
    const ring = [];
    for (let edge = begin; next[edge] >= 0; ) {
      ring.push(point(edge));
      const then = next[edge];
      next[edge] = -1;
      edge = then;
    }
    if (ring.length) rings.push(ring);
  }
  return rings;
}

// from the lowest band, which lies below the first level, to the highest: as many colours as levels and one
function shadesOf({ band0, band1, band2, band3, band4 }, levels) {
  const stops = [band0, band1, band2, band3, band4].map((colour) =>
    [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)),
  );
  return Array.from({ length: levels + 1 }, (_, k) => {
    const place = (k / levels) * (stops.length - 1);
    const first = Math.min(Math.floor(place), stops.length - 2);
    const mixed = stops[first].map((from, i) => Math.round(from + (place - first) * (stops[first + 1][i] - from)));
    return `rgb(${mixed.join(", ")})`;
  });
}
