/** Planning: ask for a plan, watch it, stop it. One small form that lives in the panel. */

import { cancelPlan, followPlan, startPlan, unfinishedPlan } from "./desk.js";
import { el, fill } from "./dom.js";
import { noteInWords, say, valueName } from "./language.js";

export class Planning {
  node = el("section", { class: "planning" });
  #wish;
  #state = null;
  #run = "";
  #stopping = false;
  #message = null;
  #onDone;

  /** @param {string} from first day proposed; @param {function(): Promise} onDone called when a new plan is in force */
  constructor(from, onDone) {
    this.#wish = { from, days: 10, seconds: 20 };
    this.#onDone = onDone;
  }

  /** Go on watching a run that was started before the page was opened. */
  async resume() {
    const run = await unfinishedPlan();
    if (run) await this.#follow(run.id);
  }

  show() {
    fill(this.node, el("h2", {}, say("planning")), this.#state ? this.#progress() : this.#form(), this.#said());
  }

  #form() {
    const field = (key, word, props) =>
      el("label", {}, el("span", {}, say(word)),
        el("input", { ...props, id: `plan-${key}`, name: key, required: true, value: this.#wish[key], oninput: (event) => { this.#wish[key] = event.target.value; } }));
    const send = (event) => {
      event.preventDefault();
      this.#start();
    };
    return el("form", { onsubmit: send },
      field("from", "plan_from", { type: "date", min: "2000-01-01", max: "2099-12-31" }),
      field("days", "plan_days", { type: "number", min: 1, max: 60, step: 1 }),
      field("seconds", "plan_seconds", { type: "number", min: 1, max: 600, step: 1 }),
      el("button", { type: "submit", class: "go", id: "plan-start" }, say("plan")),
    );
  }

  #progress() {
    const { stage, done, total, note } = this.#state;
    const bar = total > 0 ? { value: done, max: total } : {};
    return el("div", { role: "status" },
      el("p", {}, valueName("stage", stage), total > 0 ? ` ${done}/${total}` : "", note ? el("span", { class: "quiet" }, noteInWords(note)) : null),
      el("progress", { ...bar, id: "plan-bar", "aria-label": say("planning") }),
      el("button", { type: "button", id: "plan-cancel", disabled: this.#stopping, onclick: () => this.#cancel() }, say("cancel")),
    );
  }

  #said() {
    if (!this.#message) return null;
    const { key, detail } = this.#message;
    return el("p", { class: key === "plan_done" ? "good" : "bad", role: "status" }, say(key), detail ? `: ${detail}` : "");
  }

  async #start() {
    this.#message = null;
    this.#tell({ stage: "", done: 0, total: 0, note: "" });
    try {
      const run = await startPlan({ from: this.#wish.from, days: Number(this.#wish.days), seconds: Number(this.#wish.seconds) });
      await this.#follow(run.id);
    } catch (error) {
      if (error.status === 409 && error.problem.run) {
        this.#message = { key: "plan_busy" };
        await this.#follow(error.problem.run);
      } else this.#end("plan_failed", error.detail || error.message);
    }
  }

  async #follow(id) {
    this.#run = id;
    this.#tell({ stage: "", done: 0, total: 0, note: "" });
    if (this.#stopping) this.#stop(); // asked for before the run had its name
    try {
      const plan = await followPlan(id, (state) => this.#tell(state));
      if (plan.status === "done") await this.#onDone();
      const key = { done: "plan_done", cancelled: "plan_cancelled" }[plan.status] ?? "plan_failed";
      this.#end(key, [plan.error?.message, plan.error?.remedy].filter(Boolean).join(" – "));
    } catch (error) {
      this.#end("plan_failed", error.status === 0 ? say("offline") : error.detail || error.message);
    }
  }

  #cancel() {
    this.#stopping = true;
    this.show();
    if (this.#run) this.#stop();
  }

  #stop() {
    cancelPlan(this.#run).catch(() => null); // it may just have ended: the end of the stream tells
  }

  #tell(state) {
    this.#state = state;
    this.show();
  }

  #end(key, detail) {
    this.#state = null;
    this.#run = "";
    this.#stopping = false;
    this.#message = { key, detail };
    this.show();
  }
}
