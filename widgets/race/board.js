// The scoreboard: everybody's counts and where each is now, in order, while the race is played.
const TURN = 260; // ms that a row takes to its new place
const HEADS = ["", "", "steps", "stays from", "gradi\u00adents", "error now"];
const NOTES = ["", "", "the first below", "below it to the end of the run", "evaluated on the way", "share of the start's"];

class Detail {
  constructor(root) {
    this.root = root;
    this.sentence = make("p", "valley-board-says", { "aria-live": "polite" });
    this.go = make("button", "valley-button valley-board-go", { type: "button" });
    this.go.textContent = "Start the race";
    this.go.addEventListener("click", () => this.start());
    this.table = make("table", "valley-board");
    const head = this.table.appendChild(make("thead", "")).appendChild(make("tr", ""));
    HEADS.forEach((text, i) => {
      const cell = head.appendChild(make("th", "", { scope: "col", title: NOTES[i] }));
      cell.textContent = text;
    });
    this.rows = this.table.appendChild(make("tbody", ""));
    this.note = make("p", "valley-detail-quiet");
    root.append(this.sentence, this.go, this.table, this.note);
    this.byName = new Map();
  }

  get playback() {
    return document.querySelector(".valley").figure.playback;
  }

  start() {
    const { playback } = this;
    if (playback.timer) playback.pause();
    else playback.play();
    this.draw(this.view, this.header);
  }

  draw(view, header) {
    Object.assign(this, { view, header });
    const { playback } = this;
    const at = playback.whole ? header.last : view.steps[playback.at];
    const racers = standings(view, header, playback.at, at, playback.whole);
    const drawn = view.steps.length <= header.last ? `, of the ${view.steps.length} steps drawn` : "";
    this.go.textContent = playback.timer ? "Pause" : playback.whole ? "Start the race" : "Go on";
    this.write(racers);
    this.sentence.setAttribute("aria-live", playback.timer ? "off" : "polite"); // not thirty times a second
    rich(this.sentence, header.why || told(racers, at, header, drawn));
    rich(this.note, noteOn(header));
  }

  write(racers) {
    const known = new Set(racers.map(({ name }) => name));
    for (const [name, row] of this.byName) {
      if (known.has(name)) continue;
      row.remove();
      this.byName.delete(name);
    }
    const before = new Map([...this.byName].map(([name, row]) => [name, row.offsetTop]));
    racers.forEach((racer, place) => {
      const row = this.row(racer.name);
      if (this.rows.children[place] !== row) this.rows.insertBefore(row, this.rows.children[place] ?? null);
      fillRow(row, racer, place);
    });
    this.slide(before);
  }

  // rows that change places are seen to do so
  slide(before) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const [name, row] of this.byName) {
      const moved = (before.get(name) ?? row.offsetTop) - row.offsetTop;
      if (moved) row.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], TURN);
    }
  }

  row(name) {
    if (!this.byName.has(name)) {
      const row = make("tr", "");
      row.append(make("td", "valley-board-rank"), make("td", "valley-board-name"));
      for (let i = 0; i < 4; i += 1) row.append(make("td", "valley-board-number"));
      const cell = row.children[1];
      cell.append(make("b", ""), make("small", ""), make("i", "valley-board-track"));
      cell.lastChild.append(make("i", ""));
      this.byName.set(name, row);
    }
    return this.byName.get(name);
  }
}

function fillRow(row, racer, place) {
  const [rank, name, ...numbers] = row.children;
  rank.textContent = racer.ranked ? String(place + 1) : "";
  const [title, settings, track] = name.children;
  title.textContent = racer.title;
  settings.textContent = racer.settings;
  settings.title = racer.settings;
  track.firstChild.style.width = `${100 * racer.way}%`;
  track.firstChild.style.background = racer.colour;
  row.classList.toggle("valley-board-in", racer.reached);
  const texts = [racer.reached ? racer.first : null, racer.reached ? racer.stays : null];
  [...texts, racer.reached ? racer.first * racer.each : null].forEach((value, i) => {
    numbers[i].textContent = value === null ? "–" : `${racer.about}${number(value, 6)}`;
  });
  numbers[3].textContent = racer.diverged ? "diverged" : racer.error === null ? "far away" : number(racer.error, 2);
}

// everybody at a step, those who have arrived first
function standings(view, header, place, at, whole) {
  const titles = view.runs.map(({ label }) => label.split(" η")[0]);
  const racers = view.runs.map((run, i) => {
    const score = scoreOf(view, header, run);
    const k = Math.min(whole ? Infinity : place, run.path.x.length - 1);
    const gone = run.path.x.length < view.steps.length && (whole || place >= run.path.x.length - 1);
    const error = gone ? null : errorAt(run, k) / errorAt(run, 0);
    const nearest = (whole ? score.lowest : null) ?? least(run, k) / errorAt(run, 0);
    const reached = score.first !== null && score.first <= at;
    const twice = titles.filter((title) => title === titles[i]).length > 1;
    const way = Math.min(1, Math.max(0, Math.log(nearest) / Math.log(header.tolerance)));
    return {
      name: run.name,
      title: twice ? `${titles[i]} (${run.name})` : titles[i],
      settings: run.label.slice(titles[i].length + 1),
      colour: view.header.runs.find(({ name }) => name === run.name).colour,
      ...score,
      measured: score.lowest === null,
      error: whole ? (score.ends ?? error) : error,
      nearest,
      diverged: gone && score.diverged, // a path ends where it is out of sight, which is not yet to diverge
      reached: reached && !header.why,
      ranked: !header.why,
      way: header.why ? 0 : reached ? 1 : way || 0,
    };
  });
  const key = (racer) => (racer.reached ? racer.first - 1e9 : racer.nearest);
  const order = (one, other) => key(one) - key(other) || 0;
  racers.sort((one, other) => one.name.localeCompare(other.name));
  return header.why ? racers : racers.sort(order);
}

// how near it has been so far, of the steps that are drawn: an error that swings would change places at every step
function least(run, k) {
  let found = errorAt(run, 0);
  for (let i = 1; i <= k; i += 1) found = Math.min(found, errorAt(run, i));
  return found;
}

// a distance of nothing is drawn as none: no logarithm of zero
const errorAt = ({ path }, k) => (Number.isNaN(path.error[k]) ? 0 : path.error[k]);

// what the server counted, of the run under the sliders at the stop that is drawn; while a shape is dragged, what is drawn
function scoreOf(view, header, run) {
  const same = header.surface === view.header.surface && header.start.every((value, i) => value === view.start[i]);
  if (!same) return measured(run, view, header);
  const { active } = document.querySelector(".valley").figure;
  const stops = view.header.runs.find(({ name }) => name === run.name).edited && view.header.families[active?.family];
  const score = stops ? header.families[active.family]?.[active.index] : header.runs.find(({ name }) => name === run.name);
  return score ? { ...score, about: "" } : measured(run, view, header);
}

function measured(run, view, header) {
  const count = run.path.x.length;
  const below = Array.from({ length: count }, (_, k) => errorAt(run, k) <= header.tolerance * errorAt(run, 0));
  const last = below.lastIndexOf(false);
  const whole = count === view.steps.length && last < count - 1;
  return {
    first: below.includes(true) ? view.steps[below.indexOf(true)] : null,
    stays: whole ? view.steps[last + 1] : null,
    each: 1,
    lowest: null,
    ends: null,
    diverged: false,
    about: view.steps.length <= header.last ? "≈ " : "",
  };
}

function told(racers, at, header, drawn) {
  const share = `${number(header.tolerance, 1)} of its error`;
  const [lead, next] = racers;
  if (at < header.last) {
    if (lead.reached) return `Step ${at}: ${lead.title} has arrived, at step ${lead.first}.`;
    return racers.length > 1 && at > 0 ? `Step ${at}: ${lead.title} leads${drawn}.` : `Step ${at} of ${header.last}.`;
  }
  if (!lead.reached) {
    return `Nobody reaches ${share} in ${header.last} steps; ${lead.title} comes nearest, to ${number(lead.nearest, 2)} of it${lead.measured ? drawn : ""}.`;
  }
  const first = racers.filter((racer) => racer.reached && racer.first === lead.first);
  const who = first.map(({ title }) => title).join(" and ");
  const wins = `${who} ${first.length > 1 ? "are" : "is"} first at ${share}, after ${steps(lead.first)}`;
  const second = racers[first.length];
  const follows = !second ? "" : second.reached ? `; ${second.title} follows after ${second.first}` : "; nobody else arrives";
  return `${wins}${follows}. ${leaves(first)}That holds for this start and these settings.`;
}

function leaves(first) {
  const [lead] = first;
  if (first.length > 1 || lead.stays === lead.first) return "";
  if (lead.stays === null) return `${lead.title} does not stay there. `;
  return `${lead.title} leaves again and stays from step ${lead.stays}. `;
}

const steps = (count) => `${count} ${count === 1 ? "step" : "steps"}`;

function noteOn(header) {
  return (
    (header.counted && `${header.counted} `) +
    `The line below each name: how near it has been to ${number(header.tolerance, 1)} of the error, in powers of ten. ` +
    "Steps: the first below that. Stays from: below it to the end of this run. Gradients: one a step for each of these " +
    `rules.${header.counted ? "" : " A judgement that does not hang on one start is under “fair”."}`
  );
}
