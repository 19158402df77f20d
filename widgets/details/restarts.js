// Where the same run ends from other initial weights: a row for each scheme, a dot for each seed.
const HIGH = 62; // px of a scheme's row
const LANES = [26, 46]; // px below its top: validation errors, training errors
const NEAR = 10; // px within which a dot is pointed at
const TAIL = 12; // powers of ten in sight

class Detail {
  constructor(root) {
    this.root = root;
    this.sentence = root.appendChild(make("p", ""));
    this.chart = new Chart(root.appendChild(make("div", "")), {
      label: "Mean error of a row at the end of each run, a row for every scheme of initial weights, a dot for every seed",
      height: 300,
      x: { title: "error of a row at the end", log: true },
    });
    this.chart.inset = { ...INSET, left: 10 };
    this.pointed = root.appendChild(make("p", "valley-detail-quiet", { "aria-live": "polite" }));
    this.pointed.style.minHeight = "1.45em";
    const wide = root.appendChild(make("div", ""));
    wide.style.overflowX = "auto";
    this.table = wide.appendChild(make("table", ""));
    this.note = root.appendChild(make("p", "valley-detail-quiet"));
    this.listen(this.chart.canvas);
  }

  static describe(view, header) {
    return { sentence: restartsWords(header), rows: restartsRows(header), note: restartsNote(header) };
  }

  listen(canvas) {
    canvas.tabIndex = 0;
    const place = (event) => this.near(...this.chart.under(event));
    canvas.addEventListener("pointermove", (event) => this.point(place(event)));
    canvas.addEventListener("pointerleave", () => this.point(null));
    canvas.addEventListener("click", (event) => this.take(place(event)));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  draw(view, header) {
    Object.assign(this, { view, header });
    rich(this.sentence, restartsWords(header));
    rich(this.note, restartsNote(header));
    this.fillRows(restartsRows(header));
    this.picture();
    this.say();
  }

  fillRows(rows) {
    const { schemes, taken } = this.header;
    tabulate(this.table, rows);
    if (!taken) return;
    schemes.forEach(({ name, best }, i) => {
      if (best === null) return;
      const cell = this.table.children[i + 1].children[1];
      const text = `Take seed ${best}`;
      if (cell.firstChild?.textContent === text && cell.firstChild.tagName === "BUTTON") return;
      const button = make("button", "valley-button", { type: "button", "aria-label": `${text} of ${name}` });
      button.textContent = text;
      button.style.whiteSpace = "nowrap";
      button.addEventListener("click", () => this.take({ name, seed: best }));
      cell.replaceChildren(button);
    });
  }

  picture() {
    const { chart, header, view } = this;
    const { schemes, arrays, validated, colour, top, shown } = header;
    const { palette } = view;
    chart.height = schemes.length * HIGH + INSET.top + INSET.bottom;
    chart.canvas.style.height = `${chart.height / 16}rem`;
    const errors = schemes.flatMap(({ name }) => Array.from(arrays[name]));
    const range = decades(errors, TAIL);
    this.spots = [];
    if (!chart.begin(palette, [range[0] - 0.05, range[1] + 0.05], [1, 0])) return;
    const { box, pen } = chart;
    schemes.forEach(({ name, lost, count, five }, i) => {
      const high = box.top + i * HIGH;
      if (i) chart.line([[box.left, high], [box.left + box.width, high]], { colour: palette.grid, width: 1 }); // prettier-ignore
      const plain = pen.font;
      pen.font = `600 ${plain}`;
      chart.label(name, box.left + 4, high + 10);
      pen.font = plain;
      if (lost) chart.label(`${lost} of ${count} lost`, box.left + box.width - 4, high + 10, "right");
      this.lane(name, 1, high + LANES[0], colour, 0.8);
      this.lane(name, 0, high + LANES[validated ? 1 : 0], validated ? palette.quiet : colour, 0.6);
      if (!five) return;
      for (const value of [five[1]]) {
        const x = chart.x(value);
        chart.line([[x, high + LANES[0] - 9], [x, high + LANES[0] + 9]], { colour: palette.ink, width: 2.5 }); // prettier-ignore
      }
    });
    const judged = validated ? 1 : 0;
    const find = (name, seed) => this.spots.find((s) => s.name === name && s.seed === seed && s.which === judged);
    if (top !== null) this.mark(find(schemes[top].name, schemes[top].best), "best", -1);
    if (shown) this.mark(find(...shown), "on the page", 1);
    const now = this.at && find(this.at.name, this.at.seed);
    if (now) chart.circle([now.x, now.y], 7, { colour: palette.ink, width: 1.5, dash: "solid" });
    chart.end();
  }

  lane(name, which, y, colour, alpha) {
    const { chart, header } = this;
    const values = header.arrays[name].filter((_, k) => k % 2 === which);
    const { left, width } = chart.box;
    const { pen } = chart;
    pen.globalAlpha = alpha;
    values.forEach((value, seed) => {
      if (!Number.isFinite(value)) return;
      const x = Math.max(left + 3, Math.min(left + width - 3, value > 0 ? chart.x(value) : left));
      const spot = { name, seed, which, x, y: y + 6 * spreadEvenly(seed) };
      this.spots.push(spot);
      chart.dots([[spot.x, spot.y]], colour, 3);
    });
    pen.globalAlpha = 1;
  }

  mark(spot, text, side) {
    if (!spot) return;
    const { chart } = this;
    chart.ring([spot.x, spot.y], 4.5, 2);
    const { left, width } = chart.box;
    const right = side > 0 ? spot.x < left + width - 100 : spot.x < left + 50;
    chart.label(text, spot.x + (right ? 9 : -9), spot.y, right ? "left" : "right");
  }

  near(x, y) {
    let [found, least] = [null, NEAR];
    for (const spot of this.spots ?? []) {
      const away = Math.hypot(spot.x - x, spot.y - y);
      if (away < least) [found, least] = [spot, away];
    }
    return found;
  }

  point(spot) {
    this.chart.canvas.style.cursor = spot && this.header.taken ? "pointer" : "default";
    if (spot?.name === this.at?.name && spot?.seed === this.at?.seed) return;
    this.at = spot;
    this.picture();
    this.say();
  }

  say() {
    const { taken } = this.header;
    const asked = taken ? "Point at a run and click it to have it on the page; or go through them with the arrow keys." : "";
    this.pointed.textContent = this.at ? `${oneRun(this.header, this.at)}${taken ? " Click to take it." : ""}` : asked;
  }

  // from the best run to the worst and back
  key(event) {
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && this.at) this.take(this.at);
    else if (move) {
      const all = inOrder(this.header);
      const now = all.findIndex(({ name, seed }) => name === this.at?.name && seed === this.at?.seed);
      this.point(all[Math.max(0, Math.min(all.length - 1, now + move))]);
    } else return;
    event.preventDefault();
  }

  take(spot) {
    const { taken } = this.header;
    if (!spot || !taken) return;
    // an input that is not on the page takes nothing
    const values = { [taken.scheme]: spot.name, [taken.seed]: spot.seed, [taken.more]: 0 };
    document.querySelector(".valley")?.figure?.commit(values);
  }
}

// from -1 to 1, no two neighbours alike: multiples of the golden ratio
const spreadEvenly = (k) => 2 * ((k * 0.618034) % 1) - 1;

function errorsOf({ arrays }, { name, seed }) {
  return Array.from(arrays[name].subarray(2 * seed, 2 * seed + 2));
}

// all runs that are not lost, the best first
function inOrder(header) {
  const judged = header.validated ? 1 : 0;
  const all = header.schemes.flatMap(({ name }) =>
    Array.from({ length: header.arrays[name].length / 2 }, (_, seed) => ({ name, seed, error: errorsOf(header, { name, seed })[judged] })),
  );
  return all.filter(({ error }) => Number.isFinite(error)).sort((one, other) => one.error - other.error);
}

function oneRun(header, spot) {
  const [training, validation] = errorsOf(header, spot);
  const beside = header.validated ? `validation ${number(validation)}, ` : "";
  return `Seed ${spot.seed} of “${spot.name}”: ${beside}training ${number(training)}.`;
}

function restartsWords(header) {
  const { schemes, top, validated, runs, steps, shown } = header;
  const drawn = schemes.filter(({ alike }) => !alike).length;
  const others = schemes.length - drawn;
  const single = others ? ` and one run of each of ${others} more` : "";
  if (top === null) return `Every run is lost before step ${steps}: a smaller learning rate may let them arrive.`;
  const { name, best, five } = schemes[top];
  const rows = validated ? "held out" : "that train";
  const beside = validated ? `, ${number(five[3])} on those that train` : "";
  const own = shown && errorsOf(header, { name: shown[0], seed: shown[1] })[validated ? 1 : 0];
  const same = shown && shown[0] === name && shown[1] === best;
  const page = same ? "; it is the one on the page" : Number.isFinite(own) ? `; the one on the page ends at ${number(own)}` : "";
  return `Of ${runs} seeds of each of ${drawn} schemes${single}, seed ${best} of “${name}” ends lowest on the rows ${rows}, at ${number(five[0])}${beside}${page}.`;
}

function restartsNote({ validated, schemes }) {
  const alike = schemes.filter((scheme) => scheme.alike).map(({ name }) => name);
  const dots = validated ? "Coloured: rows held out, by which the runs are judged; grey: rows that train" : "Dots: rows that train; none are held out to judge by";
  return `${dots}; the stroke is the median of those that arrive. “${alike.join("” and “")}” draw nothing, so that one run stands for all seeds. That a run is the best of many is itself learned from the rows held out: they flatter it a little.`;
}

function restartsRows({ schemes, validated }) {
  const judged = validated ? "validation" : "training";
  const head = ["", "", `${judged}: best`, "median", "worst", ...(validated ? ["training of the best"] : [])];
  const rows = schemes.map(({ name, five, count, lost, best }) => {
    if (!five) return [name, `${lost} of ${count} lost`, "–", "–", "–", ...(validated ? ["–"] : [])];
    const [least, middle, most, beside] = five.map((value) => number(value));
    return [name, `seed ${best}`, least, middle, most, ...(validated ? [beside] : [])];
  });
  return [head, ...rows];
}
