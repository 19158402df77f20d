// A dot for every seed: training error across, validation error up; a click shows that run.
const REACH = 14; // px

class Detail {
  constructor(root) {
    this.chart = new Chart(root, {
      label: "Validation error against training error at the end of a run from each seed",
      height: 300,
      x: { title: "training error of a row", log: true },
      y: { title: "validation error of a row", log: true },
    });
    const { canvas } = this.chart;
    canvas.style.cursor = "pointer";
    canvas.addEventListener("click", (event) => {
      const seed = this.under(event);
      if (seed >= 0) document.querySelector(".valley-line")?.commit({ [this.header.key]: seed - this.header.more });
    });
    canvas.addEventListener("pointermove", (event) => {
      const seed = this.under(event);
      canvas.title = seed < 0 ? "" : `seed ${seed}: training ${number(this.header.arrays.training[seed])}, validation ${number(this.header.arrays.validation[seed])}`;
    });
  }

  draw(view, header) {
    this.header = header;
    const { chart } = this;
    const { training, validation } = header.arrays;
    if (!chart.begin(view.palette, powers(training), powers(validation))) return;
    const style = { colour: view.palette.quiet, width: 1, dash: "dot" };
    const ends = [chart.spanX, chart.spanY].map((span) => span.map((power) => 10 ** power));
    const [low, high] = [Math.max(ends[0][0], ends[1][0]), Math.min(ends[0][1], ends[1][1])];
    if (high > low) chart.curve([low, high], [low, high], style);
    this.places = Array.from(training, (value, seed) => [chart.x(value), chart.y(validation[seed])]);
    chart.pen.globalAlpha = 0.75;
    chart.dots(this.places.filter((place) => place.every(Number.isFinite)), view.colour, 4);
    chart.pen.globalAlpha = 1;
    const said = [[header.best, `lowest: seed ${header.best}`], [header.seed, "shown"]];
    for (const [seed, text] of said) {
      const place = this.places[seed];
      if (!place?.every(Number.isFinite)) continue;
      chart.ring(place, 6, 2);
      const left = place[0] > chart.box.left + chart.box.width / 2;
      chart.label(text, place[0] + (left ? -12 : 12), place[1], left ? "right" : "left");
    }
    chart.end();
  }

  under(event) {
    const box = this.chart.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [best, found] = [REACH, -1];
    (this.places ?? []).forEach(([px, py], seed) => {
      const away = Math.hypot(px - x, py - y);
      if (away < best) [best, found] = [away, seed];
    });
    return found;
  }
}

// powers of ten about all positive values
function powers(values) {
  const known = Array.from(values).filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  return known.length ? spread(known, 0.08) : [-1, 1];
}
