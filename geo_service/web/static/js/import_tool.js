/** Import a file: send it, see what would happen on the map and in a list, then take it over. */

import { el } from "./dom.js";
import { upload } from "./upload.js";
import { pictureOf } from "./images.js";
import { area, language, number, say, valueName } from "./language.js";
import { theme } from "./palette.js";
import { Tool } from "./tool.js";

export const make = (name, context) => new ImportTool(context);

const MOST_BYTES = 30_000_000;
const MOST_LISTED = 200;
const GROUPS = ["all", "refused", "repaired", "warned", "new", "changed", "unchanged"];

class ImportTool extends Tool {
  #file = null;
  #step = "choose";
  #share = null;
  #found = null;
  #group = "all";
  #stop = null;

  constructor(context) {
    super(context);
    this.#file = context.given;
  }

  get title() {
    return say("import_title");
  }

  begin() {
    super.begin();
    if (this.#file) this.#try(this.#file);
  }

  body() {
    if (this.#step === "choose") return this.#chooser();
    if (this.#step === "trying" || this.#step === "keeping") return this.#progress();
    return this.#report();
  }

  foot() {
    if (this.#step !== "tried") return null;
    const { new: fresh, changed } = this.#found;
    const count = fresh + changed;
    return el("div", { class: "foot" },
      count ? el("button", { type: "button", class: "go", id: "import-go", onclick: () => this.#keep() }, count === 1 ? say("import_go_one") : say("import_go").replace("{count}", number(count))) : null,
      el("button", { type: "button", id: "import-other", onclick: () => this.#back() }, say("import_choose")));
  }

  #chooser() {
    const input = el("input", { type: "file", class: "unseen", id: "import-file", accept: ".geojson,.json,.gpkg,.zip,.csv,.fgb,.kml,.gml,.parquet", onchange: (event) => event.target.files[0] && this.#try(event.target.files[0]) });
    return el("div", { class: "dropzone" }, el("p", {}, say("import_how")), input,
      el("label", { class: "button", for: "import-file" }, say("import_choose")));
  }

  #progress() {
    const sent = this.#share !== null && this.#share < 1;
    const text = sent ? say("import_sending") : say(this.#step === "trying" ? "import_trying" : "import_keeping");
    return el("div", { class: "reading", role: "status" }, el("p", {}, `${this.#file.name} · ${number(this.#file.size / 1000)} kB`), el("p", {}, text),
      el("progress", { id: "import-bar", "aria-label": text, max: 1, ...(sent ? { value: this.#share } : {}) }),
      this.#step === "trying" || sent ? el("button", { type: "button", id: "import-cancel", onclick: () => this.#cancel() }, say("cancel_import")) : null);
  }

  #report() {
    const found = this.#found;
    const groups = { all: found.read, refused: found.refused, repaired: found.repaired, warned: found.warned, new: found.new, changed: found.changed, unchanged: found.unchanged };
    const rows = found.rows.filter((row) => fits(row, this.#group));
    const more = rows.length - MOST_LISTED + (this.#group === "all" ? found.rows_left_out : 0);
    return [
      el("p", { class: "name" }, found.source),
      found.leaves_sample ? el("p", { class: "warning" }, say("import_sample")) : null,
      found.new + found.changed ? null : el("p", { class: "bad" }, say("import_none")),
      el("fieldset", { class: "counts" }, el("legend", { class: "unseen" }, say("import_filter")), GROUPS.filter((one) => groups[one]).map((one) =>
        el("label", {}, el("input", { type: "radio", name: "group", id: `group-${one}`, checked: one === this.#group, onchange: () => this.#show(one) }),
          el("span", {}, one === "all" ? say("import_all") : valueName("outcome", one), " ", el("b", {}, number(groups[one])))))),
      el("ul", { class: "report", id: "import-rows" }, rows.slice(0, MOST_LISTED).map((row) => this.#row(row))),
      more > 0 ? el("p", { class: "quiet" }, say("import_rows_more").replace("{count}", number(more))) : null,
      found.notes.length ? el("p", { class: "quiet" }, found.notes.join(" · ")) : null,
    ];
  }

  #row(row) {
    const de = language() === "de";
    const why = row.outcome === "refused" ? [de ? row.reason_de : row.reason, de ? row.remedy_de : row.remedy].filter(Boolean).join(" – ") : [de ? row.repaired_de : row.repaired, ...(de ? row.warnings_de : row.warnings)].filter(Boolean).join("; ");
    const placed = row.lon !== null;
    return el("li", {}, el("button", { type: "button", id: `import-row-${row.row}`, disabled: !placed, onclick: () => this.desk.map?.flyTo(row.lon, row.lat, 16.5) },
      pictureOf(`trial|${row.outcome}|${theme().name}`, "swatch"),
      `${say("import_row")} ${row.row}: `, el("b", {}, row.code || valueName("outcome", row.outcome)),
      row.code ? ` ${valueName("outcome", row.outcome)}${row.repaired ? `, ${say("import_repaired")}` : ""}` : "", row.area_m2 ? ` · ${area(row.area_m2)}` : "",
      why ? el("span", { class: "why" }, why) : null));
  }

  #show(group) {
    this.#group = group;
    this.#draw();
    this.show();
  }

  #draw(fit = false) {
    const rows = (this.#found?.rows ?? []).filter((row) => fits(row, this.#group));
    const outlines = rows.filter((row) => row.outline).map((row) => ({ type: "Feature", geometry: row.outline, properties: { outcome: row.outcome } }));
    const signs = rows.filter((row) => row.lon !== null).map((row) => ({ type: "Feature", geometry: { type: "Point", coordinates: [row.lon, row.lat] }, properties: { outcome: row.outcome } }));
    this.desk.map?.showTrial(outlines, signs);
    if (fit) this.desk.map?.fitTo(signs);
  }

  async #try(file) {
    this.#file = file;
    this.message = null;
    if (file.size > MOST_BYTES) {
      this.message = { text: say("import_too_large").replace("{size}", MOST_BYTES / 1e6) };
      this.show();
      return;
    }
    const found = await this.#send("trying", `/imports/preview?name=${encodeURIComponent(file.name)}`);
    if (!found) return;
    this.#found = found;
    this.#group = "all";
    this.#step = "tried";
    this.#draw(true);
    this.show();
  }

  async #keep() {
    const query = `name=${encodeURIComponent(this.#file.name)}&revision=${this.#found.revision}`;
    const { new: fresh, changed } = this.#found;
    const kept = await this.#send("keeping", `/imports?${query}`);
    if (!kept) return;
    this.end();
    await this.desk.changed("", say("import_done").replace("{new}", number(fresh)).replace("{changed}", number(changed)));
  }

  /** Send the file; null when it was refused or stopped, which is said. */
  async #send(step, address) {
    const before = step === "keeping" ? "tried" : "choose";
    this.#step = step;
    this.#share = 0;
    this.show();
    const sending = upload(address, this.#file, (share) => {
      this.#share = share;
      this.show();
    });
    this.#stop = sending.stop;
    try {
      return await sending.answer;
    } catch (error) {
      this.#step = before;
      if (error.stopped) this.message = { good: true, text: say("import_stopped") };
      else if (error.problem?.code === "changed_since_preview") {
        this.message = { text: say("import_changed") };
        setTimeout(() => this.#try(this.#file), 1500);
      } else this.refused(error);
      this.show();
      return null;
    } finally {
      this.#stop = null;
    }
  }

  #cancel() {
    this.#stop?.();
  }

  #back() {
    this.#found = null;
    this.#step = "choose";
    this.#draw();
    this.show();
  }

  tidy() {
    this.#stop?.();
    this.desk.map?.showTrial([], []);
  }
}

function fits(row, group) {
  if (group === "all") return true;
  if (group === "repaired") return Boolean(row.repaired);
  if (group === "warned") return row.warnings.length > 0;
  return row.outcome === group;
}
