// The surface in space with the paths on it, by the plotly.js that the figure has loaded; nothing is sent for it.
const PACE = 100; // ms between two pictures of a drag, at the least
const REST = 2; // times as long as a picture took is left to everything else
const GRID = 129; // plotly refines what has fewer points than 128 along a side, and then is slower
const BANDS = 16;
const GRAIN = 48; // pieces of a straight step across the whole view: on the surface it is a curve
const LIFT = 0.012; // of the height: how far above the surface the lines lie
const HIGH = 0.5; // of the view's longer side: how high the surface stands
const FAR = 2; // of the camera from the middle
const OPTIONS = { displayModeBar: false, displaylogo: false, doubleClick: false };
let lastCamera = { eye: { x: 0.35, y: -1.5, z: 1.55 }, up: { x: 0, y: 0, z: 1 }, center: { x: 0, y: 0, z: -0.12 } };

class Detail {
  constructor(root) {
    this.able = hasWebGL();
    if (!this.able) {
      root.appendChild(make("p", "")).textContent =
        "This browser offers no WebGL, which a 3-D picture needs; the contours above show the same surface.";
      return;
    }
    this.shape = "root";
    this.words = root.appendChild(make("p", ""));
    this.graph = root.appendChild(make("div", "", { role: "figure", "aria-label": "The surface in 3-D" }));
    this.tools = root.appendChild(make("div", "", { role: "group", "aria-label": "Camera and height" }));
    Object.assign(this.tools.style, { display: "flex", flexWrap: "wrap", gap: "0.4rem", marginTop: "0.4rem" });
    this.button("from above", () => this.look([0, -0.3, FAR]));
    this.sides = ["₁", "₂"].map((name) => this.button(`along u${name}`, () => this.lookAlong(name)));
    this.other = this.button("", () => {
      this.shape = this.shape === "root" ? "error" : "root";
      this.schedule();
    });
    this.observer = new IntersectionObserver((entries) => {
      this.seen = entries[entries.length - 1].isIntersecting;
      this.schedule();
    });
    this.observer.observe(this.graph);
  }

  button(text, act) {
    const element = this.tools.appendChild(make("button", "valley-button", { type: "button" }));
    element.textContent = text;
    element.addEventListener("click", act);
    return element;
  }

  draw(view) {
    if (!this.able) return;
    this.view = view;
    this.say(view);
    this.graph.style.height = `${heightFor(this.graph.clientWidth)}px`;
    this.schedule();
  }

  // the latest wins, and the figure above keeps most of the time; out of sight nothing is drawn
  schedule() {
    if (!this.seen || !this.view || this.busy) return;
    this.busy = true;
    const due = (this.finished ?? -Infinity) + Math.max(PACE, REST * (this.cost ?? 0));
    this.timer = setTimeout(() => this.show(), Math.max(0, due - performance.now()));
  }

  async show() {
    const { view, shape } = this;
    const began = performance.now();
    if (this.graph.clientWidth > 80) await this.render(view);
    this.finished = performance.now();
    this.cost = this.finished - began;
    this.busy = false;
    if (this.view !== view || this.shape !== shape) this.schedule();
  }

  // a new surface only where surface, view, theme or room differ; else the paths alone
  async render(view) {
    const { header, palette, runs } = view;
    const width = this.graph.clientWidth;
    const names = runs.map((run) => `${run.name} ${styleOf(run, header).colour} ${styleOf(run, header).dash}`);
    const built = [header.surface, header.view, palette.paper, width, this.shape, ...names].join("|");
    const ground = Detail.ground(view, this.shape);
    if (built === this.built) {
      this.move(traces(view, ground));
      return;
    }
    await Plotly.react(
      this.graph,
      [surface(view, ground), ...traces(view, ground)],
      this.layout(view, ground, width),
      OPTIONS,
    );
    this.built = built;
  }

  // Plotly.restyle would put the surface together anew for every point that moves: 200 ms where this takes 10
  move(moved) {
    const { _fullData: full, _fullLayout: layout, data } = this.graph;
    const scene = layout.scene._scene;
    moved.forEach((trace, i) => {
      const { x, y, z } = trace;
      const whole = full[i + 1];
      Object.assign(data[i + 1], { x, y, z, text: trace.text });
      Object.assign(whole, { x, y, z, text: trace.text, _length: x.length });
      scene.traces[whole.uid].update(whole);
    });
    scene.glplot.redraw();
  }

  get camera() {
    const scene = this.graph._fullLayout?.scene?._scene;
    if (scene) lastCamera = scene.getCamera();
    return lastCamera;
  }

  lookAlong(name) {
    const { axes, labels, columns } = this.view;
    const place = "₁₂".indexOf(name);
    const [x, y] = columns ? [1 - place, place] : axes[labels.indexOf(name)];
    this.look([-FAR * x, -FAR * y, 0.45]);
  }

  look([x, y, z]) {
    if (!this.built) return;
    lastCamera = { eye: { x, y, z }, up: { x: 0, y: 0, z: 1 }, center: { x: 0, y: 0, z: -0.12 } };
    Plotly.relayout(this.graph, { "scene.camera": lastCamera });
  }

  say(view) {
    const root = this.shape === "root";
    const from = view.columns ? "the lowest in view" : "w*";
    rich(this.words, root ? bandWords(view) : `Height is the error E itself, counted from ${from}.`);
    rich(this.other, root ? "height E" : `height ${bandTitle(view)}`);
    this.sides.forEach((side, i) => rich(side, `along ${view.header.frame.section ? "xy"[i] : `${view.columns ? "w" : "u"}${"₁₂"[i]}`}`));
    this.words.style.minHeight = this.words.clientWidth < 560 * enlarged() ? "7.3em" : "2.9em";
  }

  // heights over the view, and how an error becomes one
  static ground(view, shape) {
    const { header, origin, axes, eigenvalues, columns } = view;
    const span = ["xaxis", "yaxis"].map((axis) => header.ground.layout[axis].range);
    const [x, y] = span.map(([low, high]) =>
      Array.from({ length: GRID }, (_, i) => low + ((high - low) * i) / (GRID - 1)),
    );
    const height = columns ? landscapeHeight(view, shape, span) : (a, b) => {
      const along = axes.map((u) => u[0] * (a - origin[0]) + u[1] * (b - origin[1]));
      const error = 0.5 * (eigenvalues[0] * along[0] ** 2 + eigenvalues[1] * along[1] ** 2);
      return shape === "root" ? Math.sign(error) * Math.sqrt(Math.abs(error)) : error;
    };
    const z = y.map((b) => x.map((a) => height(a, b)));
    const known = z.flat().filter(Number.isFinite);
    const [low, high] = [known.reduce((one, other) => Math.min(one, other), Infinity), known.reduce((one, other) => Math.max(one, other), -Infinity)];
    const room = high > low ? high - low : 1;
    return { span, x, y, z, low, high: low + room, lift: LIFT * room, height };
  }

  layout(view, { span, low, high, lift }, width) {
    const { palette } = view;
    const sides = span.map(([first, last]) => last - first);
    const unit = (width < 560 ? 1.15 : 1.4) / Math.max(...sides); // a narrow picture needs room for its labels
    const axis = (title, range) => ({
      title: { text: title },
      range,
      nticks: 6,
      color: palette.quiet,
      gridcolor: palette.grid,
      zeroline: false,
      showbackground: false,
      showspikes: false,
    });
    return {
      width,
      height: heightFor(width),
      margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(this.graph).fontFamily, size: 12, color: palette.ink },
      showlegend: false,
      hovermode: false,
      scene: {
        xaxis: axis(view.names?.[0] ?? "w₁", span[0]),
        yaxis: axis(view.names?.[1] ?? "w₂", span[1]),
        zaxis: axis(this.shape === "root" ? bandTitle(view) : "E", [low - lift, high + 3 * lift]),
        aspectmode: "manual",
        // equal scales on both weights
        aspectratio: { x: unit * sides[0], y: unit * sides[1], z: unit * HIGH * Math.max(...sides) },
        camera: this.camera,
        dragmode: "turntable",
        hovermode: false,
      },
    };
  }

  destroy() {
    if (!this.able) return;
    clearTimeout(this.timer);
    this.busy = true; // nothing is drawn any more
    this.observer.disconnect();
    if (this.built) void this.camera;
    window.Plotly?.purge(this.graph);
  }
}

function hasWebGL() {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl") ?? canvas.getContext("experimental-webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext(); // browsers hold but few
  return Boolean(context);
}

function heightFor(width) {
  return Math.round(Math.min(460, Math.max(300, 0.62 * width)));
}

// the heights of the bands, read between the points of their grid, or the error that they stand for
function landscapeHeight({ header, low, unit }, shape, [[left, right], [bottom, top]]) {
  const { $: name, rows } = header.ground.bands.height;
  const field = header.arrays[name];
  const last = rows - 1;
  const back = unit ? (height) => low + unit * Math.expm1(height) : (height) => low + height * height;
  return (a, b) => {
    const [i, j] = [((a - left) / (right - left)) * last, ((b - bottom) / (top - bottom)) * last];
    const height = blended(field, rows, Math.min(last, Math.max(0, i)), Math.min(last, Math.max(0, j)));
    return shape === "root" ? height : back(height);
  };
}

function bandTitle({ columns, unit, eigenvalues }) {
  if (!columns) return rootTitle(eigenvalues);
  return unit ? "log E" : "√E"; // short: a narrow picture has little room beside the axis
}

function bandWords({ columns, unit, eigenvalues }) {
  if (!columns) return rootWords(eigenvalues);
  const what = unit ? `log(1 + E/${number(unit, 2)})` : "the root of E";
  return `Height is ${what}, E counted from its lowest in view; the bands are equal steps of it.`;
}

function rootTitle([low, high]) {
  if (low >= 0) return "√E";
  return high <= 0 ? "−√|E|" : "±√|E|";
}

function rootWords([low, high]) {
  if (low === 0 && high === 0) return "The surface is flat: the error is the same everywhere.";
  const what = low >= 0 ? "the root of the error" : "the root of the error's size, with its sign";
  return `Height is ${what}, counted from w*, so that walls and floor are both in sight. The edge at E = 0 is the root's; E itself is smooth.`;
}

function styleOf({ name }, header) {
  return header.runs.find((run) => run.name === name);
}

// calm bands as in the plane: steps of colour between those of the palette
function surface({ palette }, { x, y, z, low, high }) {
  const colours = [0, 1, 2, 3, 4].map((i) => channels(palette[`band${i}`]));
  const scale = Array.from({ length: BANDS }, (_, k) => {
    const place = (4 * k) / (BANDS - 1);
    const [i, part] = [Math.min(3, Math.floor(place)), place - Math.min(3, Math.floor(place))];
    const mixed = colours[i].map((value, c) => Math.round(value + part * (colours[i + 1][c] - value)));
    const colour = `rgb(${mixed.join(",")})`;
    return [
      [k / BANDS, colour],
      [(k + 1) / BANDS, colour],
    ];
  }).flat();
  const still = { highlight: false };
  return {
    type: "surface",
    x,
    y,
    z,
    cmin: low,
    cmax: high,
    colorscale: scale,
    showscale: false,
    hoverinfo: "skip",
    contours: { x: still, y: still, z: still },
    lighting: { ambient: 0.75, diffuse: 0.4, specular: 0.04, roughness: 0.9, fresnel: 0 },
  };
}

function channels(hex) {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

// line and dots of every run, then w*, the start and the step that is looked at
function traces(view, ground) {
  const drawn = view.runs.flatMap((run) => {
    const { colour, dash } = styleOf(run, view.header);
    const [xs, ys] = [run.path.x, run.path.y].map((values) => Array.from(values).slice(0, run.seen));
    return [
      { ...scatter("lines", onSurface(xs, ys, ground)), line: { color: colour, width: 6, dash } },
      {
        ...scatter("markers", lifted(xs, ys, ground, 1.5)),
        marker: { color: colour, size: 3, line: { width: 0 } },
      },
    ];
  });
  return [...drawn, marks(view, ground)];
}

function marks(view, ground) {
  const { palette, origin, start } = view;
  const edited = view.runs[view.runs.length - 1];
  const last = Math.max(0, edited.seen - 1);
  const whole = edited.seen === edited.path.x.length;
  // another surface has no one w*: the start stands in its place, without a mark
  const places = [origin ?? start, start, [edited.path.x[last], edited.path.y[last]]];
  const [xs, ys] = [0, 1].map((i) => places.map((place) => place[i]));
  const near = origin && Math.hypot(xs[2] - xs[0], ys[2] - ys[0]) < 0.06 * (ground.span[0][1] - ground.span[0][0]);
  const away = last === 0 || near;
  const middle = 0.5 * (ground.span[0][0] + ground.span[0][1]);
  return {
    ...scatter("markers+text", lifted(xs, ys, ground, 3)),
    text: [origin ? "w*" : "", "start", away ? "" : whole ? "end" : `step ${view.steps[last]}`],
    // on a phone a name at the left edge would be cut off
    textposition: ["top center", xs[1] < middle ? "top right" : "top left", "top center"],
    textfont: { color: palette.ink, size: 13 },
    marker: {
      color: palette.ink,
      size: [origin ? 6 : 0, 8, 6],
      symbol: ["cross", "circle-open", "circle"],
      line: { width: 0 },
    },
  };
}

function scatter(mode, [x, y, z]) {
  return { type: "scatter3d", mode, x, y, z, hoverinfo: "skip" };
}

// points, those outside the view left out
function lifted(xs, ys, { span, height, lift }, times) {
  const inside = xs.map((x, k) => within(x, span[0]) && within(ys[k], span[1]));
  const pick = (values) => values.map((value, k) => (inside[k] ? value : NaN));
  return [pick(xs), pick(ys), xs.map((x, k) => (inside[k] ? height(x, ys[k]) + times * lift : NaN))];
}

function within(value, [low, high]) {
  return value >= low && value <= high;
}

// the straight steps, as far as they lie in the view, bent onto the surface
function onSurface(xs, ys, ground) {
  const { span, height, lift } = ground;
  const sides = span.map(([low, high]) => high - low);
  const points = lifted(xs.slice(0, 1), ys.slice(0, 1), ground, 1);
  const add = (x, y, z) => [x, y, z].forEach((value, i) => points[i].push(value));
  for (let k = 1; k < xs.length; k += 1) {
    const [from, way] = [
      [xs[k - 1], ys[k - 1]],
      [xs[k] - xs[k - 1], ys[k] - ys[k - 1]],
    ];
    const [first, last] = crossing(from, way, span);
    if (!(first <= last)) continue;
    if (first > 0) add(NaN, NaN, NaN);
    const share = Math.max(Math.abs(way[0]) / sides[0], Math.abs(way[1]) / sides[1]);
    const pieces = Math.max(1, Math.ceil(GRAIN * (last - first) * share));
    for (let j = first > 0 ? 0 : 1; j <= pieces; j += 1) {
      const t = first + ((last - first) * j) / pieces;
      const [x, y] = [from[0] + t * way[0], from[1] + t * way[1]];
      add(x, y, height(x, y) + lift);
    }
    if (last < 1) add(NaN, NaN, NaN);
  }
  return points;
}

// the part [first, last] of a step that lies in the view (Liang and Barsky 1984); first > last where none does
function crossing(from, way, span) {
  let [first, last] = [0, 1];
  span.forEach(([low, high], i) => {
    if (way[i] === 0) {
      if (!within(from[i], [low, high])) last = -1;
      return;
    }
    const ends = [(low - from[i]) / way[i], (high - from[i]) / way[i]];
    first = Math.max(first, Math.min(...ends));
    last = Math.min(last, Math.max(...ends));
  });
  return [first, last];
}
