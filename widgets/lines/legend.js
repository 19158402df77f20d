const DOTS = [7, 17, 27]; // px at which dots stand in the place of a line
const DOT = 2.9;

// The names of what a panel shows, each with its line or box, and beside each its value under the pointer.
class Legend {
  constructor(place) {
    this.head = place.appendChild(make("p", "valley-read", { "aria-live": "polite" }));
    this.list = place.appendChild(make("ul", "valley-names"));
  }

  adopt(items) {
    this.items = items.map((item, place) => ({ ...item, place })).filter(({ label }) => label);
    this.list.replaceChildren(
      ...this.items.map(({ dash, points, alone }) => {
        const row = make("li", "");
        const picture = points ? dots(alone) : dash === undefined ? make("i", "valley-box") : swatch();
        row.append(picture, make("span", "valley-name"), make("output", ""));
        return row;
      }),
    );
  }

  show(palette, { head, values }, index) {
    const names = this.items.map(({ label }) => (Array.isArray(label) ? label[Math.min(index, label.length - 1)] : label));
    this.items.forEach(({ colour, dash, alpha = 1, place }, i) => {
      const [picture, name, value] = this.list.children[i].children;
      rich(name, names[i]);
      const paint = colour.startsWith("@") ? palette[colour.slice(1)] : colour;
      picture.style.opacity = String(alpha);
      const line = picture.querySelector("line");
      if (line) {
        line.setAttribute("stroke", paint);
        line.setAttribute("stroke-dasharray", (DASHES[dash] ?? []).join(" "));
      } else if (picture.localName === "svg") picture.setAttribute("fill", paint);
      else picture.style.background = paint;
      value.textContent = values[place] ?? "";
    });
    const told = head && [head, ...this.items.map(({ place }, i) => `${names[i]} ${values[place]}`)].join(", ");
    this.head.textContent = head;
    this.head.setAttribute("aria-label", told);
  }
}

// the key of what is drawn as dots, of one alone a single one
function dots(alone) {
  const picture = swatch();
  picture.replaceChildren(
    ...(alone ? [DOTS[1]] : DOTS).map((x) => {
      const dot = document.createElementNS(SVG, "circle");
      for (const [name, value] of Object.entries({ cx: x, cy: 3, r: DOT })) dot.setAttribute(name, value);
      return dot;
    }),
  );
  return picture;
}
