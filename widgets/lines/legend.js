// The names of what a panel shows, each with its line or box, and beside each its value under the pointer.
class Legend {
  constructor(place) {
    this.head = place.appendChild(make("p", "valley-read", { "aria-live": "polite" }));
    this.list = place.appendChild(make("ul", "valley-names"));
  }

  adopt(items) {
    this.items = items.map((item, place) => ({ ...item, place })).filter(({ label }) => label);
    this.list.replaceChildren(
      ...this.items.map(({ label, dash, points }) => {
        const row = make("li", "");
        const name = make("span", "valley-name");
        rich(name, label);
        row.append(dash === undefined && !points ? make("i", "valley-box") : swatch(), name, make("output", ""));
        return row;
      }),
    );
  }

  show(palette, { head, values }) {
    this.items.forEach(({ colour, dash, alpha = 1, place }, i) => {
      const [picture, , value] = this.list.children[i].children;
      const paint = colour.startsWith("@") ? palette[colour.slice(1)] : colour;
      picture.style.opacity = String(alpha);
      const line = picture.querySelector("line");
      if (line) {
        line.setAttribute("stroke", paint);
        line.setAttribute("stroke-dasharray", (DASHES[dash] ?? []).join(" "));
      } else picture.style.background = paint;
      value.textContent = values[place] ?? "";
    });
    const told = head && [head, ...this.items.map(({ label, place }) => `${label} ${values[place]}`)].join(", ");
    this.head.textContent = head;
    this.head.setAttribute("aria-label", told);
  }
}
