// The runs in weight space and in the eigenbasis, one the other turned about w*; the start can be dragged in both.
const LEVELS = 9;
const ZOOM = 1.3; // the pictures grow in such steps, so that they stand still while the start moves a little
const SIDE = 430; // px
const REACH = { mouse: 16, pen: 16, touch: 28 }; // px about the ring
const FARTHEST = 100; // of the start's inputs

class Detail {
  constructor(root) {
    this.turned = root.appendChild(make("p", ""));
    const row = root.appendChild(make("div", "valley-detail-row"));
    const chart = (x, y, label) =>
      new Chart(row.appendChild(make("div", "")), { label, x: { title: x }, y: { title: y }, equal: true });
    this.charts = [
      chart("w₁", "w₂", "The runs in weight space, with contours of the error"),
      chart("α₁", "α₂", "The same runs against the distances along the eigenvectors"),
    ];
    this.rings = this.charts.map((chart, i) => new Ring(chart, this, i));
    root.appendChild(make("p", "valley-detail-quiet")).textContent =
      "Drag the ring in either picture: the start moves everywhere.";
    this.apart = root.appendChild(make("p", ""));
    this.table = root.appendChild(make("table", ""));
  }

  draw(view) {
    this.view = view;
    this.reserve();
    const frames = Detail.frames(view);
    if (!this.rings.some((ring) => ring.held)) this.reach = Detail.reach(view);
    this.charts.forEach((chart, i) => this.drawFrame(chart, frames[i], view));
    rich(this.turned, turned(view));
    rich(this.apart, apart(view));
    fillTable(this.table, Detail.table(view));
  }

  // room for the longest sentences: nothing jumps while a slider moves
  reserve() {
    const narrow = this.turned.clientWidth < 560 * enlarged();
    this.turned.style.minHeight = narrow ? "4.4em" : "2.9em";
    this.apart.style.minHeight = narrow ? "7.3em" : "2.9em";
  }

  // weight space, then the eigenbasis with what is called u₁ across: turns alpha (in that order) into coordinates
  static frames({ origin, axes, labels }) {
    const [one, two] = Detail.order(labels).map((i) => axes[i]);
    return [
      {
        centre: origin,
        of: ([a, b]) => [0, 1].map((i) => origin[i] + a * one[i] + b * two[i]),
        back: (point) => [one, two].map((u) => u[0] * (point[0] - origin[0]) + u[1] * (point[1] - origin[1])),
      },
      { centre: [0, 0], of: (alpha) => alpha, back: (alpha) => alpha },
    ];
  }

  // the places of what is called u₁ and u₂ among the ascending eigenvalues
  static order(labels) {
    return labels[0] === "₁" ? [0, 1] : [1, 0];
  }

  // half the side of both pictures: the figure's view and the start lie within it
  static reach({ header, origin, start, axes }) {
    const [low, high] = header.ground.layout.xaxis.range;
    const away = start.map((value, i) => value - origin[i]);
    const along = axes.map((u) => u[0] * away[0] + u[1] * away[1]);
    const needed = 1.12 * Math.max(...[...away, ...along].map(Math.abs));
    const least = (high - low) / 2;
    return needed > least ? least * ZOOM ** Math.ceil(Math.log(needed / least) / Math.log(ZOOM)) : least;
  }

  drawFrame(chart, frame, view) {
    chart.height = Math.min(SIDE, chart.room) - INSET.left - INSET.right + INSET.top + INSET.bottom;
    const [x, y] = frame.centre.map((value) => [value - this.reach, value + this.reach]);
    if (!chart.begin(view.palette, x, y)) return;
    const pixel = (alpha) => {
      const [a, b] = frame.of(alpha);
      return [chart.x(a), chart.y(b)];
    };
    this.drawGround(chart, view, pixel);
    for (const run of view.runs) drawRun(chart, run, view, pixel);
    this.drawMarks(chart, view, pixel);
    chart.end();
  }

  drawGround(chart, view, pixel) {
    const { palette } = view;
    const eigenvalues = Detail.order(view.labels).map((i) => view.eigenvalues[i]);
    const corner = 1.5 * Math.max(...[chart.spanX, chart.spanY].map(([low, high]) => (high - low) / 2));
    for (const points of contours(eigenvalues, corner))
      chart.line(points.map(pixel), { colour: palette.quiet, width: 0.9, alpha: 0.55 });
    [0, 1].forEach((i) => {
      const end = (length) => pixel(i ? [0, length] : [length, 0]);
      chart.line([end(-corner), end(corner)], { colour: palette.quiet, width: 1.4, dash: "dash" });
      const [x, y] = end(0.86 * this.reach);
      chart.label(`u${i ? "₂" : "₁"}`, x + 6, y - 10);
    });
  }

  drawMarks(chart, view, pixel) {
    const edited = view.runs[view.runs.length - 1];
    const now = marked(view);
    const [x, y] = pixel(now.alpha);
    const corner = pixel([now.alpha[0], 0]);
    const minimum = pixel([0, 0]);
    chart.line([minimum, corner, [x, y]], { colour: view.palette.ink, width: 1.6 });
    chart.dots([[x, y]], view.palette.ink, 4.5);
    chart.cross(minimum, 6);
    chart.label("w*", minimum[0] + 8, minimum[1] + 14);
    const whole = edited.seen === edited.points.length;
    if (Math.hypot(x - minimum[0], y - minimum[1]) > 30) chart.label(whole ? "end" : `step ${now.step}`, x + 9, y - 10);
    const ring = pixel(startAlpha(view));
    chart.ring(ring, 7, 3);
    chart.label("start", ring[0], ring[1] - 18, "center");
  }

  // all that is said of a view, to be checked
  static words(view) {
    return { turned: turned(view), apart: apart(view), table: Detail.table(view) };
  }

  // rows: what it is, its eigenvalue, where it started, where it is
  static table(view) {
    const [first, now] = [startOfRun(view), marked(view)];
    return [
      ["", "eigenvalue", "at the start", `at step ${now.step}`],
      ...Detail.order(view.labels).map((place, i) => {
        const low = i ? "₂" : "₁";
        return [
          `α${low}`,
          `λ${low} = ${number(view.eigenvalues[place], 4)}`,
          number(first[i]),
          number(Math.abs(now.alpha[i]) > noise(view, now.alpha) ? now.alpha[i] : 0),
        ];
      }),
    ];
  }
}

function alphaAt(path, labels, k) {
  return Detail.order(labels).map((i) => path.modes[2 * k + i]);
}

function startOfRun({ path, labels }) {
  return alphaAt(path, labels, 0);
}

// what the rounding of the weights leaves of a distance that has vanished
function noise({ origin }, alpha) {
  return 2 * Number.EPSILON * (Math.hypot(...origin) + Math.hypot(...alpha));
}

// the step that is looked at, the last one drawn while the whole run is shown
function marked({ runs, path, labels, steps }) {
  const k = Math.max(0, runs[runs.length - 1].seen - 1);
  return { step: steps[k], alpha: alphaAt(path, labels, k) };
}

// of the ring, which while it is dragged is ahead of the run
function startAlpha(view) {
  return Detail.frames(view)[0].back(view.start);
}

function drawRun(chart, { name, path, seen }, { header, labels }, pixel) {
  const points = Array.from(path.x, (_, k) => pixel(alphaAt(path, labels, k)));
  chart.trail(
    points,
    seen,
    header.runs.find((run) => run.name === name),
  );
}

// where E is one of LEVELS values equally spaced in its root, from -corner to corner: ellipses, hyperbolas or lines
function contours([one, two], corner) {
  const heights = [Math.max(0, one) + Math.max(0, two), Math.min(0, one) + Math.min(0, two)];
  const roots = heights.map((sum) => Math.sqrt(0.5 * Math.abs(sum)) * corner);
  const gap = (roots[0] + roots[1]) / LEVELS;
  const levels = [1, -1].flatMap((sign, i) =>
    Array.from({ length: gap > 0 ? Math.floor(roots[i] / gap) : 0 }, (_, k) => sign * ((k + 1) * gap) ** 2),
  );
  const curves = levels.flatMap((level) => conic(one, two, level, corner));
  if (one * two < 0) {
    const slope = Math.sqrt(-one / two);
    const reach = slope > 1 ? corner / slope : corner;
    for (const side of [slope, -slope])
      curves.push([
        [-reach, -reach * side],
        [reach, reach * side],
      ]);
  }
  return curves;
}

// the points with 1/2 (one a^2 + two b^2) = level: its branches
function conic(one, two, level, corner) {
  if (one * two > 0) {
    const [a, b] = [one, two].map((value) => Math.sqrt((2 * level) / value));
    return [turn(97, 2 * Math.PI, 0).map((t) => [a * Math.cos(t), b * Math.sin(t)])];
  }
  // along the direction that the level's sign belongs to, the branches lie apart
  const across = one * level > 0;
  const [own, other] = across ? [one, two] : [two, one];
  if (!(own * level > 0)) return [];
  const apart = Math.sqrt((2 * level) / own);
  const place = (along, aside) => (across ? [along, aside] : [aside, along]);
  return [1, -1].map((side) => {
    if (other === 0) return [-corner, corner].map((aside) => place(side * apart, aside));
    const wide = Math.sqrt((-2 * level) / other);
    const last = Math.asinh(corner / wide);
    return turn(65, 2 * last, -last).map((t) => place(side * apart * Math.cosh(t), wide * Math.sinh(t)));
  });
}

function turn(count, length, first) {
  return Array.from({ length: count }, (_, k) => first + (length * k) / (count - 1));
}

// what the change of frame does to the picture
function turned({ axes, labels }) {
  const [x, y] = axes[Detail.order(labels)[0]];
  const angle = (Math.atan2(y, x) * 180) / Math.PI;
  if (angle === 0)
    return "The eigenvectors lie along the weights, so the two pictures are alike, w* being 0 in the right one.";
  const way = Math.abs(angle) === 180 ? "" : angle > 0 ? " clockwise" : " anticlockwise";
  return `The right picture is the left one turned by ${number(Math.abs(angle), 4)}°${way} about w*, until the eigenvectors lie along its axes.`;
}

// whether the directions of the right picture go their own way
function apart(view) {
  const { rule, eigenvalues, polynomial, eta, labels } = view;
  const [low, high] = eigenvalues;
  if (low === 0 && high === 0) return "The surface is flat: its gradient is zero everywhere, and any frame is as good.";
  if (rule.linear) {
    const own = `${rule.title} moves α₁ and α₂ each by itself: what becomes of one does not depend on the other.`;
    if (polynomial[0].length !== 2) return own;
    const times = Detail.order(labels).map((i) => {
      const x = eta * eigenvalues[i];
      const times = -(polynomial[0][1] + x * (polynomial[1][1] - polynomial[0][1]));
      return nearOne(Math.abs(times) < 1e-12 ? 0 : times);
    });
    return `${own} A step multiplies α₁ by ${times[0]} and α₂ by ${times[1]}.`;
  }
  if (rule.clipped) return "A gradient is clipped by its whole length: where it is, what becomes of α₁ depends on α₂.";
  if (!rule.adaptive) return `Whether the steps of ${rule.title} keep α₁ and α₂ apart is not known here.`;
  const weights = `${rule.title} has a learning rate for each weight`;
  if (view.axes[0][0] * view.axes[0][1] === 0)
    return `${weights}; here the eigenvectors lie along the weights, so α₁ and α₂ too go each by itself.`;
  const [across, up] = view.axes[0].map(Math.abs);
  if (low * high === 0 && Math.abs(across - up) < 1e-12)
    return `${weights}; here the gradient always lies halfway between the weights, so both have the same one, and α₁ and α₂ go each by itself.`;
  if (low === high) return `${weights}: as λ₁ = λ₂, w₁ and w₂ go each by itself, while its steps mix α₁ and α₂.`;
  return `${weights}, not for each eigenvector: its steps mix α₁ and α₂.`;
}

function fillTable(table, rows) {
  fill(table, rows.length, () => make("tr", ""));
  rows.forEach((cells, r) => {
    fill(table.children[r], cells.length, () => make(r ? "td" : "th", ""));
    cells.forEach((text, c) => rich(table.children[r].children[c], text));
  });
}

// The start's ring in one of the pictures, as a handle.
class Ring {
  constructor(chart, detail, place) {
    Object.assign(this, { chart, detail, place, held: null });
    const { canvas } = chart;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("pointercancel", () => this.up());
    // a finger on the ring moves the ring, elsewhere the page
    canvas.addEventListener("touchstart", (event) => this.held && event.preventDefault(), { passive: false });
  }

  get figure() {
    return document.querySelector(".valley").figure;
  }

  near(event) {
    const { chart, detail, place } = this;
    if (!detail.view || !chart.x) return false;
    const [x, y] = chart.under(event);
    const [a, b] = Detail.frames(detail.view)[place].of(startAlpha(detail.view));
    const away = Math.hypot(x - chart.x(a), y - chart.y(b));
    return away < (REACH[event.pointerType] ?? REACH.mouse);
  }

  // pixel -> weights, held inside the picture and inside the inputs' range
  weights(event) {
    const { chart, detail, place } = this;
    const [weights, here] = [Detail.frames(detail.view)[0], Detail.frames(detail.view)[place]];
    const [px, py] = chart.under(event);
    const { left, top, width, height } = chart.box;
    const share = (value, low, length) => Math.min(1, Math.max(0, (value - low) / length));
    const [across, up] = [
      share(px, left, width),
      1 - share(py, top, height),
    ];
    const [x, y] = [
      [chart.spanX, across],
      [chart.spanY, up],
    ].map(([[low, high], part]) => low + part * (high - low));
    return weights
      .of(here.back([x, y]))
      .map((value) => Number(Math.min(FARTHEST, Math.max(-FARTHEST, value)).toPrecision(4)));
  }

  down(event) {
    if (event.button !== 0 || !this.near(event)) return;
    this.held = { x: event.clientX, y: event.clientY, value: null };
    this.chart.canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  move(event) {
    const { held, chart } = this;
    if (!held) {
      chart.canvas.style.cursor = this.near(event) ? "grab" : "";
      return;
    }
    if (!held.value && Math.hypot(event.clientX - held.x, event.clientY - held.y) <= 4) return;
    held.value = this.weights(event);
    this.figure.dragStart(held.value);
  }

  // what was dragged so far stays
  up() {
    const { held } = this;
    this.held = null;
    if (held?.value) this.figure.commitStart(held.value);
  }
}
