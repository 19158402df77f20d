// Asks the server, again and again until it is stopped: a message may get lost.
const PATIENCE = 1000; // ms after which an answer counts as lost
const WHILE_RUNNING = 30; // ms

class Insist {
  // Not while the page runs: that run would swallow it, or take the one that asks off the page.
  ask(send, patience = PATIENCE) {
    this.stop();
    const busy = pageRuns();
    if (!busy) send();
    this.timer = setTimeout(() => this.ask(send, busy ? patience : 2 * patience), busy ? WHILE_RUNNING : patience);
  }

  stop() {
    clearTimeout(this.timer);
  }
}

function pageRuns() {
  const state = document.querySelector("[data-test-script-state]")?.getAttribute("data-test-script-state");
  return state === "running" || state === "rerunRequested";
}
