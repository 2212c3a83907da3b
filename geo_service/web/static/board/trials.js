/** Verdicts of the checker: asked once for each place, the one that is hovered before all others. */

import { tryTargets } from "./api.js";
import { keyOf } from "./state.js";

const AT_ONCE = 4;

export class Trials {
  #known = new Map();
  #asked = new Map();
  #turn = 0;

  constructor(plan, visit) {
    this.plan = plan;
    this.visit = visit;
  }

  #name = (at) => `${at.crew ?? ""}|${at.day ?? ""}|${at.position ?? ""}`;

  known(at) {
    return this.#known.get(this.#name(at)) ?? null;
  }

  /** The verdict on one place. */
  ask(at) {
    const name = this.#name(at);
    if (!this.#asked.has(name)) this.#asked.set(name, this.#several([at]).then(() => this.#known.get(name)));
    this.#asked.get(name).catch(() => this.#asked.delete(name)); // a line that was cut is tried again
    return this.#asked.get(name);
  }

  async #several(places) {
    const { verdicts } = await tryTargets(this.plan, this.visit, places.map(({ crew, day, position }) => ({ crew: crew ?? null, day: day ?? null, position: position ?? null })));
    verdicts.forEach((one, index) => this.#known.set(this.#name(places[index]), one));
    return verdicts;
  }

  /** Find out for whole crew-days, the nearest days first, until `stop` is called; `tell` gets key -> ok as it grows. */
  reach(days, tell) {
    const mine = ++this.#turn;
    const found = new Map();
    const rest = [...days];
    const go = async () => {
      while (rest.length && mine === this.#turn) {
        const part = rest.splice(0, AT_ONCE);
        try {
          const verdicts = await this.#several(part.map(({ crew, day }) => ({ crew, day, position: null })));
          verdicts.forEach((one, index) => found.set(keyOf(part[index].crew, part[index].day), one.ok));
        } catch {
          return; // what is hovered is asked for on its own and says what is wrong
        }
        if (mine === this.#turn) tell(found);
      }
    };
    go();
  }

  stop() {
    this.#turn += 1;
  }
}
