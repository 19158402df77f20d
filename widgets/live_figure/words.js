// What the figure says beside the pictures: verdict, facts, badge and the legend of the runs.
const SVG = "http://www.w3.org/2000/svg";

class Words {
  constructor(root, onEdit) {
    this.onEdit = onEdit;
    this.sentence = root.querySelector(".valley-verdict");
    this.facts = root.querySelector(".valley-facts");
    this.badge = root.querySelector(".valley-badge");
    this.legend = root.querySelector(".valley-legend");
  }

  say(verdict, runs) {
    rich(this.sentence, verdict.sentence);
    this.sentence.dataset.status = verdict.status;
    rich(this.badge, verdict.badge.text);
    this.badge.dataset.status = verdict.badge.status;
    this.sayFacts(verdict.facts);
    this.sayLegend(runs, verdict.label);
  }

  sayFacts(facts) {
    fill(this.facts, facts.length, () => {
      const row = make("div", "valley-fact");
      row.append(make("dt", ""), make("dd", ""), make("dd", "valley-compare"));
      return row;
    });
    facts.forEach((fact, i) => fact.forEach((text, j) => rich(this.facts.children[i].children[j], text)));
  }

  sayLegend(runs, label) {
    fill(this.legend, runs.length, () => {
      const item = make("button", "valley-run", { type: "button" });
      item.append(swatch(), make("span", ""));
      item.addEventListener("click", () => item.ariaPressed === "false" && this.onEdit(item.dataset.name));
      return item;
    });
    const several = runs.length > 1;
    runs.forEach((run, i) => {
      const item = this.legend.children[i];
      item.dataset.name = run.name;
      item.disabled = !several;
      item.ariaPressed = String(run.edited); // one that was disabled as it is pressed would lose the focus
      item.classList.toggle("valley-edited", several && run.edited);
      item.title = several && !run.edited ? "Put this run under the sliders" : "";
      item.querySelector("line").setAttribute("stroke", run.colour);
      item.querySelector("line").setAttribute("stroke-dasharray", (DASHES[run.dash] ?? []).join(" "));
      item.lastChild.textContent = run.edited ? label : run.label;
    });
  }
}

function swatch() {
  const picture = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "line");
  picture.setAttribute("class", "valley-swatch");
  for (const [name, value] of Object.entries({ x1: 0, y1: 3, x2: 34, y2: 3, "stroke-width": 3 })) {
    line.setAttribute(name, value);
  }
  picture.append(line);
  return picture;
}

// give a place exactly so many children
function fill(place, count, build) {
  while (place.children.length > count) place.lastChild.remove();
  while (place.children.length < count) place.append(build());
}
