const CURVE_NAME = "Learning curve: error against step, logarithmic.";
const ARROW = 74; // px
const FARTHEST = 3e38; // stands for infinity in what float32 holds
const MARGIN = 9; // px by which marks may reach over the axes

// The live figure: one family of runs at hand, the right one drawn without asking the server.
class LiveFigure {
  constructor(root) {
    this.root = root;
    this.live = [];
    this.shape = [];
    this.pendingStart = null;
    this.overlays = {}; // what details draw on the picture: {under, over, click}
    this.asks = new Asks();
    this.graphs = new Graphs(root, () => this.draw());
    this.words = new Words(root, (name) => this.commit({ [this.header.edit]: name }));
    this.gauge = new Gauge();
    root.querySelector(".valley-gauge-place").append(this.gauge.root);
    this.playback = new Playback(() => this.draw());
    root.querySelector(".valley-play-place").append(this.playback.root);
    this.cut = root.querySelector(".valley-cut");
    this.best = root.querySelector(".valley-best");
    this.best.addEventListener("click", () => this.commit(this.header.best.values));
    this.copy = root.querySelector(".valley-copy");
    this.copy.addEventListener("click", () => this.copyLink());
    this.picture = new Picture(this);
    this.hover = new Hover(this.graphs.plane);
    this.startHandle = new StartHandle(this.graphs.ground, {
      position: () => this.start,
      onMove: (start) => this.dragStart(start),
      onCommit: (start) => this.commitStart(start),
      onClick: (weights) => this.clicked(weights),
    });
  }

  async update(data, ask) {
    const header = decode(data);
    if (!this.hasGround(header)) {
      this.asks.picture(ask);
      return;
    }
    if (this.asks.isPast(header)) return;
    this.keepFamilies(header);
    this.header = header;
    this.asks.answered(ask, header);
    this.adoptStart(header);
    this.playback.setSteps(header.steps);
    if (!header.preview) this.adoptSliders(header.sliders);
    this.showBest();
    this.theme();
    // a newer message may arrive while the library is on its way
    if ((await this.graphs.library(header.plotly)) && header === this.header) {
      await this.graphs.build(header, this.palette, this.mode);
      await nextFrame();
      if (header === this.header) this.asks.painted(header);
    }
  }

  // Families come without bands and axes, which are there already, unless the figure is a new one.
  hasGround(header) {
    const id = `${header.view}|${header.surface}`;
    const { root } = this;
    if (header.ground) root.ground = { id, spec: header.ground, arrays: header.arrays };
    if (root.ground?.id !== id) return false;
    header.ground = root.ground.spec;
    header.arrays = { ...root.ground.arrays, ...header.arrays };
    return true;
  }

  // Families come one after the other where one message cannot hold them all.
  keepFamilies(header) {
    for (const family of Object.values(header.families)) {
      family.points = header.arrays[family.array];
      family.texts = header.texts;
    }
    if (this.header?.picture === header.picture) header.families = { ...this.header.families, ...header.families };
  }

  theme() {
    this.mode = dress(this.root, this.header.palettes);
    this.palette = this.header.palettes[this.mode];
  }

  adoptSliders(specs) {
    const place = (name) => this.root.querySelector(name);
    this.adoptRow(
      this.live,
      place(".valley-live"),
      specs.filter((spec) => spec.family),
    );
    this.adoptRow(
      this.shape,
      place(".valley-shape"),
      specs.filter((spec) => !spec.family),
    );
    // a live slider that is still ahead of the page stays the one that is drawn
    this.active = this.live.find((slider) => slider.ahead) ?? this.live[0];
  }

  adoptRow(sliders, place, specs) {
    fill(place, specs.length, () => {
      const slider = new Slider(
        (moved) => this.moved(moved),
        (values) => this.commit(values),
      );
      sliders.push(slider);
      return slider.root;
    });
    sliders.length = specs.length;
    specs.forEach((spec, i) => sliders[i].adopt(spec));
  }

  moved(slider) {
    if (!slider.family) {
      this.ask(slider.values);
      return;
    }
    this.active = slider;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  // a picture that takes seconds is not asked for while something is dragged: it waits beside a bar once that is let go
  ask(values) {
    if (!this.header.slow) this.asks.drag(values);
  }

  commit(values) {
    if (!values) return;
    this.asks.release(() => document.querySelector(".valley-line")?.commit(values));
  }

  get start() {
    return this.pendingStart?.value ?? this.header.start.value;
  }

  adoptStart(header) {
    this.startHandle.fixed = Boolean(header.start.fixed);
    const mine = this.pendingStart;
    if (!mine || this.startHandle.grabbed) return;
    const same = header.start.keys.every((_, i) => mine.value[i] === header.start.value[i]);
    if (same || performance.now() - mine.at > 2000) this.pendingStart = null;
  }

  // in a plane through more weights the inputs hold how far the start is moved
  startValues(value) {
    const { keys, base = [0, 0] } = this.header.start;
    return Object.fromEntries(keys.map((key, i) => [key, Number((value[i] - base[i]).toPrecision(4))]));
  }

  // where the inputs can put it, of one weight on its curve
  reachable(value) {
    const { frame, start } = this.header;
    if (frame.weights === 1) return this.onCurve(value);
    const moved = this.startValues(value);
    return start.keys.map((key, i) => (start.base?.[i] ?? 0) + moved[key]);
  }

  onCurve([x, y]) {
    const { frame, arrays } = this.header;
    if (frame.weights !== 1) return [x, y];
    const { heights } = arrays;
    const place = ((x - frame.span[0]) / (frame.span[1] - frame.span[0])) * (heights.length - 1);
    const k = Math.max(0, Math.min(heights.length - 2, Math.floor(place)));
    return [x, heights[k] + (place - k) * (heights[k + 1] - heights[k])];
  }

  commitStart(place) {
    const value = this.reachable(place);
    this.pendingStart = { value, at: performance.now() };
    this.draw();
    this.commit(this.startValues(value));
  }

  // a click moves the start, unless a detail asks for it
  clicked(weights) {
    const asking = Object.values(this.overlays).find((overlay) => overlay.click);
    if (asking) this.commit(asking.click(weights));
    else if (!this.header.start.fixed) this.commitStart(weights);
  }

  dragStart(place) {
    const value = this.reachable(place);
    this.pendingStart = { value, at: performance.now() };
    this.draw();
    this.ask(this.startValues(value));
  }

  // The member that the active slider points at; while its family is on its way the run itself.
  member() {
    const { header, active } = this;
    const family = active && header.families[active.family];
    const { present, frame, arrays, texts } = header;
    if (!family) {
      return { ...present, points: arrays[present.array], verdict: readVerdict(present.verdict, texts) };
    }
    const [r, width] = [active.index, columnsOf(frame)];
    return {
      points: family.points.subarray(width * family.offsets[r], width * family.offsets[r + 1]),
      eta: active.family === "learning_rate" ? active.stop : present.eta,
      limit: family.limits[r],
      limitText: family.limitTexts[r],
      verdict: readVerdict(family.verdicts[r], family.texts),
    };
  }

  // where the run is looked at: the whole run at its end
  placeOf(path) {
    const last = path.x.length - 1;
    return this.playback.whole ? last : Math.min(this.playback.at, last);
  }

  draw() {
    if (!this.graphs.ready) return;
    const { header, palette } = this;
    const { groundInk: ground, curveInk: curve } = this.graphs;
    const member = this.member();
    const { verdict } = member;
    ground.begin(palette);
    curve.begin(palette);
    // the run under the sliders is drawn last, on top
    const runs = [...header.runs].sort((one, other) => one.edited - other.edited);
    const paths = runs.map((run) => readPath(run.edited ? member.points : header.arrays[run.array], header.frame));
    if (header.arrays.limits && this.still) paths[runs.length - 1].limit = header.arrays.limits;
    this.hover.weights = header.frame.weights ?? 2;
    this.view = this.look(member, paths[runs.length - 1]);
    for (const overlay of Object.values(this.overlays)) overlay.under?.(ground, this.view);
    this.drawn = this.hover.drawn = this.view.runs = runs.map((run, i) =>
      this.drawRun(ground, curve, run, paths[i], run.edited ? verdict.label : run.label),
    );
    for (const overlay of Object.values(this.overlays)) overlay.over?.(ground, this.view);
    this.showSection(ground, curve, this.drawn[runs.length - 1]);
    ground.clip(MARGIN);
    curve.clip(MARGIN);
    this.mark(ground, curve, this.drawn[runs.length - 1]);
    ground.end();
    curve.end();
    this.root.style.setProperty("--valley-accent", runs[runs.length - 1].colour);
    this.words.say(verdict, header.runs);
    this.name(verdict.sentence);
    this.drawGauge(member, paths[runs.length - 1]);
    if (this.root.dataset.drawn !== header.surface) this.root.dataset.drawn = header.surface;
    this.root.dispatchEvent(new CustomEvent("valley-drawn", { bubbles: true }));
  }

  // both pictures, for those who cannot see them
  name(sentence) {
    const { alt, present, texts } = this.header;
    const label = toldBy(alt, [readVerdict(present.verdict, texts).sentence], sentence);
    this.root.querySelector(".valley-curve").setAttribute("aria-label", `${CURVE_NAME} ${aloud(sentence)}`);
    this.graphs.plane.setAttribute("aria-label", label);
  }

  showSection(ground, curve, { path, points }) {
    const known = Boolean(this.header.frame.section);
    this.cut.hidden = !known;
    if (!known) return;
    const now = this.placeOf(path);
    drawShadow(ground, curve, this.view, points, now);
    rich(this.cut.firstElementChild, this.header.frame.section.short);
    rich(this.cut.lastElementChild, sectionWords(this.view, now));
  }

  // what the schedule makes of the learning rate at that step
  paceAt(path, k) {
    return (path.pace ?? this.header.pace)?.[k] ?? 1;
  }

  // where the limit differs from place to place it is that of the point that is looked at
  drawGauge({ eta, limit, limitText }, path) {
    const { gauge } = this.header;
    if (!path.limit || !gauge) {
      this.gauge.draw(gauge, eta, limit, limitText);
      return;
    }
    const k = this.placeOf(path);
    const here = path.limit[k];
    const known = here > 0 && here < FARTHEST;
    const said = here >= FARTHEST ? gauge.unlimited : gauge;
    const now = eta * this.paceAt(path, k);
    this.gauge.draw(said, now, known ? here : null, known ? number(here, 3) : "");
  }

  // no slider is away from what the server was told
  get still() {
    return this.live.every((slider) => slider.stop === slider.said);
  }

  // what is on the screen now, for the details below the figure
  look(member, path) {
    const { header, active, playback } = this;
    const { hyper, polynomials } = header.rule;
    const live = header.families[active?.family] && active.family in hyper ? active : null;
    // of the whole run a step that follows is looked at where it starts, as the arrow in the picture, a point at its end
    const at = playback.whole ? 0 : Math.min(playback.at, path.x.length - 1);
    const now = this.placeOf(path);
    const { still } = this;
    return {
      ...header.frame,
      header,
      palette: this.palette,
      colour: header.runs.find((run) => run.edited).colour,
      rule: header.rule,
      eta: member.eta,
      hyper: live ? { ...hyper, [live.family]: live.stop } : hyper,
      polynomial: live ? polynomials?.[live.family][live.index] : polynomials?.learning_rate[0],
      place: live ? live.index : 0, // among what is said of the rule at each stop
      setting: live ? live.family : "learning_rate",
      limit: path.limit ? path.limit[now] : member.limit, // as the gauge has it
      etaNow: member.eta === null ? null : member.eta * this.paceAt(path, now),
      verdict: member.verdict,
      path,
      steps: header.steps,
      start: this.start,
      at,
      shadow: header.arrays.shadow && still ? (k) => shadowOf(header.arrays.shadow, k) : null,
      now,
      // the gradient, the Hessian and the step there, which only the server knows; not while a slider is away
      local: header.arrays.local && still ? (k) => localOf(header.arrays.local, k) : null,
    };
  }

  drawRun(ground, curve, run, path, label) {
    const { steps } = this.header;
    const points = Array.from(path.x, (x, k) => [ground.x(x), ground.y(path.y[k])]);
    const seen = this.playback.whole ? points.length : Math.min(this.playback.at + 1, points.length);
    ground.trail(points, seen, run);
    if (!this.playback.whole) ground.dots([points[seen - 1]], run.colour, 5);
    if (run.letter && points.length) ground.label(run.letter, points[seen - 1][0] - 14, points[seen - 1][1] + 12);
    curve.line(
      Array.from(path.error, (error, k) => [curve.x(steps[k]), curve.y(error)]),
      { colour: run.colour, dash: run.dash, width: 2.2 },
    );
    const at = this.header.frame.section ? "at" : "w =";
    return { name: run.name, label, path, points, steps, seen, at };
  }

  mark(ground, curve, { path, points, steps }) {
    const { whole, at } = this.playback;
    const last = points.length - 1;
    const now = whole ? last : Math.min(at, last);
    const [x, y] = points[now];
    const pixel = ([a, b]) => [ground.x(a), ground.y(b)];
    const start = pixel(this.start);
    const origin = this.header.frame.origin && pixel(this.header.frame.origin);
    const labels = (this.labels = new Labels(ground));
    labels.keepOff(start, 8);
    labels.keepOff([x, y], 5);
    // the whole run shows the gradient where it started; while stepping, where it is
    const tip = this.arrow(ground, path, points, whole ? 0 : now);
    ground.dots([[x, y]], this.palette.ink, 4.5);
    if (origin) {
      ground.cross(origin, 6);
      labels.keepOff(origin, 6);
    }
    ground.ring(start, 7, 3);
    const [above, below] = [
      [start[0], start[1] - 18, "center"],
      [start[0], start[1] + 19, "center"],
    ];
    labels.put("start", [above, below, ...around(start, 12)]);
    if (origin) labels.put("w*", [[origin[0] + 10, origin[1] + 12], ...around(origin, 10)]);
    const apart = !origin || Math.hypot(x - origin[0], y - origin[1]) > 34;
    const name = whole ? "end" : String(steps[now]);
    if (!whole || apart) labels.put(name, [[x + 9, y - 10], [x + 9, y + 12], ...around([x, y], 9)]);
    if (tip) labels.put("−∇E", around(tip, 12));
    this.leave(curve, path, steps);
    curve.ring([curve.x(steps[now]), curve.y(path.error[now])], 4, 2);
  }

  // where the error leaves the axis, which is when there is most to see
  leave(curve, path, steps) {
    const top = curve.y(10 ** curve.graph._fullLayout.yaxis.range[1]);
    const k = path.error.findIndex((error) => error > 0 && curve.y(error) < top);
    if (k > 0) curve.label(`↑ off the scale at step ${steps[k]}`, curve.x(steps[k]) + 10, top + 12);
  }

  // -grad E, drawn at a fixed length; its tip
  arrow(ground, path, points, k) {
    const way = path.downhill(k);
    if (!way) return null;
    const [dx, dy] = [ARROW * way[0], -ARROW * way[1]]; // pixels count downwards
    ground.arrow(points[k], [dx, dy]);
    return [points[k][0] + dx, points[k][1] + dy];
  }

  showBest() {
    const { best } = this.header;
    this.best.hidden = !best;
    if (!best) return;
    this.best.disabled = !best.values;
    rich(this.root.querySelector(".valley-best-words"), best.values ? "" : best.words);
  }

  async copyLink() {
    const link = window.location.href;
    try {
      await navigator.clipboard.writeText(link);
      this.copy.textContent = "Copied";
      setTimeout(() => (this.copy.textContent = "Copy link"), 1500);
    } catch {
      // without a secure connection there is no clipboard: show the address, ready to copy
      window.prompt("Copy this address", link);
    }
  }

  destroy() {
    this.playback.pause();
    this.asks.destroy();
    this.graphs.destroy();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".valley");
  root.empty ??= root.innerHTML;
  // Streamlit may mount it again where it stood before, a change of theme among others
  if (!root.figure) {
    root.innerHTML = root.empty;
    root.figure = new LiveFigure(root);
  }
  root.figure.update(data, setTriggerValue);
  return () => {
    root.figure?.destroy();
    root.figure = undefined;
  };
}
