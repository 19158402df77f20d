// Panels of curves over one slider: all its places are at hand, so nobody is asked while it moves.
class Lines {
  constructor(root) {
    this.root = root;
    root.replaceChildren(); // it may be mounted again where it stood before
    this.slider = root.appendChild(make("div", "valley-index"));
    this.sentence = root.appendChild(make("p", "valley-says", { "aria-live": "polite" }));
    this.place = root.appendChild(make("div", "valley-panels"));
    this.caption = root.appendChild(make("p", "valley-caption"));
    this.panels = [];
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(root);
  }

  update(data) {
    const header = decode(data);
    this.header = header;
    this.palette = header.palettes[dress(this.root, header.palettes)];
    rich(this.caption, header.caption ?? "");
    while (this.panels.length > header.panels.length) this.panels.pop().root.remove();
    while (this.panels.length < header.panels.length) this.panels.push(new Panel(this.place));
    this.place.classList.toggle("valley-many", Boolean(header.many));
    header.panels.forEach((spec, i) => this.panels[i].adopt(spec, header.arrays));
    this.adoptIndex(header.index);
    this.draw();
  }

  // a slider keeps its place while it is the same one
  adoptIndex(index) {
    this.slider.hidden = !index;
    if (!index) this.playback = null;
    else if (!this.playback || this.id !== index.id) {
      this.playback?.pause();
      this.playback = new Playback(() => this.draw(), index.name, (at) => this.header.index.texts[at]);
      this.slider.replaceChildren(this.playback.root);
      this.playback.setSteps(index.texts.map((_, i) => i));
      this.playback.go(index.at);
    } else this.playback.setSteps(index.texts.map((_, i) => i));
    this.id = index?.id;
  }

  get at() {
    return this.playback?.steps ? this.playback.at : 0;
  }

  draw() {
    if (!this.header || !this.root.clientWidth) return;
    const { alt, says } = this.header;
    const known = [says].flat();
    const sentence = known[Math.min(this.at, known.length - 1)];
    rich(this.sentence, sentence);
    this.root.setAttribute("aria-label", toldBy(alt, known, sentence));
    for (const panel of this.panels) {
      panel.draw(this.palette, this.at);
      panel.name(sentence);
    }
  }

  destroy() {
    this.playback?.pause();
    this.observer.disconnect();
  }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".valley-lines");
  root.lines ??= new Lines(root);
  root.lines.update(data);
  return () => {
    root.lines?.destroy();
    root.lines = undefined;
  };
}
