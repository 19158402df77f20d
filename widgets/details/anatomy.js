// One step of the rule, drawn as the sum of its parts. What is known of a rule is read from what is said of it, not from
// its name: of a linear one from its polynomial, of an adaptive one from the averages that the server sent.
const FAINT = 1e-9; // of the whole: as good as nothing
const LOST = 1e-30; // below this the numbers on their way to the page lose digits, and soon become 0
const ROUNDING = 1e-5; // the numbers on the page have seven digits, a smaller share has too few
const MEAN = ["s", "mean"];
const SQUARES = ["r", "squares"];

class Detail {
  constructor(root) {
    this.root = root;
    this.received = new Received();
    this.heading = new Heading(root);
    this.sentence = make("p", "");
    const row = make("div", "valley-detail-row");
    const place = row.appendChild(make("div", ""));
    place.style.maxWidth = "22rem";
    this.chart = new StepChart(place, {
      label: "The step and its parts as arrows, from the present point",
      height: 316,
      equal: true,
    });
    const beside = row.appendChild(make("div", ""));
    Object.assign(beside.style, { overflowX: "auto", paddingTop: "0.4rem" });
    this.formulas = beside.appendChild(make("div", ""));
    Object.assign(this.formulas.style, { display: "grid", gap: "0.45rem", marginBottom: "0.4rem" });
    this.table = beside.appendChild(make("table", ""));
    this.note = make("p", "valley-detail-quiet");
    root.append(this.sentence, row, this.note);
    Object.assign(root.style, { transition: "opacity 0.15s 0.3s" });
  }

  static describe(view, header) {
    return anatomy(view, header);
  }

  receive(header, ask) {
    this.received.add(header, ask);
  }

  draw(view) {
    const step = anatomy(view, this.received.header);
    this.received.complete(view);
    this.reserve();
    this.root.style.opacity = step.stale ? 0.45 : 1;
    this.root.dataset.stale = Boolean(step.stale);
    if (step.stale && this.drawn) return;
    this.drawn = true;
    this.heading.show(step.heading, view);
    this.sentence.textContent = step.sentence;
    this.note.textContent = step.note;
    this.chart.show(withDirections(view), step);
    typeset(this.formulas, step.formulas);
    typesetRows(this.table, step.rows);
  }

  destroy() {
    this.received.stop();
  }

  // so that a longer sentence moves nothing
  reserve() {
    const wide = this.root.clientWidth > 560 * enlarged();
    this.sentence.style.minHeight = wide ? "2.9em" : "7.3em";
    this.note.style.minHeight = wide ? "2.9em" : "7.3em";
  }
}

class StepChart extends Chart {
  // arrows {from, to, text, colour, width, dash, part: 1 or 2} in changes of the weights from here
  show(view, { arrows, ring, step }) {
    const ends = [[0, 0], ...arrows.flatMap(({ from, to }) => [from, to])];
    const reach = Math.max(...ends.flat().map(Math.abs));
    const [unit, text] = unitFor(reach);
    this.horizontal.title = `change of w₁${text}`;
    this.vertical.title = `change of w₂${text}`;
    const range = (i) => (reach > 0 ? spread(ends.map((end) => end[i] / unit)) : [-1, 1]);
    const [across, up] = this.roomy(range(0), range(1));
    if (!this.begin(view.palette, across, up)) return;
    this.pixel = ([x, y]) => [this.x(x / unit), this.y(y / unit)];
    this.directions(view);
    const shifts = this.apart(arrows);
    const shift = ({ part }) => shifts[part - 1] ?? [0, 0];
    arrows.forEach((arrow) => this.vector(arrow, shift(arrow)));
    if (ring) this.ringAt(ring, shifts[0] ?? [0, 0]);
    this.dots([this.pixel([0, 0])], this.palette.ink, 4);
    arrows.forEach((arrow) => this.name(arrow, shift(arrow), arrows));
    this.label(`step ${step}`, ...this.aside([0, 0], arrows));
    this.end();
  }

  // a square that holds both ranges, with room for words
  roomy([lowX, highX], [lowY, highY]) {
    const half = 0.72 * Math.max(highX - lowX, highY - lowY);
    const about = (low, high) => [0.5 * (low + high) - half, 0.5 * (low + high) + half];
    return [about(lowX, highX), about(lowY, highY)];
  }

  // the eigenvectors through the present point
  directions({ axes, labels, palette }) {
    const { left, top, width, height } = this.box;
    const [x, y] = this.pixel([0, 0]);
    axes.forEach(([u, v], i) => {
      const far = 2 * (width + height);
      this.line(
        [-far, far].map((t) => [x + t * u, y - t * v]),
        { colour: palette.quiet, width: 1, alpha: 0.6 },
      );
      const room = (place, slope, low, high) =>
        Math.abs(slope) < 1e-9 ? Infinity : ((slope > 0 ? high : low) - place) / slope;
      const out = (side) => Math.min(room(x, side * u, left, left + width), room(y, -side * v, top, top + height));
      const side = out(1) > out(-1) ? 1 : -1;
      const t = side * (out(side) - 16);
      this.label(`u${labels[i]}`, x + t * u + 9 * v, y - t * v + 9 * u, "center");
    });
  }

  // where the parts and their sum lie on one line, they are drawn side by side: pixels by which each part is moved
  apart(arrows) {
    const parts = arrows.filter(({ part }) => part).map(({ from, to }) => [from, to].map(this.pixel));
    if (parts.length < 2) return [];
    const [one, two] = parts.map(([[x, y], [ex, ey]]) => [ex - x, ey - y]);
    const sides = [one, two, [one[0] + two[0], one[1] + two[1]]];
    const [dx, dy] = sides.sort((side, other) => norm(other) - norm(side))[0];
    const long = norm([dx, dy]);
    if (!(long > 0) || Math.abs(one[0] * two[1] - one[1] * two[0]) / long > 8) return [];
    const opposed = one[0] * two[0] + one[1] * two[1] < 0;
    return [9, opposed ? 18 : 9].map((off) => [(-off * dy) / long, (off * dx) / long]);
  }

  vector({ from, to, colour, width, dash }, [sx, sy]) {
    const [[x, y], [ex, ey]] = [this.pixel(from), this.pixel(to)];
    const length = Math.hypot(ex - x, ey - y);
    if (!(length > 0.5)) return;
    const [ux, uy] = [(ex - x) / length, (ey - y) / length];
    const head = Math.min(5 + 2.5 * width, 0.6 * length);
    const tip = [ex + sx, ey + sy];
    this.line(
      [
        [x + sx, y + sy],
        [tip[0] - 0.8 * head * ux, tip[1] - 0.8 * head * uy],
      ],
      { colour, width, dash },
    );
    const wing = (side) => [tip[0] - head * ux + side * 0.42 * head * uy, tip[1] - head * uy - side * 0.42 * head * ux];
    this.pen.fillStyle = colour;
    this.pen.beginPath();
    for (const [px, py] of [tip, wing(1), wing(-1)]) this.pen.lineTo(px, py);
    this.pen.fill();
  }

  ringAt(point, [sx, sy]) {
    const [x, y] = this.pixel(point);
    this.ring([x + sx, y + sy], 5, 2);
  }

  // its name beside the middle of an arrow, away from the others
  name({ from, to, text, dash }, [sx, sy], arrows) {
    const [[x, y], [ex, ey]] = [this.pixel(from), this.pixel(to)];
    const length = Math.hypot(ex - x, ey - y);
    if (!text || !(length > 3)) return;
    const tips = arrows.flatMap((arrow) => [arrow.from, arrow.to]).map(this.pixel);
    const centre = [0, 1].map((i) => tips.reduce((sum, tip) => sum + tip[i], 0) / tips.length);
    const along = dash ? 0.85 : 0.5;
    const [mx, my] = [x + along * (ex - x) + sx, y + along * (ey - y) + sy];
    let [nx, ny] = [-(ey - y) / length, (ex - x) / length];
    const side = nx * (mx - centre[0]) + ny * (my - centre[1]);
    const shifted = nx * sx + ny * sy;
    if ((shifted || side) < 0) [nx, ny] = [-nx, -ny];
    if (!shifted && Math.abs(side) < 1 && ny < 0) [nx, ny] = [-nx, -ny];
    this.words(text, mx + 12 * nx, my + 12 * ny, nx);
  }

  // beside a point, on the side where no arrow is
  aside(point, arrows) {
    const [x, y] = this.pixel(point);
    const centre = arrows.map(({ to }) => this.pixel(to)).reduce((sum, [px, py]) => [sum[0] + px, sum[1] + py], [0, 0]);
    const below = centre[1] / Math.max(1, arrows.length) < y;
    return [x, y + (below ? 16 : -16), "center"];
  }

  words(text, x, y, nx) {
    const align = nx > 0.3 ? "left" : nx < -0.3 ? "right" : "center";
    const wide = this.pen.measureText(text).width + 6;
    const before = align === "left" ? 0 : align === "right" ? wide : wide / 2;
    const { left, width } = this.box;
    this.label(text, Math.max(left + before + 4, Math.min(left + width - wide + before, x)), y, align);
  }
}
