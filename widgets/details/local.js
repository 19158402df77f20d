// The quadratic that touches the surface at one point, drawn over the true contours: Bishop and Bishop (2024), 7.3.
const SIDE = 81; // points along each side at which the quadratic is computed for its contours
const LEVELS = 5;
const SINGULAR = 1e-9; // of the larger eigenvalue: a smaller one has no reliable inverse

class Detail {
  constructor(root) {
    this.root = root;
    this.heading = new Heading(root);
    this.sentence = root.appendChild(make("p", ""));
    const row = root.appendChild(make("div", "valley-detail-row"));
    this.formulas = row.appendChild(make("div", ""));
    this.table = row.appendChild(make("div", "")).appendChild(make("table", ""));
    this.note = root.appendChild(make("p", "valley-detail-quiet"));
    this.note.textContent =
      "E(w + δ) ≃ E(w) + δᵀg + ½ δᵀHδ (Bishop and Bishop 2024, 7.3): its contours lie over the true ones in the picture. The Newton step −H⁻¹g leads to its stationary point.";
    this.overlay = { over: (ink, view) => this.contours(ink, view) };
  }

  static describe(view, header) {
    return quadratic(view, header);
  }

  draw(view, header) {
    this.header = header;
    const found = quadratic(view, header);
    this.sentence.style.minHeight = this.sentence.clientWidth > 560 * enlarged() ? "2.9em" : "7.3em";
    this.root.style.opacity = found.stale ? 0.45 : 1;
    // a click picks the point while one is looked at
    this.overlay.click = header.point && ((weights) => Object.fromEntries(header.keys.map((key, i) => [key, weights[i]])));
    layOver("local", this.overlay);
    if (found.stale && this.drawn) return;
    this.drawn = true;
    this.heading.show(found.heading, {});
    rich(this.sentence, found.sentence);
    this.typeset(found);
    fill(this.table, found.rows.length, () => {
      const row = make("tr", "");
      row.append(make("th", "", { scope: "row" }), make("td", ""), make("td", "valley-detail-quiet"));
      return row;
    });
    found.rows.forEach((texts, i) => texts.forEach((text, j) => rich(this.table.children[i].children[j], text)));
  }

  typeset({ hessian, gradient }) {
    if (!hessian) return this.formulas.replaceChildren();
    const [a, b, d] = hessian.map((value) => number(value, 4));
    const trees = [
      ["**H", "=", ["matrix", [a, b], [b, d]]],
      ["**g", "=", ["column", ...gradient.map((value) => number(value, 4))]],
    ];
    this.formulas.replaceChildren(
      ...trees.map((tree) => {
        const place = make("div", "");
        place.style.margin = "0.3rem 0";
        place.append(formula(tree));
        return place;
      }),
    );
  }

  contours(ink, view) {
    const found = quadratic(view, this.header);
    if (!found.hessian) return;
    const { palette } = view;
    const [spanX, spanY] = ["xaxis", "yaxis"].map((axis) => view.header.ground.layout[axis].range);
    const step = [(spanX[1] - spanX[0]) / (SIDE - 1), (spanY[1] - spanY[0]) / (SIDE - 1)];
    const values = new Float64Array(SIDE * SIDE);
    for (let j = 0; j < SIDE; j += 1)
      for (let i = 0; i < SIDE; i += 1)
        values[j * SIDE + i] = modelAt(found, [spanX[0] + i * step[0], spanY[0] + j * step[1]]);
    const pixel = ([x, y]) => [ink.x(x), ink.y(y)];
    const onPicture = ([i, j]) => pixel([spanX[0] + i * step[0], spanY[0] + j * step[1]]);
    for (const { level, own } of levelsOf(found, values))
      ink.line(isoline(values, SIDE, level).map(onPicture), {
        colour: palette.open,
        width: own ? 2 : 1,
        alpha: own ? 1 : 0.7,
      });
    this.mark(ink, found, pixel);
  }

  mark(ink, { place, newton, kind }, pixel) {
    const here = pixel(place);
    if (newton) {
      const end = pixel([place[0] + newton[0], place[1] + newton[1]]);
      const [dx, dy] = [end[0] - here[0], end[1] - here[1]];
      if (Math.hypot(dx, dy) > 12) {
        ink.arrow(here, [dx, dy]);
        ink.label("Newton step", here[0] + 0.5 * dx + 8, here[1] + 0.5 * dy - 8);
      }
      ink.ring(end, 5, 2);
      ink.label(`its ${kind}`, end[0] + 9, end[1] + 14);
    }
    ink.cross(here, 7);
  }

  destroy() {
    takeAway("local");
  }
}

// the expansion at the point or step that is looked at
function quadratic(view, header) {
  const point = header.point;
  if (point && header.surface !== view.header.surface) return stale("Let go to see the quadratic.");
  if (!point && !view.local) return stale("Let go to see the quadratic of this run.");
  const k = view.now;
  const place = point ?? [view.path.x[k], view.path.y[k]];
  const known = point ? header : { ...view.local(k), error: view.floor + (view.shadow ? view.shadow(k).below : view.path.above[k]) };
  const { gradient, hessian, error, there } = known;
  if (![...gradient, ...hessian, error].every(Number.isFinite)) return stale("The numbers here are too large.", false);
  const heading = point ? `At (${place.map((value) => number(value, 4)).join(", ")}).` : `At step ${view.steps[k]}.`;
  const { values, vectors } = eigenOf(hessian);
  const size = Math.max(...values.map(Math.abs));
  const flat = values.map((value) => Math.abs(value) <= SINGULAR * size);
  const along = vectors.map((u) => u[0] * gradient[0] + u[1] * gradient[1]);
  const newton = flat.some(Boolean)
    ? null
    : [0, 1].map((i) => -vectors[0][i] * (along[0] / values[0]) - vectors[1][i] * (along[1] / values[1]));
  const kind = values[0] > 0 ? "minimum" : values[1] < 0 ? "maximum" : "saddle";
  const found = { place, gradient, hessian, error, there, values, vectors, newton, kind, heading };
  const predicted = newton ? error + 0.5 * (newton[0] * gradient[0] + newton[1] * gradient[1]) : null;
  return { ...found, predicted, sentence: sentenceOf({ ...found, predicted }), rows: rowsOf(view, found, predicted, header.factor) };
}

function stale(sentence, greyed = true) {
  return { stale: greyed, heading: "", sentence, rows: [] };
}

function modelAt({ place, gradient, hessian, error }, [x, y]) {
  const [p, q] = [x - place[0], y - place[1]];
  return error + p * gradient[0] + q * gradient[1] + 0.5 * (hessian[0] * p * p + 2 * hessian[1] * p * q + hessian[2] * q * q);
}

// through the point itself, and equally spaced in the root about the quadratic's stationary value
function levelsOf({ error, predicted }, values) {
  let reach = 0;
  const middle = predicted ?? error;
  for (const value of values) reach = Math.max(reach, Math.abs(value - middle));
  const own = { level: error, own: true };
  const rest = Array.from({ length: LEVELS }, (_, i) => reach * ((i + 1) / (LEVELS + 1)) ** 2);
  return [own, ...rest.flatMap((away) => [{ level: middle + away }, { level: middle - away }])];
}

function sentenceOf({ values, newton, kind, predicted, there }) {
  if (!newton) return "One curvature is zero here: the quadratic has no single stationary point and Newton's step is not defined.";
  const bends = { minimum: "curves up in all directions", maximum: "curves down in all directions", saddle: "is a saddle" }[kind];
  const warning = kind === "minimum" ? "" : " Newton's method does not look for minima: it heads for any stationary point.";
  const real = Number.isFinite(there) ? `, the surface really has ${number(there)} there` : "";
  return `From here the surface ${bends} (λ = ${values.map((value) => number(value)).join(" and ")}). The Newton step predicts E = ${number(predicted)}${real}.${warning}`;
}

function rowsOf(view, { values, newton, error }, predicted, factor) {
  const { etaNow: eta, rule } = view;
  // at a point of its own only a linear rule has a limit: the others have no averages there
  const limit = factor === undefined ? view.limit : factor && values[1] > 0 ? factor / values[1] : values[1] > 0 ? NaN : Infinity;
  const known = limit > 0 && limit < 3e38;
  const unknown = rule.adaptive ? "the local limit depends on the averages of a run" : "no local limit is known";
  const none = Number.isNaN(limit) ? unknown : "nothing limits it here";
  const rate = ["η now", number(eta, 4), known ? `local limit ${number(limit, 4)}${rule.clipped ? " if not clipped" : ""}` : none];
  return [
    ["λ₁, λ₂", values.map((value) => number(value, 4)).join(", "), "eigenvalues of H"],
    eta === null ? ["η now", "–", `${rule.title} has no learning rate`] : rate,
    ["E here", number(error, 4), newton ? `its stationary point has ${number(predicted, 4)}` : ""],
    ["Newton step", newton ? number(Math.hypot(...newton), 3) : "–", "long"],
  ];
}
