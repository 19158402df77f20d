// The learning rates against the step. Points drawn by hand are handles: drag one, click for a new one, double-click or
// press Delete to take one away.
const CLOSE = 16; // px
const FINGER = 26;
const MOST_POINTS = 16;
const LOWEST = 1e-8;
const HIGHEST = 1e4;
const LAST_STEP = 100000;
const QUIET = 250; // ms after the last key

class Rates {
  constructor(place, { onMove, onCommit }) {
    Object.assign(this, { onMove, onCommit, pending: null, chosen: 0 });
    this.chart = new Chart(place, { label: "", height: 190, x: { title: "step" }, y: { title: "learning rate η" } });
    this.note = place.appendChild(make("p", "valley-handle", { "aria-live": "polite" }));
    const { canvas } = this.chart;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", () => this.up());
    canvas.addEventListener("pointercancel", () => this.up()); // what was drawn so far stays
    canvas.addEventListener("dblclick", (event) => this.remove(this.near(event)));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  adopt(header) {
    const { rates, runs, arrays } = header;
    const { canvas } = this.chart;
    this.runs = runs.map((run) => ({ ...run, values: arrays[run.rate] }));
    // while a point is moved the axes stand still
    if (!this.moving || !this.rates) this.rates = rates;
    this.chart.vertical = { title: "learning rate η", log: rates.log };
    this.drawn = Boolean(header.points);
    canvas.classList.toggle("valley-drawn", this.drawn);
    canvas.tabIndex = this.drawn ? 0 : -1;
    const how = this.drawn ? " Arrow keys move a point, Page Up and Page Down choose one, Insert adds one, Delete takes it away" : "";
    canvas.setAttribute("aria-label", `Learning rates against the step: ${runs.map(({ label }) => label).join("; ")}. ${aloud(header.verdict.sentence)}${how}`);
    const same = this.pending && JSON.stringify(this.pending.points) === JSON.stringify(header.points);
    if (same || (this.pending && performance.now() - this.pending.at > 2000)) this.pending = null;
    this.points = (this.moving || this.pending ? this.points : header.points) ?? [];
    this.chosen = Math.min(this.chosen, Math.max(0, this.points.length - 1));
  }

  // ahead of what the page knows: what it says of the points is older
  get moving() {
    return Boolean(this.grabbed || this.timer);
  }

  draw(palette, at) {
    const { chart, rates, runs } = this;
    const steps = runs[0].values.length;
    this.palette = palette;
    chart.inset = { ...INSET, left: 74, right: 18 };
    if (!chart.begin(palette, [-0.015 * steps, 1.015 * steps], rates.range)) return;
    const paint = (name) => (name.startsWith("@") ? palette[name.slice(1)] : name);
    if (rates.limit !== null) {
      const y = chart.y(rates.limit);
      chart.line([[chart.box.left, y], [chart.box.left + chart.box.width, y]], { colour: palette.bad, width: 1.4, dash: "dot" }); // prettier-ignore
      chart.label(rates.limitText, chart.box.left + chart.box.width - 6, y - 9, "right");
    }
    for (const { values, colour, dash } of [...runs].reverse()) {
      const stairs = Array.from(values).flatMap((value, k) => [[k, value], [k + 1, value]]); // prettier-ignore
      const style = { colour: paint(colour), dash, width: 2.4 };
      chart.line(stairs.map(([k, value]) => [chart.x(k), chart.y(value)]), style); // prettier-ignore
    }
    if (at !== null) {
      const x = chart.x(at);
      chart.line([[x, chart.box.top], [x, chart.box.top + chart.box.height]], { colour: palette.ink, width: 1 }); // prettier-ignore
    }
    if (this.drawn) {
      const places = this.points.map(([step, eta]) => [chart.x(step), chart.y(eta)]);
      chart.line(places, { colour: palette.ink, width: 1, dash: "dot" });
      places.forEach((place, i) => chart.ring(place, i === this.chosen ? 7 : 5.5, i === this.chosen ? 3 : 2));
    }
    chart.end();
    const [step, eta] = this.points[this.chosen] ?? [];
    this.note.textContent = this.drawn ? `point ${this.chosen + 1} of ${this.points.length}: step ${step}, η = ${number(eta, 4)}` : ""; // prettier-ignore
  }

  // place of the pointer -> step and learning rate
  read(event) {
    const { chart } = this;
    const [x, y] = chart.under(event);
    const { left, top, width, height } = chart.box;
    const [low, high] = chart.spanY;
    const [first, last] = chart.spanX;
    const up = Math.min(Math.max((top + height - y) / height, 0), 1);
    const along = Math.min(Math.max((x - left) / width, 0), 1);
    const value = low + up * (high - low);
    return [Math.max(0, Math.round(first + along * (last - first))), this.bounded(this.rates.log ? 10 ** value : value)];
  }

  bounded(eta) {
    return Number(Math.min(Math.max(eta, LOWEST), HIGHEST).toPrecision(3));
  }

  near(event) {
    const { chart } = this;
    const [x, y] = chart.under(event);
    const reach = event.pointerType === "touch" ? FINGER : CLOSE;
    let best = -1;
    let least = reach;
    this.points.forEach(([step, eta], i) => {
      const distance = Math.hypot(x - chart.x(step), y - chart.y(eta));
      if (distance < least) [best, least] = [i, distance];
    });
    return best;
  }

  down(event) {
    if (!this.drawn || event.button !== 0) return;
    const at = this.near(event);
    if (at < 0 && !this.add(this.read(event))) return;
    if (at >= 0) this.chosen = at;
    this.grabbed = { index: this.chosen, moved: at < 0 };
    this.chart.canvas.setPointerCapture(event.pointerId);
    this.redraw();
  }

  move(event) {
    if (!this.drawn) return;
    if (!this.grabbed) {
      this.chart.canvas.classList.toggle("valley-hold", this.near(event) >= 0);
      return;
    }
    this.grabbed.moved = true;
    this.place(this.grabbed.index, this.read(event));
    this.onMove(this.text);
    this.redraw();
  }

  up() {
    const { grabbed } = this;
    this.grabbed = null;
    if (grabbed?.moved) this.commit();
  }

  // a point stays between its neighbours
  place(index, [step, eta]) {
    const low = index ? this.points[index - 1][0] + 1 : 0;
    const high = index < this.points.length - 1 ? this.points[index + 1][0] - 1 : LAST_STEP;
    this.points = this.points.map((point, i) => (i === index ? [Math.min(Math.max(step, low), high), eta] : point));
  }

  add([step, eta]) {
    if (this.points.length >= MOST_POINTS || this.points.some(([other]) => other === step)) return false;
    this.points = [...this.points, [step, eta]].sort(([one], [other]) => one - other);
    this.chosen = this.points.findIndex(([other]) => other === step);
    return true;
  }

  remove(index) {
    if (!this.drawn || index < 0 || this.points.length < 2) return;
    this.points = this.points.filter((_, i) => i !== index);
    this.chosen = Math.max(0, index - 1);
    this.commit();
    this.redraw();
  }

  key(event) {
    if (!this.drawn || !this.points.length) return;
    const [step, eta] = this.points[this.chosen];
    const stride = event.shiftKey ? 10 : 1;
    const moves = {
      ArrowLeft: [step - stride, eta],
      ArrowRight: [step + stride, eta],
      ArrowUp: [step, this.bounded(eta * 1.1 ** stride)],
      ArrowDown: [step, this.bounded(eta / 1.1 ** stride)],
    };
    const count = this.points.length;
    if (event.key in moves) {
      this.place(this.chosen, moves[event.key]);
      this.onMove(this.text);
    } else if (event.key === "PageDown") this.chosen = Math.min(this.chosen + 1, count - 1);
    else if (event.key === "PageUp") this.chosen = Math.max(this.chosen - 1, 0);
    else if (event.key === "Insert") {
      const next = this.points[this.chosen + 1]?.[0] ?? step + 20;
      this.add([Math.round((step + next) / 2), eta]);
    } else if (event.key === "Delete" || event.key === "Backspace") this.remove(this.chosen);
    else return;
    event.preventDefault();
    this.redraw();
    if (event.key in moves || event.key === "Insert") this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.commit(), QUIET);
  }

  commit() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.pending = { points: this.points, at: performance.now() };
    this.onCommit(this.text);
  }

  get text() {
    return this.points.map(([step, eta]) => `${step}:${eta}`).join(",");
  }

  redraw() {
    this.draw(this.palette, this.at ?? null);
  }
}
