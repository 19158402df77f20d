// The graph itself, from left to right: nodes with their values and S, edges with their local derivatives.
const BOX = { least: 92, most: 190, height: 48 }; // px; as wide as the longest name
const LETTER = 7.2; // px, about
const BETWEEN = { least: 62, most: 140 }; // px between the boxes of two columns
const ROOM = 92; // px for a node and what stands below it
const MARGIN = { side: 4, top: 6, bottom: 8 };
const SPREAD = 11; // px between two ends at one node
const BOW = 46; // px between two edges from and to the same nodes

class GraphPicture {
  constructor(place, onPick) {
    this.onPick = onPick;
    this.place = place.appendChild(make("div", "valley-graph-scroll", { tabindex: "0", role: "group" }));
    this.svg = this.place.appendChild(svg("svg", { role: "img" }));
  }

  adopt(header) {
    this.header = header;
    this.place.setAttribute("aria-label", "The graph; arrow keys scroll it where it is wider than the page");
    this.width = 0;
  }

  // draw all anew where the room changed, then give everything its numbers and colours
  draw(state) {
    const width = this.place.clientWidth / enlarged();
    if (width !== this.width) this.build(width);
    this.show(state);
  }

  build(width) {
    this.width = width;
    const { columns, height, nodes, edges } = this.header;
    const longest = Math.max(...nodes.map(({ label }) => label.length));
    this.box = Math.min(BOX.most, Math.max(BOX.least, LETTER * longest + 20));
    const free = (width - 2 * MARGIN.side - this.box) / Math.max(1, columns - 1) - this.box;
    this.step = this.box + Math.min(BETWEEN.most, Math.max(BETWEEN.least, free));
    const wide = 2 * MARGIN.side + this.box + this.step * (columns - 1);
    const high = MARGIN.top + MARGIN.bottom + ROOM * height;
    this.left = Math.max(MARGIN.side, (width - wide) / 2 + MARGIN.side);
    this.svg.replaceChildren();
    const across = Math.max(wide, this.left + wide - MARGIN.side);
    this.svg.setAttribute("width", String(enlarged() * across));
    this.svg.setAttribute("height", String(enlarged() * high));
    this.svg.setAttribute("viewBox", `0 0 ${across} ${high}`);
    this.middle = MARGIN.top + (ROOM * height) / 2;
    this.lines = edges.map((edge, k) => this.buildEdge(edge, k));
    this.boxes = nodes.map((node) => this.buildNode(node));
    this.labels = edges.map((_, k) => this.buildLabel(k));
  }

  at([column, height]) {
    // what stands below a box belongs to its room
    return [this.left + this.box / 2 + this.step * column, this.middle + ROOM * height - 9];
  }

  // where an edge leaves or enters a box: ends in the order of where they come from
  end(k, side) {
    const { nodes, edges } = this.header;
    const own = edges[k][side];
    const far = (edge) => edge.bends.at(side === "tail" ? 0 : -1) ?? nodes[edge[side === "tail" ? "head" : "tail"]].at;
    const order = edges
      .map((edge, place) => ({ place, edge }))
      .filter(({ edge }) => edge[side] === own)
      .sort((one, other) => far(one.edge)[1] - far(other.edge)[1] || one.place - other.place);
    const i = order.findIndex(({ place }) => place === k);
    const [x, y] = this.at(nodes[own].at);
    return [x + (side === "tail" ? 0.5 : -0.5) * this.box, y + SPREAD * (i - (order.length - 1) / 2)];
  }

  buildEdge(edge, k) {
    const points = [this.end(k, "tail"), ...edge.bends.map((bend) => this.at(bend)), this.end(k, "head")];
    const bow = BOW * edge.bow;
    let path = `M${points[0]}`;
    for (let i = 1; i < points.length; i += 1) {
      const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
      const reach = 0.45 * (x1 - x0);
      path += `C${x0 + reach},${y0 + bow} ${x1 - reach},${y1 + bow} ${x1},${y1}`;
    }
    const line = svg("path", { d: path, fill: "none" });
    const [x, y] = points.at(-1);
    const tip = svg("path", { d: `M${x},${y}l-9,-4.2v8.4z` });
    this.svg.append(line, tip);
    return { line, tip };
  }

  buildNode({ at, label }) {
    const [x, y] = this.at(at);
    const box = svg("rect", { x: x - this.box / 2, y: y - BOX.height / 2, width: this.box, height: BOX.height, rx: 9 });
    const name = svg("text", { x, y: y - 7, "text-anchor": "middle", class: "valley-graph-name" });
    name.textContent = label;
    const value = svg("text", { x, y: y + 14, "text-anchor": "middle", class: "valley-graph-value" });
    const passed = svg("text", { x, y: y + BOX.height / 2 + 17, "text-anchor": "middle", class: "valley-graph-passed" });
    this.svg.append(box, name, value, passed);
    return { box, name, value, passed };
  }

  // half way along, on the last piece of an edge with bends; beside the line, which it would hide where it is short
  buildLabel(k) {
    const { line } = this.lines[k];
    const { bends, bow } = this.header.edges[k];
    const length = line.getTotalLength();
    const { x, y } = line.getPointAtLength(bends.length ? length * (1 - 0.55 / (bends.length + 1)) : length * 0.5);
    const label = svg("text", { x, y: y + (bow > 0 ? 15 : -6), "text-anchor": "middle", class: "valley-graph-slope" });
    this.svg.append(label);
    return label;
  }

  // the node that is at its turn, where the graph is wider than the page
  follow(j) {
    const [x] = this.at(this.header.nodes[j].at);
    this.place.scrollLeft = enlarged() * x - this.place.clientWidth / 2;
  }

  show({ says, palette, values, local, passed, done, path }) {
    const { alt, nodes, edges, backwards } = this.header;
    this.svg.setAttribute("aria-label", aloud(`${alt} ${says}`));
    const present = done > 0 && done < backwards.length ? backwards[done - 1] : -1;
    const reached = new Set(backwards.slice(0, done));
    if (present >= 0 && present !== this.present) this.follow(present);
    this.present = present;
    nodes.forEach((_, j) => {
      const { box, name, value, passed: below } = this.boxes[j];
      const on = !path || j === 0 || path.some((k) => edges[k].head === j);
      box.setAttribute("fill", palette.band0);
      box.setAttribute("stroke", j === present ? palette.good : palette.line);
      box.setAttribute("stroke-width", j === present ? 2.6 : 1.4);
      value.textContent = number(values[j]);
      below.textContent = reached.has(j) ? `S${lowered(j + 1)} = ${number(passed[j])}` : "";
      for (const text of [name, value]) text.setAttribute("fill", palette.ink);
      below.setAttribute("fill", palette.good);
      for (const part of [box, name, value, below]) part.setAttribute("opacity", on ? "1" : "0.35");
    });
    edges.forEach(({ tail }, k) => {
      const { line, tip } = this.lines[k];
      const onPath = path?.includes(k);
      const used = !path && (tail === present || (done < backwards.length && reached.has(tail)));
      const colour = onPath ? palette.limit : used ? palette.good : palette.quiet;
      line.setAttribute("stroke", colour);
      tip.setAttribute("fill", colour);
      line.setAttribute("stroke-width", onPath || (!path && tail === present) ? 3 : 1.5);
      const label = this.labels[k];
      label.textContent = number(local[k]);
      label.setAttribute("fill", onPath ? palette.limit : used ? palette.good : palette.ink);
      label.setAttribute("stroke", palette.paper);
      for (const part of [line, tip, label]) part.setAttribute("opacity", !path || onPath ? "1" : "0.25");
    });
  }
}

function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

function lowered(index) {
  return [...String(index)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
}
