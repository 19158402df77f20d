// Both sides of the identities of Bishop and Bishop (2024), exercises 7.1 to 7.5, at the present step.
class Detail {
  constructor(root) {
    this.root = root;
    this.heading = root.appendChild(make("p", ""));
    this.heading.style.fontWeight = "600";
    this.sentence = root.appendChild(make("p", ""));
    this.list = root.appendChild(make("div", ""));
    this.note = root.appendChild(make("p", "valley-detail-quiet"));
  }

  static describe(view, header) {
    return identities(view, header);
  }

  draw(view, header) {
    const found = identities(view, header);
    this.root.style.opacity = found.stale ? 0.45 : 1;
    this.sentence.style.minHeight = this.root.clientWidth > 560 * enlarged() ? "2.9em" : "7.3em";
    if (found.stale && this.drawn) return;
    this.drawn = true;
    this.heading.textContent = found.heading;
    this.sentence.textContent = found.sentence;
    this.note.textContent = found.note;
    fill(this.list, found.rows.length, () => {
      const row = make("div", "valley-identity");
      row.append(make("b", ""), ...[0, 1].map(() => side()));
      return row;
    });
    found.rows.forEach(([what, ...texts], i) => {
      const [name, ...sides] = this.list.children[i].children;
      name.textContent = what;
      sides.forEach((place, j) => texts.slice(2 * j, 2 * j + 2).forEach((text, k) => (place.children[k].textContent = text)));
    });
  }
}

// a formula and its value
function side() {
  const place = make("span", "");
  place.append(make("span", "valley-detail-quiet"), make("span", ""));
  return place;
}

function identities(view, header) {
  if (!view.local || header.surface !== view.header.surface)
    return { stale: true, heading: "", sentence: "Let go to see the identities of this run.", rows: [], note: "" };
  const k = view.now;
  const both = (name) => header.sides[name].map((side) => number(side[k], 4));
  const row = (what, left, name, right) => [what, left, both(name)[0], right, both(name)[1]];
  const [trace, determinant] = header.formulas;
  const of = header.exercises ? ` (${header.exercises})` : "";
  const rows = [
    row(`Trace of H${of}`, `${trace} = `, "trace", "λ₁ + λ₂ = "),
    row(`Determinant${of}`, `${determinant} = `, "determinant", "λ₁ λ₂ = "),
    row("Along the gradient (7.2)", "gᵀHg = ", "form", "Σ cᵢ²λᵢ, cᵢ = uᵢᵀg = "),
  ];
  if (header.sides.error) rows.push(row("Above the minimum (7.1)", "E − E(w*) = ", "error", "½ Σ λᵢαᵢ² = "));
  return { heading: `At step ${view.steps[k]}.`, sentence: signs(header, k), rows, note: noteOf(header) };
}

// what the signs of trace and determinant say: exercises 7.2 and 7.3
function signs({ values, sides }, k) {
  const [trace, determinant] = [sides.trace[0][k], sides.determinant[0][k]];
  const both = `λ₁ = ${number(values[k][0])} and λ₂ = ${number(values[k][1])}`;
  if (!Number.isFinite(trace) || !Number.isFinite(determinant)) return "The numbers are too large here.";
  if (determinant > 0 && trace > 0)
    return `Trace and determinant are positive, so that both eigenvalues are, ${both}: H is positive definite, and a stationary point with such an H is a minimum (7.3).`;
  if (determinant < 0) return `The determinant is negative, so that the eigenvalues have different signs, ${both}: a stationary point with such an H is a saddle.`;
  if (determinant > 0) return `The determinant is positive and the trace negative, so that both eigenvalues are negative, ${both}: a stationary point with such an H is a maximum.`;
  return `The determinant is 0, so that at least one eigenvalue is, ${both}: H does not say what a stationary point would be.`;
}

function noteOf({ exact, factor, sides, exercises }) {
  const parts = ["Left from the rows of the data, the gradient or the error, right from the eigenvalues of H."];
  if (factor) parts.push(`${factor}, of each row.`);
  if (sides.error)
    parts.push(exact ? "The last line holds everywhere, because E is a quadratic." : "The last line takes λ and u of H(w*) and holds close to w* only.");
  parts.push(`Bishop and Bishop (2024), exercises 7.1 to ${exercises || "7.3"}.`);
  return parts.join(" ");
}
