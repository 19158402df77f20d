const DOTS = "0 5.5 0 11 0 12"; // three round ones along a line of 34

// The names of what a panel shows, each with its line or box, and beside each its value under the pointer.
class Legend {
  constructor(place) {
    this.head = place.appendChild(make("p", "valley-read", { "aria-live": "polite" }));
    this.list = place.appendChild(make("ul", "valley-names"));
  }

  adopt(items) {
    this.items = items.map((item, place) => ({ ...item, place })).filter(({ label }) => label);
    this.list.replaceChildren(
      ...this.items.map(({ dash, points }) => {
        const row = make("li", "");
        const picture = dash === undefined && !points ? make("i", "valley-box") : swatch();
        row.append(picture, make("span", "valley-name"), make("output", ""));
        return row;
      }),
    );
  }

  show(palette, { head, values }, index) {
    const names = this.items.map(({ label }) => (Array.isArray(label) ? label[Math.min(index, label.length - 1)] : label));
    this.items.forEach(({ colour, dash, points, alpha = 1, place }, i) => {
      const [picture, name, value] = this.list.children[i].children;
      rich(name, names[i]);
      const paint = colour.startsWith("@") ? palette[colour.slice(1)] : colour;
      picture.style.opacity = String(alpha);
      const line = picture.querySelector("line");
      if (line) {
        line.setAttribute("stroke", paint);
        line.setAttribute("stroke-dasharray", points ? DOTS : (DASHES[dash] ?? []).join(" "));
        line.setAttribute("stroke-linecap", points ? "round" : "butt");
      } else picture.style.background = paint;
      value.textContent = values[place] ?? "";
    });
    const told = head && [head, ...this.items.map(({ place }, i) => `${names[i]} ${values[place]}`)].join(", ");
    this.head.textContent = head;
    this.head.setAttribute("aria-label", told);
  }
}
