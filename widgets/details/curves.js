// Learning curves: what a row costs on average, of those that train and of those held out, after every step.
const ROOM = 22; // px above the axis for the marks of epochs

class Detail {
  constructor(root) {
    this.root = root;
    this.sentence = root.appendChild(make("p", ""));
    const row = root.appendChild(make("div", "valley-detail-row"));
    this.chart = new Chart(row.appendChild(make("div", "")), {
      label: "Mean error of a row against the step: solid of the rows that train, dotted of those held out",
      height: 300,
      x: { title: "step" },
      y: { title: "error of a row", log: true },
    });
    const beside = row.appendChild(make("div", ""));
    this.stopping = beside.appendChild(make("p", ""));
    this.table = beside.appendChild(make("table", ""));
    this.note = root.appendChild(make("p", "valley-detail-quiet"));
  }

  static describe(view, header) {
    return { here: hereWords(view, header), stopping: stoppingWords(header), note: curvesNote(header) };
  }

  draw(view, header) {
    const still = atHand(view, header);
    this.root.style.opacity = still ? 1 : 0.45;
    this.sentence.style.minHeight = this.root.clientWidth > 560 * enlarged() ? "2.9em" : "5.8em";
    if (!still && this.drawn) return rich(this.sentence, "Let go to see the curves of this run.");
    this.drawn = true;
    rich(this.sentence, hereWords(view, header));
    rich(this.stopping, stoppingWords(header));
    rich(this.note, curvesNote(header));
    tabulate(this.table, tableRows(view, header));
    this.picture(view, header);
  }

  picture({ palette, ...view }, header) {
    const { chart } = this;
    const { steps, runs, arrays, stopping, lines, edited } = header;
    const tables = runs.map(({ name }) => arrays[`told.${name}`]);
    // a batch may cost next to nothing: that must not flatten the curves
    const [low, high] = decades(tables.flatMap((table) => Array.from(table)));
    const room = arrays.batch ? 0.4 : 0;
    const last = steps[steps.length - 1];
    if (!chart.begin(palette, [0, Math.max(1, last)], [low - room, high + room])) return;
    const all = Array.from({ length: last + 1 }, (_, step) => step);
    this.marks(header, palette);
    const own = runs[runs.length - 1];
    if (arrays.batch) chart.curve(arrays.batch.keys(), arrays.batch, { colour: own.colour, width: 1, alpha: last > 300 ? 0.16 : 0.3 });
    runs.forEach(({ name, colour }, r) => {
      const column = (i) => all.map((step) => tables[r][2 * step + i]);
      chart.curve(all, column(0), { colour, width: name === edited ? 2.4 : 1.6 });
      chart.curve(all, column(1), { colour, dash: "dot", width: name === edited ? 2.8 : 1.8 });
    });
    const now = stepLookedAt(view, header);
    upright(chart, now, { colour: palette.quiet });
    if (stopping) {
      if (stopping.stop >= 0) upright(chart, stopping.stop, { colour: palette.bad, dash: "dash", width: 1.5 });
      const [, step, , least] = lines.find(([label]) => label === "least validation");
      chart.ring([chart.x(step), chart.y(least)], 4.5, 2);
      this.name("least", step, least, 15);
      if (stopping.stop >= 0) this.name("stop", stopping.stop, 10 ** chart.spanY[1], 12);
    }
    if (runs.length > 1) runs.forEach(({ name }, r) => this.letter(name, last, tables[r]));
    const table = tables[tables.length - 1];
    for (const i of [0, 1]) chart.points([now], [table[2 * now + i]], palette.ink, 3.5);
    chart.end();
  }

  // where a pass over the rows ends: strokes on the lower edge
  marks({ epochs }, palette) {
    const { chart } = this;
    const bottom = chart.box.top + chart.box.height;
    for (const step of epochs?.ends ?? []) {
      const x = chart.x(step);
      const stroke = [
        [x, bottom],
        [x, bottom - 7],
      ];
      chart.line(stroke, { colour: palette.ink, width: 1.2 });
    }
  }

  // of a run, where three quarters of its training curve are over
  letter(name, last, table) {
    const step = Math.round(0.75 * last);
    if (table[2 * step] > 0) this.name(name, step, table[2 * step], -12);
  }

  name(text, step, error, lift) {
    const { chart } = this;
    const { left, top, width, height } = chart.box;
    const x = Math.max(left + ROOM, Math.min(left + width - ROOM, chart.x(step)));
    chart.label(text, x, Math.max(top + 9, Math.min(top + height - 9, chart.y(error) + lift)), "center");
  }
}

// how many times as much, said where it can be
function timesWords(one, other) {
  return one > 0 && Number.isFinite(other) ? `, ${number(other / one)} times as much` : "";
}

function hereWords(view, header) {
  const { arrays, edited, rows } = header;
  const step = stepLookedAt(view, header);
  const [trained, unseen] = arrays[`told.${edited}`].subarray(2 * step, 2 * step + 2);
  const passes = header.batched ? `, ${number(arrays.epoch[step])} epochs,` : "";
  const when = `At step ${step}${passes}`;
  if (!Number.isFinite(trained)) return `${when} the run is lost: nothing is answered any more.`;
  const opening = `${when} a row that trains costs ${number(trained)}`;
  if (!rows[1]) return `${opening}, the mean of ${rows[0]}.`;
  return `${opening}, a row held out ${number(unseen)}${timesWords(trained, unseen)}; means of ${rows[0]} and ${rows[1]} rows.`;
}

function stoppingWords({ patience, stopping, lines, rows }) {
  if (!rows[1]) return "";
  if (!stopping) return "No validation error is a number: there is nothing to wait for.";
  const { best, kept, stop } = stopping;
  const steps = `${patience} step${patience === 1 ? "" : "s"}`;
  if (stop < 0) {
    const last = lines[lines.length - 1][1];
    const open = best === last ? ", and is at its least there" : `; its least is at step ${best}`;
    return `The validation error never goes ${steps} without a new least: training is not stopped${open}.`;
  }
  const opening = `After ${steps} without a lower validation error training would stop at step ${stop} and keep the weights of step ${kept}`;
  return kept === best ? `${opening}, the best of the run.` : `${opening}: too soon, step ${best} is better.`;
}

function curvesNote({ batched, epochs, penalised, rows }) {
  const said = [];
  if (rows[1]) said.push("Solid: rows that train. Dotted: rows held out.");
  if (batched)
    said.push(
      `Faint: the ${batched === 1 ? "one row" : `${batched} rows`} that a step sees.${epochWords(epochs)}`,
    );
  else said.push("Every step sees all rows that train: a step is an epoch.");
  if (penalised) said.push("Penalties are left out, so that the two can be compared.");
  return said.join(" ");
}

function epochWords({ ends, every }) {
  if (!ends.length) return "";
  return ` Strokes below: ends of ${every === 1 ? "epochs" : `every ${every} epochs`}.`;
}

function tableRows(view, header) {
  const { lines, rows, arrays, edited } = header;
  const now = stepLookedAt(view, header);
  const here = arrays[`told.${edited}`].subarray(2 * now, 2 * now + 2);
  const all = [["looked at", now, ...here], ...lines];
  const cells = all.map(([label, step, ...pair]) => [
    label,
    String(step),
    ...pair.slice(0, rows[1] ? 2 : 1).map((value) => number(value ?? NaN)),
  ]);
  return [["", "step", "training", ...(rows[1] ? ["validation"] : [])], ...cells];
}
