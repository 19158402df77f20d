const READING = 1100; // ms at every node while it plays

// A graph at every stop of w: its paths one by one, and the recursion node by node.
class GraphFigure {
  constructor(root) {
    this.root = root;
    root.replaceChildren(); // it may be mounted again where it stood before
    this.slider = new Slider(
      () => this.draw(),
      (values) => document.querySelector(".valley-line").commit(values),
    );
    root.append(this.slider.root);
    this.sentence = root.appendChild(make("p", "valley-says", { "aria-live": "polite" }));
    this.picture = new GraphPicture(root);
    const say = (at) => this.header.steps[at];
    this.playback = new Playback(() => this.draw(), "Nodes of the recursion", say, READING);
    root.append(this.playback.root);
    const row = root.appendChild(make("div", "valley-graph-pair"));
    this.paths = new Paths(row, (path) => this.pick(path));
    this.backwards = new Backwards(row);
    this.compare = root.appendChild(make("dl", "valley-graph-compare"));
    this.caption = root.appendChild(make("p", "valley-caption"));
    this.path = null;
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(root);
  }

  update(data) {
    const header = decode(data);
    const other = header.id !== this.header?.id;
    this.header = header;
    if (other) this.path = null;
    this.palette = header.palettes[dress(this.root, header.palettes)];
    this.slider.adopt(header.slider);
    rich(this.caption, header.caption);
    this.picture.adopt(header);
    this.paths.adopt(header);
    this.backwards.adopt(header);
    this.playback.setSteps(header.steps);
    if (other) this.playback.go(Infinity);
    else this.draw();
  }

  pick(path) {
    this.path = this.path === path ? null : path;
    this.draw();
  }

  // what an array holds at the slider's stop
  row(name) {
    const array = this.header.arrays[name];
    const length = array.length / this.header.slider.stops.length;
    return array.subarray(this.slider.index * length, (this.slider.index + 1) * length);
  }

  draw() {
    const { header } = this;
    if (!header || !this.root.clientWidth) return;
    const at = this.slider.index;
    rich(this.sentence, header.says[at]);
    this.root.setAttribute("aria-label", toldBy(header.alt, header.says, header.says[at]));
    const state = {
      says: header.says[at],
      palette: this.palette,
      values: this.row("value"),
      local: this.row("local"),
      passed: this.row("passed"),
      products: this.row("product"),
      rest: this.row("rest")[0],
      done: this.playback.at,
      path: this.path === null ? null : header.paths[this.path].edges,
    };
    this.picture.draw(state);
    this.paths.show(state, this.path, header.compare[at]);
    this.backwards.show(state);
    this.showCompare(header.compare[at]);
  }

  showCompare(values) {
    fill(this.compare, values.length, () => {
      const row = make("div", "");
      row.append(make("dt", ""), make("dd", ""));
      return row;
    });
    values.forEach(([name, value], i) => {
      rich(this.compare.children[i].children[0], name);
      rich(this.compare.children[i].children[1], value);
    });
  }

  destroy() {
    this.playback.pause();
    this.observer.disconnect();
  }
}

// One row a path: the product of its local derivatives. A click shows it in the graph.
class Paths {
  constructor(place, onPick) {
    this.onPick = onPick;
    this.root = place.appendChild(make("section", ""));
    this.title = this.root.appendChild(make("h4", "valley-graph-title valley-graph-all"));
    this.list = this.root.appendChild(make("div", "valley-graph-rows"));
    this.total = this.root.appendChild(make("p", "valley-graph-total"));
  }

  adopt(header) {
    this.header = header;
    rich(this.title, header.titles[0]);
    fill(this.list, header.paths.length, () => {
      const row = make("button", "valley-graph-row", { type: "button" });
      row.append(make("span", ""), make("span", "valley-graph-factors"), make("output", ""));
      return row;
    });
    [...this.list.children].forEach((row, i) => {
      rich(row.children[0], header.paths[i].text);
      row.onclick = () => this.onPick(i);
    });
  }

  show({ local, products, rest }, picked, compare) {
    const { paths, more } = this.header;
    paths.forEach(({ edges }, i) => {
      const row = this.list.children[i];
      row.setAttribute("aria-pressed", String(picked === i));
      rich(row.children[1], edges.map((k) => factorText(local[k])).join(" · "));
      row.children[2].textContent = `= ${number(products[i])}`;
    });
    rich(this.total, `${more ? `${more} more: ${number(rest)}. ` : ""}Sum: ${compare[0][1]}`);
  }
}

// One row a node, from the output back: S is made of those behind it.
class Backwards {
  constructor(place) {
    this.root = place.appendChild(make("section", ""));
    this.title = this.root.appendChild(make("h4", "valley-graph-title valley-graph-once"));
    this.list = this.root.appendChild(make("div", "valley-graph-rows"));
  }

  adopt(header) {
    this.header = header;
    rich(this.title, header.titles[1]);
    fill(this.list, header.backwards.length, () => {
      const row = make("p", "valley-graph-row");
      row.append(make("span", ""), make("span", "valley-graph-factors"), make("output", ""));
      return row;
    });
  }

  show({ local, passed, done }) {
    const { backwards, edges, outgoing } = this.header;
    backwards.forEach((j, i) => {
      const row = this.list.children[i];
      const known = i < done;
      row.classList.toggle("valley-graph-later", !known);
      const now = i === done - 1 && done < backwards.length;
      row.classList.toggle("valley-graph-now", now);
      if (now) this.list.scrollTop = row.offsetTop - this.list.offsetTop - (this.list.clientHeight - row.clientHeight) / 2;
      rich(row.children[0], `S_{${j + 1}}${outgoing[j].length ? ` = ${outgoing[j].map((k) => `S_{${edges[k].head + 1}} z_{${j + 1},${edges[k].head + 1}}`).join(" + ")}` : ""}`);
      const terms = outgoing[j].map((k) => `${factorText(passed[edges[k].head])} · ${factorText(local[k])}`);
      rich(row.children[1], known ? terms.join(" + ") || "where it begins" : "");
      row.children[2].textContent = known ? `= ${number(passed[j])}` : "";
    });
  }
}

function factorText(value) {
  const text = number(value);
  return value < 0 ? `(${text})` : text;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".valley-graph");
  root.figure ??= new GraphFigure(root);
  root.figure.update(data);
  return () => {
    root.figure?.destroy();
    root.figure = undefined;
  };
}
