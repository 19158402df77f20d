// Asks the server, again and again until it is stopped: a message may get lost.
const PATIENCE = 1000; // ms after which an answer counts as lost
const WHILE_BUSY = 30; // ms

class Insist {
  constructor(busy = pageBusy) {
    this.busy = busy;
  }

  ask(send, patience = PATIENCE) {
    this.stop();
    const busy = this.busy();
    if (!busy) send();
    this.timer = setTimeout(() => this.ask(send, busy ? patience : 2 * patience), busy ? WHILE_BUSY : patience);
  }

  // what was sent just now
  later(send) {
    this.stop();
    this.timer = setTimeout(() => this.ask(send, 2 * PATIENCE), PATIENCE);
  }

  stop() {
    clearTimeout(this.timer);
  }
}

// a run would swallow what is asked meanwhile, or take the one that asks off the page
function pageRuns() {
  const state = document.querySelector("[data-test-script-state]")?.getAttribute("data-test-script-state");
  return state === "running" || state === "rerunRequested";
}

// every message carries the inputs as the browser has them, which takes back a commit that they do not show yet
function commitWaits() {
  return Boolean(document.querySelector(".valley-line")?.line?.unheard.length);
}

function pageBusy() {
  return pageRuns() || commitWaits();
}
