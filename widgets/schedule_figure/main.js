const OVER = 9; // px by which marks may reach over the axes

// Two runs that differ in their learning rate alone, beside each other.
class ScheduleFigure {
  constructor(root) {
    this.root = root;
    this.pendingStart = null;
    this.asks = new Asks();
    this.graphs = new Graphs(root, () => this.draw());
    this.hover = new Hover(this.graphs.plane);
    this.playback = new Playback(() => this.draw());
    root.querySelector(".valley-play-place").append(this.playback.root);
    this.sentence = root.querySelector(".valley-verdict");
    this.pair = root.querySelector(".valley-pair");
    this.rates = new Rates(root.querySelector(".valley-rates"), {
      onMove: (text) => this.asks.drag({ [this.header.points.key]: text }),
      onCommit: (text) => this.commit({ [this.header.points.key]: text }),
    });
    this.startHandle = new StartHandle(this.graphs.ground, {
      position: () => this.start,
      onMove: (start) => this.moveStart(start),
      onCommit: (start) => this.moveStart(start, true),
      onClick: (start) => this.moveStart(start, true),
    });
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(root);
  }

  async update(data, ask) {
    const header = decode(data);
    if (this.asks.isPast(header)) return;
    this.header = header;
    this.asks.answered(ask, header);
    this.adoptStart(header);
    this.playback.setSteps(header.steps);
    this.palette = header.palettes[dress(this.root, header.palettes)];
    this.root.style.setProperty("--valley-accent", header.runs[0].colour);
    this.graphs.plane.setAttribute("aria-label", aloud(header.alt));
    const curves = `Learning curves: error against step, logarithmic. ${aloud(header.verdict.sentence)}`;
    this.root.querySelector(".valley-curve").setAttribute("aria-label", curves);
    this.rates.adopt({ ...header, points: header.points?.values });
    this.say();
    const mode = this.palette === header.palettes.dark ? "dark" : "light";
    if ((await this.graphs.library(header.plotly)) && header === this.header) {
      await this.graphs.build(header, this.palette, mode);
      await nextFrame();
      if (header === this.header) this.asks.painted(header);
    }
  }

  say() {
    const { verdict, runs, mean } = this.header;
    rich(this.sentence, verdict.sentence);
    this.sentence.dataset.status = verdict.status;
    fill(this.pair, runs.length + 1, () => {
      const row = make("p", "");
      row.append(swatch(), make("span", ""), make("output", ""));
      return row;
    });
    const [head, ...rows] = this.pair.children;
    head.className = "valley-mean";
    rich(head, mean);
    runs.forEach(({ label, colour, dash, ends }, i) => {
      const [picture, name, value] = rows[i].children;
      const line = picture.querySelector("line");
      line.setAttribute("stroke", this.paint(colour));
      line.setAttribute("stroke-dasharray", (DASHES[dash] ?? []).join(" "));
      rich(name, label);
      rich(value, ends);
    });
  }

  paint(name) {
    return name.startsWith("@") ? this.palette[name.slice(1)] : name;
  }

  commit(values) {
    this.asks.release(() => document.querySelector(".valley-line").commit(values));
  }

  get start() {
    return this.pendingStart?.value ?? this.header.start.value;
  }

  moveStart(value, last = false) {
    this.pendingStart = { value, at: performance.now() };
    const values = Object.fromEntries(this.header.start.keys.map((key, i) => [key, value[i]]));
    if (last) this.commit(values);
    else this.asks.drag(values);
    this.draw();
  }

  adoptStart(header) {
    const mine = this.pendingStart;
    if (!mine || this.startHandle.grabbed) return;
    const same = mine.value.every((value, i) => value === header.start.value[i]);
    if (same || performance.now() - mine.at > 2000) this.pendingStart = null;
  }

  path({ array }) {
    const rows = this.header.arrays[array];
    const pick = (column) => Float64Array.from({ length: rows.length / 3 }, (_, k) => rows[3 * k + column]);
    return { x: pick(0), y: pick(1), error: pick(2).map((value) => Math.abs(value) || NaN) };
  }

  draw() {
    const { header, palette, playback, graphs } = this;
    if (!header) return;
    const at = playback.whole ? null : header.steps[playback.at];
    this.rates.at = at;
    this.rates.draw(palette, at);
    if (!graphs.ready) return;
    const { groundInk: ground, curveInk: curve } = graphs;
    ground.begin(palette);
    curve.begin(palette);
    this.hover.drawn = [...header.runs].reverse().map((run) => this.drawRun(ground, curve, run));
    ground.clip(OVER);
    const start = [ground.x(this.start[0]), ground.y(this.start[1])];
    ground.ring(start, 7, 3);
    ground.label("start", start[0], start[1] - 18, "center");
    ground.end();
    curve.end();
    this.root.dataset.drawn = header.surface;
  }

  drawRun(ground, curve, { label, array, colour, dash }) {
    const { steps } = this.header;
    const path = this.path({ array });
    const paint = this.paint(colour);
    const points = Array.from(path.x, (x, k) => [ground.x(x), ground.y(path.y[k])]);
    const seen = this.playback.whole ? points.length : Math.min(this.playback.at + 1, points.length);
    if (this.playback.whole) this.drawWhole(ground, points, { colour: paint, dash });
    else ground.trail(points, seen, { colour: paint, dash });
    ground.dots([points[seen - 1]], paint, 5);
    const style = { colour: paint, dash, width: 2.2 };
    curve.line(Array.from(path.error, (error, k) => [curve.x(steps[k]), curve.y(error)]), style); // prettier-ignore
    if (!this.playback.whole) curve.dots([[curve.x(steps[seen - 1]), curve.y(path.error[seen - 1])]], paint, 4);
    return { label, path, points, steps };
  }

  // of a whole run the last steps are loud, those of which the sentence speaks
  drawWhole(ground, points, { colour, dash }) {
    const { steps, last } = this.header;
    const from = steps.findIndex((step) => step >= steps[steps.length - 1] - last);
    const dark = this.palette === this.header.palettes.dark; // where what shines through is nearly black
    ground.line(points, { colour: this.palette.halo, width: 4 });
    ground.line(points, { colour, dash, width: dark ? 2.2 : 1.8, alpha: dark ? 0.95 : 0.55 });
    ground.trail(points.slice(from), points.length - from, { colour, dash });
  }

  destroy() {
    this.playback.pause();
    this.asks.destroy();
    this.graphs.destroy();
    this.observer.disconnect();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".valley");
  root.empty ??= root.innerHTML;
  if (!root.figure) {
    root.innerHTML = root.empty;
    root.figure = new ScheduleFigure(root);
  }
  root.figure.update(data, setTriggerValue);
  return () => {
    root.figure?.destroy();
    root.figure = undefined;
  };
}
