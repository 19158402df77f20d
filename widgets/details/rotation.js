// Steps against the angle of the valley, and the paths at one angle in the frame that turns with it.
const LEVELS = [0.25, 0.5, 0.75, 1, 1.25]; // contours, as shares of the start's distance in the error's root

class Detail {
  constructor(root) {
    this.sentence = make("p", "");
    this.sentence.style.minHeight = "3em";
    const row = make("div", "valley-detail-row");
    this.left = row.appendChild(make("div", ""));
    const right = row.appendChild(make("div", ""));
    root.append(this.sentence, row);
    this.counts = new Chart(this.left, {
      label: "Steps that every optimizer needs against the angle of the valley",
      height: 240,
      x: { title: "angle of the valley in degrees" },
      y: { title: "steps", log: true },
    });
    this.paths = new Chart(right, {
      label: "Paths in the frame that turns with the valley",
      height: 240,
      x: { title: "along the flatter direction" },
      y: { title: "along the steeper" },
      equal: true,
    });
    this.slider(root);
    this.caption = root.appendChild(make("p", "valley-detail-quiet"));
    this.scroll = root.appendChild(make("div", ""));
    this.scroll.style.overflowX = "auto";
    this.table = this.scroll.appendChild(make("table", ""));
    this.note = root.appendChild(make("p", "valley-detail-quiet"));
  }

  slider(root) {
    const place = make("label", "");
    place.style.cssText = "display: grid; grid-template-columns: auto 1fr 3em; gap: 0.6rem; align-items: center";
    this.input = make("input", "", { type: "range", min: "0", step: "1", "aria-label": "Angle of the valley" });
    this.input.style.cssText = "width: 100%; min-width: 0; accent-color: var(--st-primary-color)";
    this.value = make("output", "");
    place.append("Turn the valley", this.input, this.value);
    this.input.addEventListener("input", () => this.view && this.drawAt(this.view, this.header));
    root.append(place);
  }

  draw(view, header) {
    const fresh = header !== this.header;
    this.view = view;
    this.header = header;
    if (fresh) this.adopt(header);
    this.drawAt(view, header);
  }

  // what does not depend on the angle
  adopt(header) {
    this.input.max = String(header.angles.length - 1);
    if (this.own !== header.own) {
      this.own = header.own;
      this.input.value = String(nearest(header.angles, header.own));
    }
    rich(this.sentence, header.sentence);
    rich(this.note, noteOn(header));
    const [flatter, steeper] = header.labels;
    this.paths.horizontal.title = `α${flatter}, along u${flatter}`;
    this.paths.vertical.title = `α${steeper}`;
    this.left.hidden = this.scroll.hidden = header.why !== "";
    this.fillTable(header);
  }

  drawAt(view, header) {
    const at = Number(this.input.value);
    const angle = `${header.angles[at]}°`;
    this.value.textContent = angle;
    this.input.setAttribute("aria-valuetext", angle);
    rich(this.caption, `At ${angle}, the first ${header.shown} steps of the runs in the picture; ${header.settings}.`);
    if (!header.why) {
      this.drawCounts(view.palette, header, at);
      this.tellCounts(header, at);
    }
    this.drawPaths(view.palette, header, at);
  }

  drawCounts(palette, header, at) {
    const { counts } = this;
    const { angles, runs } = header;
    const powers = runs.flatMap((run) => run.counts.filter((count) => count !== null)).map(Math.log10);
    const [low, high] = spread(powers.length ? powers : [0, Math.log10(header.steps)], 0.08);
    const range = [Math.min(low, Math.floor(high)), Math.max(high, Math.ceil(low))]; // one power of ten in sight
    if (!counts.begin(palette, [0, 90], range)) return;
    const upright = (x, style) =>
      counts.line(
        [range[0], range[1]].map((y) => [counts.x(x), counts.y(10 ** y)]),
        style,
      );
    upright(header.own, { colour: palette.quiet, width: 1, dash: "dot" });
    for (const run of runs) {
      const style = { colour: run.colour, dash: run.dash, width: run.name ? 2.6 : 1.6, alpha: run.name ? 1 : 0.75 };
      counts.curve(
        angles,
        run.counts.map((count) => count ?? NaN),
        style,
      );
      if (run.counts[at] !== null) counts.points([angles[at]], [run.counts[at]], run.colour, 4);
    }
    upright(angles[at], { colour: palette.ink, width: 1.4 });
    counts.end();
  }

  drawPaths(palette, header, at) {
    const { paths } = this;
    const { angles, arrays, shown, start } = header;
    const reach = 1.2 * Math.max(...start.map(Math.abs)) || 1;
    if (!paths.begin(palette, [-reach, reach], [-reach, reach])) return;
    for (const [xs, ys] of contours(header)) paths.curve(xs, ys, { colour: palette.line, width: 1 });
    [0, 1].forEach((j) => {
      const [a, b] = arrays.axes.subarray(4 * at + 2 * j, 4 * at + 2 * j + 2);
      const far = 4 * reach;
      paths.curve([-far * a, far * a], [-far * b, far * b], { colour: palette.quiet, width: 1, dash: "dash" });
      paths.label(`w${"₁₂"[j]}`, paths.x(0.62 * reach * a), paths.y(0.62 * reach * b) - 9, "center");
    });
    for (const run of header.runs.filter(({ name }) => name)) {
      const path = arrays[run.name].subarray(2 * at * (shown + 1), 2 * (at + 1) * (shown + 1));
      const [xs, ys] = [0, 1].map((i) => Array.from({ length: shown + 1 }, (_, k) => path[2 * k + i]));
      paths.curve(xs, ys, { colour: palette.halo, width: 5 });
      paths.curve(xs, ys, { colour: run.colour, dash: run.dash, width: 2.2 });
      paths.points(xs, ys, run.colour);
    }
    paths.cross([paths.x(0), paths.y(0)], 6);
    paths.ring([paths.x(start[0]), paths.y(start[1])], 6, 2.5);
    paths.end();
    paths.canvas.dataset.angle = angles[at];
  }

  fillTable({ runs }) {
    const head = make("tr", "");
    ["", "steps", "at 0°", "at 45°", ""].forEach((text) => {
      const cell = head.appendChild(make("th", "", { scope: "col" }));
      cell.textContent = text;
      cell.style.whiteSpace = "nowrap";
    });
    this.head = head.lastChild;
    this.head.style.minWidth = "3.6em";
    const rows = runs.map((run) => {
      const row = make("tr", "");
      const picture = swatch();
      const line = picture.querySelector("line");
      line.setAttribute("stroke", run.colour);
      line.setAttribute("stroke-dasharray", (DASHES[run.dash] ?? []).join(" "));
      row.appendChild(make("td", "")).append(picture);
      row.appendChild(make("td", "")).textContent = unbroken(run.first ? `${run.label} *` : run.label);
      for (let i = 0; i < 3; i += 1) row.append(make("td", ""));
      if (run.name) row.style.fontWeight = "600";
      return row;
    });
    this.table.replaceChildren(head, ...rows);
  }

  tellCounts({ angles, runs, steps }, at) {
    this.head.textContent = `at ${angles[at]}°`;
    const columns = [0, angles.indexOf(45), at];
    runs.forEach((run, r) => {
      const cells = this.table.rows[r + 1].cells;
      columns.forEach((column, c) => {
        const count = run.counts[column];
        cells[c + 2].textContent = count === null ? `> ${steps}` : String(count);
      });
    });
  }
}

// a line may end between two settings, not within one
const unbroken = (label) => label.replace(/ (=|\*$)/g, "\u00a0$1").replaceAll("= ", "=\u00a0");

function nearest(values, value) {
  return values.reduce((best, other, i) => (Math.abs(other - value) < Math.abs(values[best] - value) ? i : best), 0);
}

function noteOn({ why, runs }) {
  const frame =
    "The picture turns with the valley, so the dashed axes of the weights turn instead: a rule that treats every " +
    "weight by itself goes another way, one that does not know them stays where it is. After 90° the weights have " +
    "changed places, and all is as at 0°.";
  if (why) return frame;
  const first = runs.some((run) => run.first)
    ? " * Until it first is: with a constant η such a rule need not stay there."
    : "";
  const counted = "Steps until the error stays below 10⁻⁶ of what it was at the start.";
  const thin = runs.some((run) => !run.name)
    ? " Thin lines: optimizers that are not in the picture, as they begin."
    : "";
  return `${counted}${first}${thin} ${frame}`;
}

// where the error is so many times that of the start, while it has the same sign in every direction
function contours({ eigenvalues: [low, high], start }) {
  const error = Math.abs(low * start[0] ** 2 + high * start[1] ** 2);
  if (!(low * high > 0) || !(error > 0)) return [];
  const turn = Array.from({ length: 91 }, (_, k) => (k * Math.PI) / 45);
  return LEVELS.map((level) =>
    [low, high].map((value, i) => {
      const length = level * Math.sqrt(error / Math.abs(value));
      return turn.map((angle) => length * (i ? Math.sin(angle) : Math.cos(angle)));
    }),
  );
}
