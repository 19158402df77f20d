// Hatches the picture where the learning rate is above the local limit, for the H that the server sent once for the view.
const APART = 9; // px between two strokes of the hatch
const STRIDE = 3; // px between two looks along a stroke

class Detail {
  constructor(root) {
    this.sentence = root.appendChild(make("p", ""));
    this.sentence.style.minHeight = "2.9em";
    this.note = root.appendChild(make("p", "valley-detail-quiet"));
    this.note.style.minHeight = "2.9em";
    this.overlay = { under: (ink, view) => this.hatch(ink, view) };
  }

  draw(view, header) {
    this.header = header;
    const found = danger(view, header);
    rich(this.sentence, found.sentence);
    rich(this.note, found.note);
    layOver("danger", this.overlay);
  }

  hatch(ink, view) {
    const { header } = this;
    const { field } = danger(view, header);
    if (!field) return;
    const { n, x, y } = header;
    const unit = [(x[1] - x[0]) / (n - 1), (y[1] - y[0]) / (n - 1)];
    const pixel = ([i, j]) => [ink.x(x[0] + i * unit[0]), ink.y(y[0] + j * unit[1])];
    const [corner, end] = [pixel([0, 0]), pixel([n - 1, n - 1])];
    const scale = [(n - 1) / (end[0] - corner[0]), (n - 1) / (end[1] - corner[1])];
    const at = (px, py) => blended(field, n, (px - corner[0]) * scale[0], (py - corner[1]) * scale[1]);
    const { bad } = view.palette;
    ink.line(strokes(at, ink.size, corner, end), { colour: bad, width: 1, alpha: 0.5 });
    ink.line(isoline(field, n, 1).map(pixel), { colour: bad, width: 1.5 });
  }

  destroy() {
    takeAway("danger");
  }
}

// eta over the local limit on the grid, above 1 where it is too large, with what is to be said of it
function danger(view, header) {
  const { rule, eta } = view;
  if (header.surface !== view.header.surface) return { sentence: "Let go to see the map.", note: "" };
  const scales = scalesAt(view, header);
  if (typeof scales === "string") return { sentence: scales, note: "" };
  const { hessian } = header.arrays;
  const field = new Float64Array(hessian.length / 3);
  const [p, q, factor] = scales;
  let over = 0;
  for (let k = 0; k < field.length; k += 1) {
    const top = largestOf(hessian[3 * k] * p * p, hessian[3 * k + 1] * p * q, hessian[3 * k + 2] * q * q);
    field[k] = (eta * top) / factor;
    if (field[k] > 1) over += 1;
  }
  const share = over / field.length;
  const averages = rule.adaptive ? ` with the averages of step ${view.steps[view.at]}` : "";
  const than = `η = ${number(eta, 4)} is above the local limit ${header.words}${averages}`;
  const sentence =
    share === 0
      ? `Nothing is hatched: nowhere in view η = ${number(eta, 4)} exceeds the local limit ${header.words}${averages}.`
      : share === 1
        ? `All of the view is hatched: everywhere ${than}.`
        : `Hatched is ${percent(share)} of the view: there ${than}.`;
  const held = rule.adaptive ? " while its averages stay as they are" : "";
  return {
    field,
    sentence,
    note: header.section
      ? "Only curvature within the plane counts here. Directions out of it may be steeper: the limit of all weights, on the gauge, is this one or less."
      : share > 0
        ? `No minimum in the hatched part can hold a run${held}: a small distance from it would grow along the steepest direction. A run may still pass through.${rule.clipped ? " The limit is that of gradients that are not clipped." : ""}`
        : "",
  };
}

// [1/sqrt P_1, 1/sqrt P_2, c] of the limit c/lambda_max(P^-1 H), P = 1 for a linear rule; or why there is none
function scalesAt(view, header) {
  if (header.slug !== view.rule.slug) return "Let go to see the map.";
  if (header.factors) {
    const factors = header.factors[view.setting] ?? header.factors.learning_rate;
    return [1, 1, factors[view.place] ?? factors[0]];
  }
  if (header.section && view.rule.adaptive) return "The limit rests on the averages of all weights, not of two: there is no map of it in a plane.";
  if (!header.arrays.scales) return `No limit of ${view.rule.title} is known in closed form, so there is no map.`;
  if (!view.local) return "Let go to see the map: it moves with the averages.";
  const pair = header.arrays.scales.subarray(2 * view.at, 2 * view.at + 2);
  if (!(pair[0] > 0 && pair[1] > 0)) return "A weight has not moved yet: its learning rate has no limit to be seen.";
  return [...pair, header.limit];
}

// slanted lines over the picture, as far as they lie where the field is above 1
function strokes(at, { width, height }, corner, end) {
  const points = [];
  const [left, right] = [Math.max(0, corner[0]), Math.min(width, end[0])];
  const [top, bottom] = [Math.max(0, end[1]), Math.min(height, corner[1])];
  for (let sum = left + top; sum < right + bottom; sum += APART) {
    const first = Math.max(left, sum - bottom);
    const last = Math.min(right, sum - top);
    let begin = null;
    for (let x = first; x <= last; x += STRIDE) {
      const inside = at(x, sum - x) > 1;
      if (inside && begin === null) begin = x;
      if (begin !== null && (!inside || x + STRIDE > last)) {
        points.push([begin, sum - begin], [x, sum - x], [NaN, NaN]);
        begin = null;
      }
    }
  }
  return points;
}
