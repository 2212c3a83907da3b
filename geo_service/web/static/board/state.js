/** The board as a value that is changed in one place: crew-days by key, visits by where they lie. */

export const keyOf = (crew, day) => `${day}|${crew}`;

export class State {
  /** @param {object} board what /schedule answered */
  constructor(board) {
    Object.assign(this, { ...board, days: undefined });
    this.byKey = new Map(board.days.map((one) => [keyOf(one.crew, one.day), one]));
    this.crewByCode = new Map(board.crews.map((one, place) => [one.code, { ...one, place }]));
    this.#index();
  }

  #index() {
    this.where = new Map();
    for (const [key, one] of this.byKey) one.cards.forEach((card, index) => this.where.set(card.visit, { key, index, card }));
    this.off = new Map(this.unserved.map((one) => [one.visit, one]));
  }

  day(crew, day) {
    return this.byKey.get(keyOf(crew, day));
  }

  /** Where a visit lies: `{crew, day, position, card}`; null when it is in no route. */
  at(visit) {
    const found = this.where.get(visit);
    if (!found) return null;
    const { crew, day } = this.byKey.get(found.key);
    return { crew, day, position: found.index + 1, card: found.card };
  }

  /** The card or the line of a visit, wherever it is. */
  visit(id) {
    return this.where.get(id)?.card ?? this.off.get(id) ?? null;
  }

  taskName(code) {
    return this.tasks[code] ?? code;
  }

  crewName(code) {
    return this.crewByCode.get(code)?.name ?? code;
  }

  /** "KLZ-0012 Rasen mähen" */
  nameOf(id) {
    const one = this.visit(id);
    return one ? `${one.plot} ${this.taskName(one.task)}` : id;
  }

  /** Move at once, before the program has answered; returns what takes it back. */
  guess(visit, crew, day, position) {
    const kept = { byKey: new Map(this.byKey), unserved: this.unserved };
    const from = this.where.get(visit);
    const moved = from?.card ?? cardOf(this.off.get(visit));
    const touched = new Set();
    if (from) {
      this.#put(from.key, (cards) => cards.filter((one) => one.visit !== visit));
      touched.add(from.key);
    } else this.unserved = this.unserved.filter((one) => one.visit !== visit);
    if (crew) {
      const key = keyOf(crew, day);
      this.#put(key, (cards) => cards.toSpliced((position ?? cards.length + 1) - 1, 0, { ...moved, pending: true }));
      touched.add(key);
    } else this.unserved = [...this.unserved, lineOf(moved)];
    this.#index();
    return {
      touched,
      back: () => {
        Object.assign(this, kept);
        this.#index();
      },
    };
  }

  #put(key, change) {
    const one = this.byKey.get(key);
    this.byKey.set(key, { ...one, cards: change(one.cards) });
  }

  /** Take over what a move or its undoing handed back; returns the keys of the crew-days that changed. */
  take(told) {
    for (const one of told.days) this.byKey.set(keyOf(one.crew, one.day), one);
    Object.assign(this, { plan: told.plan, revision: told.revision, unserved: told.unserved, costs: told.costs, faults: told.faults });
    this.#index();
    return new Set(told.days.map((one) => keyOf(one.crew, one.day)));
  }
}

const cardOf = (line) => ({
  ...line, quarter: "", order: 0, start_s: 0, end_s: 0, drive_s: 0, windows: [], part: 1, parts: 1, locked: false,
  announced: null, lock_reason: "", follow_up: "", outcome: "", stopped: false, earliest: line.due, latest: line.due, volume_m3: 0, people: 1,
});

const lineOf = (card) => ({ ...card, code: "refused", reason: "", remedy: null, set_aside: true, pending: true });
