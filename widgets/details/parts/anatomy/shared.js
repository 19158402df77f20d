// What all steps share.
const norm = ([x, y]) => Math.hypot(x, y);
const scaled = (vector, factor) => vector.map((value) => factor * value);
const finite = (vectors) => vectors.flat().every(Number.isFinite);
const pick = (items, name) => items.map((item) => item[name]);
const vector = (values) => ["column", ...values.map((value) => number(value))];
const factorOf = (value) => (value < 0 ? ["·", "(", number(value), ")"] : ["·", number(value)]);

function inWeights({ axes }, [a, b]) {
  return [0, 1].map((i) => a * axes[0][i] + b * axes[1][i]);
}

// g = sum lambda_i alpha_i u_i, on another surface as the server says
function gradientAt(view, k) {
  if (view.columns) return view.local(k).gradient;
  return inWeights(
    view,
    [0, 1].map((i) => view.eigenvalues[i] * view.path.modes[2 * k + i]),
  );
}

function angleBetween(one, other) {
  const [a, b] = [one, other].map((vector) => Math.atan2(vector[1], vector[0]));
  const turn = Math.abs(a - b);
  return (Math.min(turn, 2 * Math.PI - turn) * 180) / Math.PI;
}

// has arrived, so near to w* that its numbers have lost their digits; the start is where it was set
function lost({ path }, k) {
  return k > 0 && path.modes && Math.max(Math.abs(path.modes[2 * k]), Math.abs(path.modes[2 * k + 1])) < LOST;
}

function silent(view, sentence) {
  const { step, heading } = momentOf(view);
  return { step, heading, note: "", sentence, arrows: [], formulas: [], rows: [] };
}

function beyond(view, moment) {
  return { ...silent(view, "The numbers of this step are too large to be drawn."), ...moment };
}

function tooSmall(view, moment) {
  return { ...silent(view, `The run has arrived: its distance to w* is below ${number(LOST)}.`), ...moment };
}

function typeset(place, trees) {
  const text = JSON.stringify(trees);
  if (place.written === text) return;
  place.written = text;
  fill(place, trees.length, () => make("div", ""));
  trees.forEach((tree, i) => place.children[i].replaceChildren(...pieces(tree).map(piece)));
}

function piece(tree, k) {
  const math = formula(tree);
  math.setAttribute("displaystyle", "true"); // fractions at full size
  if (k) math.querySelector("mo").setAttribute("form", "infix"); // it goes on: its sign keeps the room of a sign between
  const place = make("span", "valley-detail-piece");
  place.append(math);
  return place;
}

// A formula with vectors is too long for a narrow page, where it is broken before the signs that follow the first =.
function pieces(tree) {
  if (!tree.some(([kind]) => kind === "column")) return [tree];
  const first = tree.indexOf("=") + 1;
  const broken = [[]];
  tree.forEach((part, k) => {
    if (k > first && (part === "=" || part === "+")) broken.push([]);
    broken[broken.length - 1].push(part);
  });
  return broken;
}

// rows of a formula and two texts, the first row the header
function typesetRows(table, rows) {
  fill(table, rows.length, () => {
    const row = make("tr", "");
    row.append(make("th", "", { scope: "row" }), make("td", ""), make("td", ""));
    return row;
  });
  rows.forEach(([tree, ...texts], i) => {
    const [name, ...cells] = table.children[i].children;
    typeset(name, [tree]);
    texts.forEach((text, j) => {
      cells[j].textContent = text;
      cells[j].style.fontWeight = i ? "" : "600";
    });
  });
}
