// A worked calculation: all its steps are at hand, so nobody is asked while the slider moves.
const READING = 1600; // ms at every step while it plays

class Worked {
  constructor(root) {
    this.root = root;
    root.replaceChildren(); // it may be mounted again where it stood before
    this.slider = root.appendChild(make("div", "valley-index"));
    this.sentence = root.appendChild(make("p", "valley-says", { "aria-live": "polite" }));
    const sides = root.appendChild(make("div", "valley-sides"));
    this.diagram = new Diagram(sides.appendChild(make("div", "valley-drawing")));
    const words = sides.appendChild(make("div", "valley-working"));
    this.formulas = words.appendChild(make("div", "valley-formulas", { tabindex: "0", role: "group", "aria-label": "Formulas of this step" }));
    this.aside = words.appendChild(make("p", "valley-aside"));
    this.scroll = root.appendChild(make("div", "valley-scroll", { tabindex: "0", role: "group", "aria-label": "All rows" }));
    this.table = this.scroll.appendChild(make("table", ""));
    this.caption = root.appendChild(make("p", "valley-caption"));
    this.room = [0, 0]; // px that the longest sentence and the longest formulas need
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(root);
  }

  update(data) {
    this.header = decode(data);
    const { header } = this;
    dress(this.root, header.palettes);
    rich(this.caption, header.caption ?? "");
    this.adoptIndex(header.index);
    this.resize();
  }

  // a slider keeps its place while it is the same one
  adoptIndex({ id, name, texts, at }) {
    const steps = texts.map((_, i) => i);
    if (!this.playback || this.id !== id) {
      this.playback?.pause();
      this.playback = new Playback(() => this.draw(), name, (place) => this.header.index.texts[place], READING);
      this.slider.replaceChildren(this.playback.root);
      this.playback.setSteps(steps);
      this.playback.go(at);
    } else this.playback.setSteps(steps);
    this.id = id;
  }

  // room for the longest of all steps: nothing below moves
  resize() {
    if (!this.header || !this.root.clientWidth || !this.playback) return;
    const now = `${this.root.clientWidth}, ${this.id}, ${enlarged()}`;
    if (now !== this.measured) {
      this.measured = now;
      this.room = [0, 0];
      for (const place of [this.sentence, this.formulas.parentElement]) place.style.minHeight = "0";
      this.header.says.forEach((_, step) => {
        this.say(step);
        this.makeRoom();
      });
    }
    this.draw();
  }

  // below the picture formulas move nothing but quiet words
  get places() {
    const words = this.formulas.parentElement;
    const beside = words.offsetTop < this.diagram.root.parentElement.offsetTop + 1;
    return beside || this.header.table ? [this.sentence, words] : [this.sentence];
  }

  makeRoom() {
    this.room = this.places.map((place, i) => Math.max(this.room[i] ?? 0, Math.ceil(place.getBoundingClientRect().height)));
    this.places.forEach((place, i) => (place.style.minHeight = `${this.room[i]}px`));
  }

  say(step) {
    const { header } = this;
    rich(this.sentence, header.says[step]);
    rich(this.aside, header.aside[step]);
    this.aside.hidden = !header.aside[step];
    this.formulas.replaceChildren(
      ...header.formulas[step].map((tree) => {
        const line = make("p", "");
        line.append(formula(tree));
        return line;
      }),
    );
  }

  draw() {
    if (!this.header || !this.root.clientWidth) return;
    const { header } = this;
    const step = this.playback.at;
    this.say(step);
    this.root.setAttribute("aria-label", toldBy(header.alt, header.says, header.says[step]));
    this.makeRoom(); // other numbers may need more of it
    this.diagram.draw(header.figure, step, header.lit[step], header.ways[step]);
    this.drawTable(header.table, step);
  }

  drawTable(table, step) {
    this.scroll.hidden = !table;
    if (!table) return;
    const rows = [table.head, ...table.rows];
    fill(this.table, rows.length, () => make("tr", ""));
    rows.forEach((texts, i) => {
      const row = this.table.children[i];
      row.className = i - 1 === table.marked ? "valley-marked" : "";
      fill(row, texts.length, () => make(i ? "td" : "th", ""));
      texts.forEach((text, j) => {
        rich(row.children[j], text);
        row.children[j].classList.toggle("valley-later", step < table.since[j]);
      });
    });
  }

  destroy() {
    this.playback?.pause();
    this.observer.disconnect();
  }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".valley-worked");
  root.worked ??= new Worked(root);
  root.worked.update(data);
  return () => {
    root.worked?.destroy();
    root.worked = undefined;
  };
}
