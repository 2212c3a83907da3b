/** A rule forbids to begin now: waiting comes first, and whoever begins says why. */

import { el } from "/static/js/dom.js";
import { choices, form, remarkField, submit } from "./form_parts.js";
import { icon } from "./icons.js";
import { link, ruleWords } from "./parts.js";
import { forbidden, secondOfDay } from "./visit.js";
import { say } from "./words.js";

const REASONS = ["danger", "other_tool", "permit", "other"];
const WORDS_LONGEST = 300;

export function againstForm(app, stop) {
  const view = app.standing(stop);
  const kind = view.state === "paused" ? "resume" : "start";
  return form(app, {
    kind: "against", stop, title: say("rule_ask"), first: { against: "", remark: "" },
    body: (draft) => {
      const rules = forbidden(stop, secondOfDay(Date.now()));
      return [
        el("ul", { class: "rules" }, rules.map((one) => el("li", { class: "note bad" }, icon("found"), el("strong", {}, ruleWords(one))))),
        el("p", {}, say("rule_text")),
        link("back", say("rule_wait"), `#visit=${stop.visit_id}`, { kind: "main", id: "rule-wait" }),
        choices(draft, "against", say("rule_why"), REASONS.map((one) => [one, say(`against_${one}`)])),
        remarkField(draft),
        submit(app, draft, { stop, text: say("rule_anyway"), kind: "warn", collect: () => {
          const { against, remark } = draft.value;
          const said = (remark ?? "").trim();
          if (!against || (against === "other" && !said)) return say("choose_reason");
          const rule = [...new Set(rules.map((one) => one.rule.cite))].join(" · ").slice(0, WORDS_LONGEST);
          const reason = [say(`against_${against}`), said].filter(Boolean).join(": ").slice(0, WORDS_LONGEST);
          return { kind, remark: said, ...(rule ? { against: { rule, reason } } : {}) };
        } }),
      ];
    },
  });
}
