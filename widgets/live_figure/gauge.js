// Where the learning rate stands between 0 and beyond the limit.
class Gauge {
  constructor() {
    this.root = make("div", "valley-gauge", { role: "img" });
    this.above = make("div", "valley-gauge-row valley-gauge-above");
    this.track = make("div", "valley-gauge-track");
    this.needle = make("div", "valley-gauge-needle");
    this.below = make("div", "valley-gauge-row");
    this.words = make("p", "valley-gauge-words");
    this.track.append(this.needle);
    this.root.append(this.above, this.track, this.below, this.words);
    this.width = 300;
    new ResizeObserver(([entry]) => (this.width = entry.contentRect.width)).observe(this.root);
  }

  // without one for a rule that has no learning rate
  draw(gauge, eta, limit, text) {
    this.root.hidden = !gauge;
    if (!gauge) return;
    const top = gauge.top ?? 1.5 * Math.max(limit ?? 0, eta);
    const at = (value) => Math.min(100, Math.max(0, (100 * value) / top));
    const edge = limit === null ? 100 : at(limit);
    this.track.style.background =
      limit === null
        ? "var(--valley-neutral)"
        : `linear-gradient(90deg, var(--valley-safe) ${edge}%, var(--valley-unsafe) ${edge}%)`;
    this.needle.style.left = `${at(eta)}%`;
    this.needle.classList.toggle("valley-beyond", eta > top);
    const marks = gauge.marks.map((mark) => (mark.kind === "limit" ? this.limitMark(mark, limit, text, top) : mark));
    const names = marks.filter((mark) => mark.value !== null).map((mark) => `${mark.label} ${mark.text}`);
    const said = `Learning rate ${number(eta, 4)}. ${names.join(", ")}. ${gauge.words}`;
    this.root.setAttribute("aria-label", said.replace(/_\{(.*?)\}/g, "$1"));
    const id = `${top}|${text}|${this.width}|${enlarged()}`;
    if (gauge === this.gauge && id === this.id) return; // only the needle moved
    Object.assign(this, { gauge, id });
    for (const [row, above] of [
      [this.above, true],
      [this.below, false],
    ]) {
      this.row(
        row,
        marks.filter((mark) => mark.above === above && mark.value !== null && mark.value <= top),
        at,
      );
    }
    rich(this.words, gauge.words);
  }

  // a limit beyond the axis stands at its end, with an arrow
  limitMark(mark, limit, text, top) {
    return limit > top ? { ...mark, value: top, text: `${text} →` } : { ...mark, value: limit || null, text };
  }

  // labels stand at their marks, pushed apart where they would touch
  row(row, marks, at) {
    const sorted = [...marks].sort((a, b) => a.value - b.value);
    const { width } = this;
    let reach = 0; // where the last label ends
    row.replaceChildren(
      ...sorted.map((mark) => {
        const element = make("div", `valley-mark valley-mark-${mark.kind}`);
        const x = (at(mark.value) / 100) * width;
        const half = enlarged() * 3.4 * Math.max(mark.label.replace(/[_{}]/g, "").length, mark.text.length) + 3;
        const centre = Math.min(Math.max(x, reach + half), width - half);
        reach = centre + half;
        element.style.left = `${x}px`;
        const label = make("span", "valley-mark-label");
        label.style.left = `${centre - x}px`;
        const name = make("span", "");
        rich(name, mark.label);
        const value = make("b", "");
        value.textContent = mark.text;
        label.append(name, value);
        element.append(label);
        return element;
      }),
    );
  }
}
