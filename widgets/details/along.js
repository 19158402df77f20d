// The real error along −g from the present point, with the tangent and the parabola that the point itself promises.
const HIGH = 2; // of the depth: how far above the present error the picture reaches

class Detail {
  constructor(root) {
    this.root = root;
    this.heading = new Heading(root);
    this.sentence = make("p", "");
    this.place = make("div", "");
    this.chart = new Chart(this.place, {
      label: "Change of the error along the negative gradient against the learning rate: the real one, its tangent and its parabola",
      height: 280,
    });
    this.note = make("p", "valley-detail-quiet");
    this.note.textContent =
      "Tangent and parabola are the first and second order of Bishop and Bishop (2024), 7.1 and 7.3, with δw = −ηg. The picture is of one plain gradient step from here, which need not be the step that the rule takes.";
    root.append(this.sentence, this.place, this.note);
  }

  static describe(view, header) {
    return along(view, header);
  }

  draw(view, header) {
    const found = along(view, header);
    this.root.style.opacity = found.stale ? 0.45 : 1;
    this.sentence.style.minHeight = this.root.clientWidth > 560 * enlarged() ? "2.9em" : "7.3em";
    if (found.stale && this.drawn) return;
    this.drawn = true;
    this.heading.show(found.stale ? "" : `At step ${view.steps[view.at]}.`, view);
    this.sentence.textContent = found.sentence;
    this.chart.canvas.style.visibility = found.change ? "visible" : "hidden";
    if (found.change) this.picture(view, found);
  }

  picture({ palette, colour, eta }, { reach, change, tangent, parabola, real }) {
    const { chart } = this;
    const count = change.length;
    const at = Array.from({ length: count }, (_, k) => (k * reach) / (count - 1));
    // a wall far away must not flatten the valley before it
    const least = Math.min(0, ...change);
    const most = Math.min(Math.max(0, ...change), least < 0 ? -HIGH * least : Infinity);
    const heights = [...change, ...at.map(parabola)].filter(Number.isFinite);
    const seen = heights.map((height) => Math.max(1.4 * least, Math.min(most, height)));
    const [unit, text] = unitFor(Math.max(...seen.map(Math.abs)));
    const [unitX, textX] = unitFor(reach);
    chart.vertical.title = `change of the error${text}`;
    chart.horizontal.title = `η of one plain gradient step${textX}`;
    const range = spread(seen.map((height) => height / unit), 0.1);
    if (!chart.begin(palette, [0, reach / unitX], range)) return;
    const pixel = (x, y) => [chart.x(x / unitX), chart.y(y / unit)];
    chart.line([pixel(0, 0), pixel(reach, 0)], { colour: palette.quiet, width: 1 });
    chart.line([pixel(0, 0), pixel(reach, tangent(reach))], { colour: palette.quiet, width: 1.4, dash: "dot" });
    chart.line(at.map((x) => pixel(x, parabola(x))), { colour: palette.open, width: 1.6, dash: "dash" });
    chart.line(at.map((x, k) => pixel(x, change[k])), { colour, width: 2.6 });
    const last = count - 1;
    chart.label("real", ...this.inside(pixel(at[last] * 0.9, change[Math.round(last * 0.9)]), -12), "center");
    chart.label("parabola", ...this.inside(pixel(at[last] * 0.72, parabola(at[last] * 0.72)), 14), "center");
    if (eta <= reach) {
      chart.dots([pixel(eta, parabola(eta))], palette.open, 4);
      chart.ring(pixel(eta, real), 5, 2);
      chart.label("η", ...this.inside(pixel(eta, real), -14), "center");
    } else chart.label(`η = ${number(eta, 4)} lies farther right →`, chart.box.left + chart.box.width - 8, 20, "right");
    chart.end();
  }

  inside([x, y], lift) {
    const { left, top, width, height } = this.chart.box;
    return [Math.max(left + 30, Math.min(left + width - 30, x)), Math.max(top + 9, Math.min(top + height - 9, y + lift))];
  }
}

// what one gradient step of any length finds from the present point
function along(view, header) {
  if (!view.local) return { stale: true, sentence: "Let go to see the error along the gradient." };
  const { gradient: g, hessian: h } = view.local(view.at);
  const slope = g[0] ** 2 + g[1] ** 2;
  if (!(slope > 0)) return { sentence: "The gradient is zero here: no direction leads downhill at first order." };
  if (!Number.isFinite(slope)) return { sentence: "The numbers are too large here." };
  const bend = h[0] * g[0] ** 2 + 2 * h[1] * g[0] * g[1] + h[2] * g[1] ** 2;
  const { points } = header;
  const reach = header.arrays.reach[view.at];
  const change = header.arrays.change.subarray(points * view.at, points * (view.at + 1));
  const tangent = (x) => -x * slope;
  const parabola = (x) => -x * slope + 0.5 * x * x * bend;
  const real = valueAt(change, (view.eta / reach) * (points - 1));
  const found = { reach, change, tangent, parabola, real };
  return { ...found, sentence: alongSentence(view, found) };
}

// read off the curve between its points, as the picture shows it
function valueAt(values, place) {
  if (!(place <= values.length - 1)) return NaN;
  const k = Math.min(values.length - 2, Math.floor(place));
  return values[k] + (place - k) * (values[k + 1] - values[k]);
}

function alongSentence({ eta }, { tangent, parabola, real, change, reach }) {
  const opening = `For η = ${number(eta, 4)} the tangent promises a change of ${number(tangent(eta))}, the parabola ${number(parabola(eta))}`;
  if (!Number.isFinite(real)) return `${opening}; the step is too long for the picture.`;
  let best = 0;
  change.forEach((value, k) => (best = value < change[best] ? k : best));
  const low = `the lowest that the curve shows is ${number(change[best])}, near η = ${number((best * reach) / (change.length - 1), 2)}`;
  return `${opening}; the real one is ${real > 0 ? "+" : ""}${number(real)}${real > 0 ? ": uphill" : ""}; ${low}.`;
}
