// One or two maps, their key, and a line that says in words what the cell under the pointer is. A view's own file gives
// the class Reader: `lines(cells)` -> what to say, and perhaps `aside(place)` with `draw`.
const STRIDE = 10; // cells an arrow key moves with Shift

class MapFigure {
  constructor(root) {
    this.root = root;
    this.body = make("div", "valley-map-body");
    root.replaceChildren(this.body);
    this.row = make("div", "valley-map-row");
    this.read = make("div", "valley-map-read", { "aria-live": "polite" });
    this.body.append(this.row, this.read);
    this.key = new Key(this.body);
    this.maps = [];
    this.cross = null;
    this.turn = 0;
    this.reader = new Reader(this);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(root);
    this.follow = () => this.adoptLive();
    document.addEventListener("valley-drawn", this.follow);
  }

  async update(data, send) {
    const turn = ++this.turn;
    const header = decode(await inflate(data));
    if (turn !== this.turn) return; // a newer message overtook it
    this.header = header;
    this.send = send;
    this.mode = dress(this.root, header.palettes);
    this.palette = header.palettes[this.mode];
    this.chosen = header.chosen;
    fill(this.row, header.maps.length, () => this.place());
    this.maps.length = header.maps.length;
    this.body.classList.toggle("valley-map-two", header.maps.length > 1);
    header.maps.forEach((spec, k) => {
      const map = this.maps[k];
      this.entitle(map.title, spec);
      map.heat.adopt(spec, header);
    });
    if (this.cross && !this.maps.every(({ heat }) => heat.has(this.cross))) this.cross = null;
    this.reader.adopt?.(header);
    this.key.draw(header, this.palette);
    this.draw();
    this.root.dataset.drawn = header.id;
  }

  // a map's name, with the colour of its curve where there is one
  entitle(title, { title: text, says }) {
    title.textContent = text;
    if (!says.colour) return;
    const sample = swatch();
    const line = sample.querySelector("line");
    line.setAttribute("stroke", says.colour);
    line.setAttribute("stroke-dasharray", (DASHES[says.dash] ?? []).join(" "));
    title.append(" ", sample);
  }

  // a place for one more map
  place() {
    const place = make("div", "valley-map-place");
    const title = place.appendChild(make("p", "valley-map-title"));
    const heat = new Heat(place, "");
    const { canvas } = heat;
    for (const [name, value] of [["tabindex", 0], ["role", "application"], ["aria-roledescription", "map"]]) canvas.setAttribute(name, value); // prettier-ignore
    const map = { place, title, heat };
    canvas.addEventListener("pointermove", (event) => this.point(map, heat.cell(event)));
    canvas.addEventListener("pointerleave", () => this.point(map, null));
    canvas.addEventListener("click", (event) => this.open(map, heat.cell(event)));
    canvas.addEventListener("keydown", (event) => this.press(map, event));
    canvas.addEventListener("blur", () => this.point(map, null));
    this.maps.push(map);
    return place;
  }

  point(map, cell) {
    if (cell?.i === this.cross?.i && cell?.j === this.cross?.j && this.cross?.map === map) return;
    this.cross = cell && { ...cell, map };
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  // the values of a cell, to whoever owns them
  open(map, cell) {
    const { spec, xs, ys } = map.heat;
    if (!cell || !spec.keys) return;
    const four = (value) => Number(value.toPrecision(4));
    this.send("cell", {
      values: { ...spec.keys.also, [spec.keys.x]: four(xs[cell.i]), [spec.keys.y]: four(ys[cell.j]) },
    });
  }

  press(map, event) {
    const step = event.shiftKey ? STRIDE : 1;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    const { xs, ys } = map.heat;
    const now = this.cross ?? this.home(map);
    if (event.key === "Enter" || event.key === " ") this.open(map, now);
    else if (event.key === "Escape") this.point(map, null);
    else if (event.key in moves) {
      const [di, dj] = moves[event.key];
      const held = (at, count) => Math.max(0, Math.min(count - 1, at));
      this.point(map, { i: held(now.i + di, xs.length), j: held(now.j + dj, ys.length) });
    } else return;
    event.preventDefault();
  }

  // where the keys begin: the run that is open, else the middle
  home({ heat }) {
    const { chosen } = this;
    if (chosen) return heat.nearest(chosen.x, chosen.y);
    return { i: heat.xs.length >> 1, j: heat.ys.length >> 1 };
  }

  // the run beside the map moves while its sliders are dragged, and its ring with it
  adoptLive() {
    const view = document.querySelector(".valley")?.figure?.view;
    const { chosen } = this;
    if (!view || !chosen?.live || view.rule.slug !== chosen.slug) return;
    const find = (name) => (name === "learning_rate" ? view.eta : (view.hyper[name] ?? null));
    const [x, y] = [find(chosen.live.x), find(chosen.live.y)];
    if (x === null || (x === chosen.x && y === chosen.y)) return;
    this.chosen = { ...chosen, x, y: y ?? chosen.y };
    this.draw();
  }

  draw() {
    if (!this.header) return;
    const { chosen, cross } = this;
    this.maps.forEach(({ heat }, k) => {
      heat.draw(this.palette, this.mode, cross, chosen && (chosen.map ?? k) === k ? chosen : null);
    });
    const cells = this.maps.map(({ heat }) => {
      const at = cross ?? this.home({ heat });
      return this.cellOf(heat, at);
    });
    this.say(this.reader.lines(cells, Boolean(cross)));
    this.reader.draw?.(cells, this.palette);
  }

  cellOf(heat, { i, j }) {
    const place = j * heat.xs.length + i;
    return { heat, spec: heat.spec, i, j, place, x: heat.xs[i], y: heat.ys[j], value: heat.values[place] };
  }

  // The place that is spoken of, and what to do. The run below has values of its own, seldom those of a cell's middle.
  standing(place, cell, pointed) {
    if (pointed) return [place(cell), "click to open this run"];
    const run = place(this.chosen);
    const near = run === place(cell) ? "" : `, its cell at (${number(cell.x, 4)}, ${number(cell.y, 4)})`;
    return [run, `the open run${near}; point at another or use the arrow keys`];
  }

  // each line: [what is most worth knowing, the rest]
  say(lines) {
    fill(this.read, lines.length, () => {
      const line = make("p", "");
      line.append(make("b", ""), make("span", ""));
      return line;
    });
    const told = lines.map(([first, rest]) => aloud(`${first} ${rest}.`)).join(" ");
    for (const { heat } of this.maps) heat.canvas.setAttribute("aria-label", `${aloud(heat.spec.alt)} ${told}`);
    lines.forEach(([first, rest], k) => {
      rich(this.read.children[k].firstChild, first);
      rich(this.read.children[k].lastChild, ` ${rest}`);
    });
  }

  destroy() {
    this.observer.disconnect();
    document.removeEventListener("valley-drawn", this.follow);
  }
}

// The message is packed: neighbouring cells say much the same.
async function inflate(data) {
  const packed = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".valley-map");
  root.figure ??= new MapFigure(root);
  root.figure.update(data, setTriggerValue);
  return () => {
    root.figure?.destroy();
    root.figure = undefined;
  };
}
