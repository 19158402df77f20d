// What the server sent of an adaptive rule: the present run at once, each family of runs once it is asked for.
class Received {
  constructor() {
    this.insist = new Insist();
  }

  // of the same picture, what is there stays
  add({ families, arrays, ...picture }, ask) {
    const id = JSON.stringify(picture);
    const kept = id === this.id ? this.header : {};
    this.header = {
      ...picture,
      families: { ...kept.families, ...families },
      arrays: { ...kept.arrays, ...arrays },
    };
    this.id = id;
    this.ask = ask;
    this.asked = null;
    this.insist.stop();
  }

  // asks for the next family, once those of the figure are on the screen
  complete({ header: shown }) {
    const { header } = this;
    if (!Object.keys(shown.families).length || !samePicture(shown, header)) return;
    const missing = header.live?.find((name) => !header.families[name]);
    if (!missing || missing === this.asked) return;
    this.asked = missing;
    this.insist.ask(() => this.ask("ask", missing));
  }

  stop() {
    this.insist.stop();
  }
}

function samePicture({ rule, present, ...shown }, header) {
  const settings = Object.keys(rule.hyper);
  return (
    rule.slug === header.slug &&
    present.eta === header.eta &&
    settings.every((name) => rule.hyper[name] === header.hyper[name]) &&
    sameGround(shown, header)
  );
}

// surface, start and steps; the settings may be those of another stop
function sameGround(shown, header) {
  const same = (one, other) => one.length === other.length && one.every((value, k) => value === other[k]);
  return (
    shown.surface === header.surface && same(shown.start.value, header.start) && same(shown.steps, header.steps)
  );
}
