// The key of the colours: a bar with the values, and what the cells without a value are.
class Key {
  constructor(place) {
    this.root = make("div", "valley-map-key");
    this.title = make("span", "valley-map-key-title");
    this.bars = make("span", "valley-map-bars");
    this.others = make("span", "valley-map-others");
    this.root.append(this.title, this.bars, this.others);
    place.append(this.root);
  }

  draw({ scale, legend }, palette) {
    this.title.textContent = scale.title;
    this.bars.replaceChildren(...scale.tables.map((colours, k) => this.bar(scale, colours, k, palette)));
    this.others.replaceChildren(
      ...legend.map(({ kind, text }) => {
        const item = make("span", "valley-map-other");
        item.append(make("i", `valley-map-chip valley-map-${kind}`), document.createTextNode(text));
        return item;
      }),
    );
  }

  bar(scale, colours, k, palette) {
    const bar = make("span", "valley-map-bar");
    const strip = make("i", "valley-map-strip");
    strip.style.background = `linear-gradient(to right, ${colours.map((name) => resolve(name, palette)).join(", ")})`;
    const place = scale.log ? (value) => Math.log(value + 1) : (value) => value;
    const share = (value) => (place(value) - place(scale.low)) / (place(scale.high) - place(scale.low));
    if (scale.names.length) bar.append(Object.assign(make("span", "valley-map-name"), { textContent: scale.names[k] }));
    bar.append(strip);
    for (const { value, text } of scale.ticks) {
      const tick = make("span", "valley-map-tick");
      tick.textContent = text;
      tick.style.left = `${100 * share(value)}%`;
      bar.append(tick);
    }
    return bar;
  }
}
