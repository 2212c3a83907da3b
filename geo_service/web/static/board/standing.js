/** What stands in place of the board: nobody signed in, no plan yet, no answer. */

import { el } from "../js/dom.js";
import { t } from "./words.js";

const view = (kind, title, ...rest) => el("section", { class: `standing ${kind}` }, el("h2", {}, title), ...rest);

export const signInView = (status) =>
  status === 403
    ? view("not-for-you", t("not_for_you"), el("p", {}, t("not_for_you_text")))
    : view("sign-in", t("sign_in_title"), el("p", {}, t("sign_in_text")), el("a", { class: "button", href: "/sign-in" }, t("sign_in")));

export const emptyView = (ended, may) =>
  view("empty", ended ? t("ended") : t("empty"), el("p", {}, ended ? t("ended_text") : may ? t("empty_text") : t("empty_viewer")));

export const failedView = (error, again) =>
  view("failed", t("failed"), el("p", {}, error.status === 0 ? t("offline") : error.detail || error.message), el("button", { type: "button", class: "go", onclick: again }, t("retry")));
