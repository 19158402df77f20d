// Where a detail looks, above what it says. The whole run is on the screen with its last step, but is looked at where it
// starts: there are steps that follow.
class Heading {
  constructor(root) {
    const place = root.appendChild(make("p", "valley-detail-at"));
    this.text = place.appendChild(make("b", ""));
    this.hint = place.appendChild(make("span", "valley-detail-quiet"));
  }

  show(text, view) {
    rich(this.text, text);
    this.hint.textContent = text && hintOf(view);
  }
}

function hintOf({ at, now }) {
  return now > at ? " Where the run starts: move the step slider to see another step." : "";
}
