/**
 * What the phone noted and what became of it at the desk. Nothing local goes before its receipt.
 *
 *   new -> failed -> confirmed     marked "failed" before it is sent: whatever kills the page, it is sent again
 *                 -> waiting       the desk has it and waits for the report it builds on; asked again
 *                 -> conflict      the desk keeps it beside what another did; a planner decides
 *                 -> rejected      the desk keeps it with its reason
 *                 -> clash         another body was sent under the same number; both are kept
 *                 -> stuck         the desk did not take it (not yours, not understood); kept, sent again on demand
 *
 * Only a receipt that names the report's number and the hash of its body counts. All else is "unknown" and sent again.
 */

const FINAL = new Set(["confirmed", "conflict", "rejected", "clash"]);
const STATE_OF = { accepted: "confirmed", waiting: "waiting", conflict: "conflict", rejected: "rejected" };

export const settled = (entry) => FINAL.has(entry.state);
/** Whether the desk is known to hold it. */
export const atDesk = (entry) => settled(entry) || entry.state === "waiting";
/** Whether it would be sent without anybody asking. */
const open = (entry) => !settled(entry) && entry.state !== "stuck";

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;
const DEAF_AFTER = 2; // so many requests without any answer end a round

/** How long to wait after so many tries, milliseconds; a half of it by chance, so that phones do not march in step. */
export function pause(tries, chance = Math.random()) {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, tries - 1));
  return Math.round(whole * (0.5 + chance / 2));
}

/** What an entry becomes by what was answered. A settled one never changes. */
export function settle(entry, answer, now) {
  if (settled(entry)) return entry;
  const told = { ...entry, told_at: now };
  switch (answer.kind) {
    case "receipt": {
      const state = STATE_OF[answer.receipt.status];
      const again = state === "waiting" ? now + pause(entry.tries) : 0;
      return { ...told, state, receipt: answer.receipt, trouble: null, next_try: again };
    }
    case "clash":
      return { ...told, state: "clash", trouble: answer };
    case "refused":
      return { ...told, state: "stuck", trouble: answer };
    case "signed_out":
      return { ...entry, trouble: answer, next_try: 0 };
    default:
      return { ...entry, trouble: answer, next_try: now + Math.max(pause(entry.tries), answer.wait_ms ?? 0) };
  }
}

/** What is to be sent, in chains: what concerns one visit in its order, visits apart; whom we tried longest ago first. */
export function chains(entries, { now, force = false }) {
  const byVisit = new Map();
  for (const entry of [...entries].sort((a, b) => a.seq - b.seq)) {
    if (!(force ? !settled(entry) : open(entry))) continue;
    const name = entry.visit_id ?? entry.id;
    byVisit.set(name, [...(byVisit.get(name) ?? []), entry]);
  }
  return [...byVisit.values()]
    .filter(([first]) => force || (first.next_try ?? 0) <= now)
    .sort(([a], [b]) => (a.tried_at ?? 0) - (b.tried_at ?? 0) || a.seq - b.seq);
}

/** Counts for the eye: {new, failed, waiting, …, photos, photos_confirmed, open}. */
export function tally(entries, photos) {
  const counts = { new: 0, failed: 0, waiting: 0, confirmed: 0, conflict: 0, rejected: 0, clash: 0, stuck: 0 };
  for (const entry of entries) counts[entry.state] += 1;
  const sent = photos.filter((one) => one.reports.length);
  const arrived = sent.filter((one) => one.state === "confirmed").length;
  const unsent = entries.filter((one) => !atDesk(one)).length;
  return { ...counts, photos: sent.length, photos_confirmed: arrived, open: unsent + sent.length - arrived };
}

/** Numbers of reports that may be forgotten: of days before `today` that were closed, all of it confirmed at the desk. */
export function forgettable(entries, photos, today) {
  const onWay = new Set(photos.filter((one) => one.state !== "confirmed").flatMap((one) => one.reports));
  const dayOf = (one) => `${one.day}|${one.crew}`;
  const closed = new Set(entries.filter((one) => one.report.kind === "day_closed" && one.state === "confirmed").map(dayOf));
  for (const one of entries) if (one.state !== "confirmed" || onWay.has(one.id)) closed.delete(dayOf(one));
  return entries.filter((one) => one.day < today && closed.has(dayOf(one))).map((one) => one.id);
}

/** When to try next by itself, or null when there is nothing to send. */
export function nextTry(entries, photos) {
  const times = [
    ...entries.filter(open).map((one) => one.next_try ?? 0),
    ...photos.filter((one) => one.reports.length && ["new", "failed"].includes(one.state)).map((one) => one.next_try ?? 0),
  ];
  return times.length ? Math.min(...times) : null;
}

export class Outbox {
  #store;
  #desk;
  #now;
  #changed;
  #alone;
  #running = null;
  #asked = null;

  /**
   * @param {object} store entries(), photos(), note(), change(id, f), changePhoto(sha256, f), bytes(sha256)
   * @param {object} desk report(entry), photo(photo, bytes): what was answered, never an exception
   * @param {function(): number} now milliseconds
   * @param {function()} changed called after every change
   * @param {function(function)} alone runs something that no other window of the phone runs at the same time
   */
  constructor({ store, desk, now = Date.now, changed = () => {}, alone = oneWindow }) {
    this.#store = store;
    this.#desk = desk;
    this.#now = now;
    this.#changed = changed;
    this.#alone = alone;
  }

  /** Keep a report with what is known of its photos, in one transaction; resolves when it is on the disk. */
  async note(entry, photos = []) {
    const kept = await this.#store.note({ ...entry, state: "new", tries: 0, noted_at: this.#now() }, photos);
    this.#changed();
    return kept;
  }

  /**
   * Send what is due (all, when forced) and resolve when the round is over. One round at a time, over all windows.
   * @returns {Promise<{signed_out: boolean, deaf: boolean}>}
   */
  run({ force = false } = {}) {
    if (this.#running) {
      this.#asked = { force: force || this.#asked?.force };
      return this.#running;
    }
    this.#running = this.#rounds(force).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #rounds(force) {
    let end;
    let wanted = { force };
    while (wanted) {
      this.#asked = null;
      const now = wanted;
      end = await this.#alone(() => this.#round(now.force));
      wanted = end.signed_out || end.deaf ? null : this.#asked;
    }
    return end;
  }

  async #round(force) {
    const round = { signed_out: false, deaf: false, silent: 0, sent: new Set() };
    await this.#sendEntries(round, force);
    // what waits for another is asked again once that one is there
    if (!round.signed_out && !round.deaf && round.sent.size) await this.#sendEntries(round, true, (one) => one.state === "waiting");
    if (!round.signed_out && !round.deaf) await this.#sendPhotos(round, force);
    this.#changed();
    return { signed_out: round.signed_out, deaf: round.deaf };
  }

  async #sendEntries(round, force, which = () => true) {
    const entries = (await this.#store.entries()).filter(which);
    for (const chain of chains(entries, { now: this.#now(), force })) {
      for (const entry of chain) {
        const answer = await this.#sendEntry(entry);
        round.sent.add(entry.id);
        if (this.#ends(round, answer)) return;
        if (answer.kind === "unknown") break; // what builds on it stays behind it; other visits go on
      }
    }
  }

  async #sendEntry(entry) {
    const marked = await this.#store.change(entry.id, (one) => ({
      ...one, state: one.state === "waiting" ? "waiting" : "failed", tries: one.tries + 1, tried_at: this.#now(),
    }));
    this.#changed();
    const answer = await this.#desk.report(marked);
    await this.#store.change(entry.id, (one) => settle(one, answer, this.#now()));
    this.#changed();
    return answer;
  }

  async #sendPhotos(round, force) {
    const now = this.#now();
    const due = (await this.#store.photos())
      .filter((one) => one.reports.length && one.state !== "confirmed")
      .filter((one) => force || (one.state !== "stuck" && (one.next_try ?? 0) <= now))
      .sort((a, b) => (a.tried_at ?? 0) - (b.tried_at ?? 0));
    for (const photo of due) {
      const answer = await this.#sendPhoto(photo);
      if (this.#ends(round, answer)) return;
    }
  }

  async #sendPhoto(photo) {
    const bytes = await this.#store.bytes(photo.sha256);
    if (!bytes) {
      await this.#store.changePhoto(photo.sha256, (one) => ({ ...one, state: "stuck", trouble: { kind: "refused", code: "bytes_missing" } }));
      return { kind: "refused" };
    }
    const marked = await this.#store.changePhoto(photo.sha256, (one) => ({
      ...one, state: one.state === "confirmed" ? "confirmed" : "failed", tries: one.tries + 1, tried_at: this.#now(),
    }));
    const answer = await this.#desk.photo(marked, bytes);
    await this.#store.changePhoto(photo.sha256, (one) => {
      if (one.state === "confirmed") return one;
      if (answer.kind === "receipt") return { ...one, state: "confirmed", trouble: null };
      if (answer.kind === "refused") return { ...one, state: "stuck", trouble: answer };
      const wait = answer.kind === "signed_out" ? 0 : pause(one.tries);
      return { ...one, trouble: answer, next_try: wait ? this.#now() + wait : 0 };
    });
    this.#changed();
    return answer;
  }

  /** Note what an answer says of the line; true when going on is of no use now. */
  #ends(round, answer) {
    if (answer.kind === "signed_out") round.signed_out = true;
    round.silent = answer.kind === "unknown" && ["offline", "timeout"].includes(answer.why) ? round.silent + 1 : 0;
    if (round.silent >= DEAF_AFTER) round.deaf = true;
    return round.signed_out || round.deaf;
  }
}

const oneWindow = (work) => (navigator.locks ? navigator.locks.request("crew-outbox", work) : work());
