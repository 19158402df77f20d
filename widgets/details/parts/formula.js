// Typeset formulas as MathML, which browsers set themselves. A formula is nested arrays: ["frac", a, b], ["sub", a, b],
// ["sup", a, b], ["root", a], ["hat", a], ["row", ...], ["column", ...], ["matrix", [a, b], [c, d]];
// a string is a symbol, a number or an operator by its looks.
const MATH = "http://www.w3.org/1998/Math/MathML";
const TAGS = { frac: "mfrac", sub: "msub", sup: "msup", root: "msqrt", hat: "mover", row: "mrow", subsup: "msubsup" };

function formula(tree) {
  const math = document.createElementNS(MATH, "math");
  math.append(branch(["row", ...tree]));
  return math;
}

function branch(tree) {
  if (Array.isArray(tree)) {
    const [kind, ...parts] = tree;
    if (kind === "column") return bracketed(parts.map((part) => [part]));
    if (kind === "matrix") return bracketed(parts);
    const element = document.createElementNS(MATH, TAGS[kind]);
    element.append(...parts.map(branch));
    if (kind === "hat") element.append(leaf("mo", "^"));
    return element;
  }
  const text = String(tree);
  if (/^[−+]?[\d.∞–]/.test(text)) return leaf("mn", text);
  if (/^[=+−·×∘/(),≤<>→∈|≈≃∇:;]+$/.test(text)) return leaf("mo", text);
  if (/^[a-z ]{2,}$/i.test(text)) return leaf("mtext", text);
  const element = leaf("mi", text);
  if (text.endsWith("′")) element.style.fontStyle = "italic"; // as a single letter is by itself
  if (/^\*\*/.test(text)) {
    element.textContent = text.slice(2);
    element.setAttribute("mathvariant", "normal");
    element.style.fontWeight = "bold";
  }
  return element;
}

// rows of parts between bars, which need no font with brackets of every height
function bracketed(rows) {
  const table = document.createElementNS(MATH, "mtable");
  Object.assign(table.style, { borderInline: "1px solid", borderRadius: "0.6em", margin: "0 0.15em" });
  for (const parts of rows) {
    const row = document.createElementNS(MATH, "mtr");
    for (const part of parts) {
      const cell = document.createElementNS(MATH, "mtd");
      cell.style.padding = "0.1em 0.35em";
      cell.append(branch(part));
      row.append(cell);
    }
    table.append(row);
  }
  return table;
}

function leaf(tag, text) {
  const element = document.createElementNS(MATH, tag);
  element.textContent = text;
  return element;
}
