/** The outbox: every report with what became of it, in the order in which it was noted, the latest first. */

import { el } from "/static/js/dom.js";
import { icon } from "./icons.js";
import { settled } from "./outbox.js";
import { button } from "./parts.js";
import { clock, say, shortDate, told } from "./words.js";

const SIGN = { new: "note", failed: "send", waiting: "pause", confirmed: "done", conflict: "conflict", rejected: "found", clash: "conflict", stuck: "found" };

export function BoxView(app) {
  const { photos, photos_confirmed: arrived } = app.tally;
  const entries = [...app.entries].reverse();
  const confirmed = entries.filter((one) => settled(one)).length;
  return [
    el("h1", {}, say("box")),
    el("p", { class: "quiet" }, say("box_hint")),
    el("div", { class: "sums" },
      el("p", { class: `sum ${confirmed === entries.length ? "good" : ""}`, id: "reports-arrived" }, say("reports_arrived", { n: confirmed, of: entries.length })),
      photos > 0 && el("p", { class: `sum ${arrived === photos ? "good" : ""}`, id: "photos-arrived" }, say("photos_arrived", { n: arrived, of: photos }))),
    button("send", say(app.line.sending ? "sending" : "send_now"), () => app.contact().then(() => app.send({ force: true })), { kind: "main", id: "send-now", disabled: app.line.sending }),
    entries.length ? el("ol", { class: "box" }, entries.map((one) => row(app, one))) : el("p", { class: "card" }, say("box_empty")),
  ];
}

function row(app, entry) {
  const { report } = entry;
  const about = report.plot ?? (report.visit_id ? report.visit_id.split(".")[0] : "");
  const mine = app.photos.filter((one) => one.reports.includes(entry.id));
  const arrived = mine.filter((one) => one.state === "confirmed").length;
  return el("li", { class: `entry ${entry.state}`, "data-id": entry.id },
    el("p", { class: "entry-title" }, el("strong", {}, [about, say(`k_${report.kind}`)].filter(Boolean).join(" · ")), el("span", { class: `chip ${entry.state}` }, icon(SIGN[entry.state]), say(`s_${entry.state}`))),
    detail(entry),
    el("p", { class: "quiet small" }, [
      say("sent_at", { at: `${shortDate(report.at.slice(0, 10))} ${report.at.slice(11, 16)}` }),
      report.minutes !== null && `${report.minutes} ${say("minutes")}`,
      report.waste_key,
      mine.length > 0 && say("photos_arrived", { n: arrived, of: mine.length }),
    ].filter(Boolean).join(" · ")),
    report.remark && el("p", { class: "small" }, report.remark));
}

/** Why it stands where it stands, in words. */
function detail(entry) {
  if (entry.state === "rejected") return el("p", { class: "note bad" }, told(entry.receipt, "reason") || entry.receipt.code);
  if (entry.state === "conflict") return el("p", { class: "note bad" }, say("s_conflict_text"));
  if (entry.state === "clash") return el("p", { class: "note bad" }, say("s_clash_text"));
  if (entry.state === "stuck") return el("p", { class: "note bad" }, say("s_stuck_text", { reason: entry.trouble?.reason || entry.trouble?.code || entry.trouble?.status || "" }));
  if (entry.state === "failed" && entry.trouble?.kind === "unknown") {
    const at = entry.next_try > Date.now() ? ` · ${say("try_at", { at: clock(entry.next_try) })}` : "";
    return el("p", { class: "small" }, `${say(`why_${entry.trouble.why}`)}${at}`);
  }
  return entry.trouble?.kind === "signed_out" ? el("p", { class: "small" }, say("pill_sign_in")) : null;
}
