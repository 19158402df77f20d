// One act of the student is one step of the history. Streamlit replaces the entry at hand when an input changes that it
// binds itself, so that Back would skip the change, and then makes another entry for what vanishes with it.
const APP = '[data-testid="stApp"]';
const QUIET = 250; // ms without work after which the page is at rest: what was asked for meanwhile begins at once
const LATEST = 3000; // ms after which an answer that was expected is no longer waited for

class Steps {
  constructor() {
    this.push = history.pushState.bind(history);
    this.replace = history.replaceState.bind(history);
    this.answering = !atRest(); // what the page writes until it is at rest again belongs to the step that was begun
    this.moving = false; // whether the browser went back or forward: then nothing makes another entry
    this.changed = "";
    history.pushState = (...entry) => this.written(entry);
    history.replaceState = (...entry) => this.typed(entry);
    window.addEventListener("popstate", () => {
      this.moving = true;
      this.begin("");
    });
    const attributeFilter = ["data-test-script-state"];
    new MutationObserver(() => this.answers()).observe(document.body, { subtree: true, attributeFilter });
    for (const act of ["pointerdown", "keydown"]) window.addEventListener(act, () => this.acted(), true);
  }

  begin(changed) {
    this.answering = true;
    this.answered = false;
    this.changed = changed;
    this.endAfter(LATEST);
  }

  answers() {
    this.answered = atRest();
    this.endAfter(QUIET);
  }

  // by the student, who need not wait until the page is known to be at rest
  acted() {
    if (this.answered) this.end();
  }

  endAfter(milliseconds) {
    clearTimeout(this.quiet);
    if (atRest()) this.quiet = setTimeout(() => this.end(), milliseconds);
  }

  end() {
    this.answering = this.moving = false;
    this.changed = "";
  }

  // by the page; on the way to another page it leaves out the query first
  written(entry) {
    if (this.answering) this.replace(...entry);
    else this.push(...entry);
    this.begin(this.changed);
  }

  // by an input: what it says of the same setting before the page has answered is one change
  typed(entry) {
    const changed = difference(location.search, new URL(entry[2] ?? "", location.href).search);
    if (!changed || changed === this.changed || this.moving) this.replace(...entry);
    else this.push(...entry);
    if (changed) this.begin(changed);
  }
}

function atRest() {
  return document.querySelector(APP)?.dataset.testScriptState === "notRunning";
}

// the settings that two addresses do not share
function difference(one, other) {
  const [before, after] = [new URLSearchParams(one), new URLSearchParams(other)];
  const keys = new Set([...before.keys(), ...after.keys()]);
  const differs = (key) => before.getAll(key).join("\n") !== after.getAll(key).join("\n");
  return [...keys].filter(differs).sort().join("&");
}

export default function () {
  window.valleySteps ??= new Steps();
}
