/** Asking the desk. Every answer becomes one of: receipt, unknown, signed_out, clash, refused, or what was read. */

const PATIENCE_MS = 30_000;
export const PIECE_BYTES = 256 * 1024;

const JSON_TYPE = /^application\/(problem\+)?json\b/;
const unknown = (why, more = {}) => ({ kind: "unknown", why, ...more });

export class Transport {
  #fetch;
  #patience;
  #heard;

  /** @param {function(Date|null, number)} heard told the desk's `Date` and when the answer came, for every answer of the desk */
  constructor({ fetch = globalThis.fetch.bind(globalThis), patience_ms = PATIENCE_MS, heard = () => {} } = {}) {
    this.#fetch = fetch;
    this.#patience = patience_ms;
    this.#heard = heard;
  }

  /** Ask; null and why when there was no answer. A redirect is no answer of the desk's interface. */
  async #ask(method, path, options = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), this.#patience);
    try {
      const response = await this.#fetch(path, {
        method, redirect: "manual", cache: "no-store", credentials: "same-origin", signal: stop.signal, ...options,
      });
      const type = response.headers.get("content-type") ?? "";
      const body = method === "HEAD" || !JSON_TYPE.test(type) ? null : await response.json().catch(() => null);
      if (body !== null && response.headers.get("date")) this.#heard(new Date(response.headers.get("date")), Date.now());
      return { response, body };
    } catch {
      return { response: null, why: stop.signal.aborted ? "timeout" : "offline" };
    } finally {
      clearTimeout(timer);
    }
  }

  #notTaken({ response, body, why }) {
    if (!response) return unknown(why);
    const { status } = response;
    if (status === 401) return { kind: "signed_out" };
    if (status === 429 || status >= 500) {
      return unknown("server", { status, wait_ms: 1000 * Math.min(600, Number(response.headers.get("retry-after")) || 0) });
    }
    // a refusal counts only in the desk's own form: a portal or a proxy may answer anything
    if (status < 400 || !body) return unknown("portal", { status });
    return { kind: status === 409 ? "clash" : "refused", status, code: body.code ?? "", reason: body.detail ?? "", remedy: body.remedy ?? "" };
  }

  /** Send a report; only 201 or 202 with a receipt that names it and its bytes counts. */
  async report(entry) {
    const answer = await this.#ask("PUT", `/field-reports/${entry.id}`, {
      body: entry.body, headers: { "Content-Type": "application/json" },
    });
    const { response, body } = answer;
    if (response && (response.status === 201 || response.status === 202) && body?.report_id === entry.id) {
      const known = ["accepted", "waiting", "conflict", "rejected"].includes(body.status);
      if (known && body.sha256 === entry.sha256) return { kind: "receipt", receipt: body };
      return unknown("portal", { status: response.status });
    }
    return this.#notTaken(answer);
  }

  /** Send a photo, going on where an earlier try ended; only 201 with a receipt that names its hash counts. */
  async photo(photo, bytes) {
    const path = `/photos/${photo.sha256}`;
    let from = 0;
    if (photo.tries > 1 || bytes.byteLength > PIECE_BYTES) {
      const seen = await this.#ask("HEAD", path);
      if (!seen.response) return unknown(seen.why);
      if (seen.response.status === 401) return { kind: "signed_out" };
      const [offset, length] = ["upload-offset", "upload-length"].map((one) => Number(seen.response.headers.get(one) ?? NaN));
      if (seen.response.status === 200 && length === bytes.byteLength && offset > 0 && offset <= length) from = offset;
    }
    if (from === 0 && bytes.byteLength <= PIECE_BYTES) return this.#whole(path, photo, bytes);
    return this.#pieces(path, photo, bytes, from);
  }

  async #whole(path, photo, bytes) {
    const answer = await this.#ask("PUT", path, { body: bytes, headers: { "Content-Type": photo.type } });
    return this.#photoReceipt(answer, photo) ?? this.#notTaken(answer);
  }

  async #pieces(path, photo, bytes, start) {
    let from = start;
    do {
      const end = Math.min(bytes.byteLength, from + PIECE_BYTES); // nothing is left to send when only the receipt got lost
      const answer = await this.#ask("PATCH", path, {
        body: bytes.slice(from, end),
        headers: { "Content-Type": photo.type, "Upload-Offset": String(from), "Upload-Length": String(bytes.byteLength) },
      });
      const receipt = this.#photoReceipt(answer, photo);
      if (receipt) return receipt;
      if (answer.response?.status !== 204) {
        const told = this.#notTaken(answer);
        // pieces that do not fit together: once more, whole
        return ["clash", "refused"].includes(told.kind) && start > 0 ? this.#whole(path, photo, bytes) : told;
      }
      if (Number(answer.response.headers.get("upload-offset")) !== end) return unknown("portal", { status: 204 });
      from = end;
    } while (from < bytes.byteLength);
    return this.#whole(path, photo, bytes);
  }

  #photoReceipt({ response, body }, photo) {
    return response?.status === 201 && body?.sha256 === photo.sha256 && body.status === "received" ? { kind: "receipt", receipt: body } : null;
  }

  /** Read something of the desk as JSON: {kind: "read", body, etag} or "same" when the ETag still holds. */
  async read(path, etag = "") {
    const answer = await this.#ask("GET", path, etag ? { headers: { "If-None-Match": etag } } : {});
    const { response, body } = answer;
    if (response?.status === 304) return { kind: "same" };
    if (response?.status === 200 && body) return { kind: "read", body, etag: response.headers.get("etag") ?? "" };
    return this.#notTaken(answer);
  }

  /** Read bytes: {kind: "read", bytes, type, etag}. */
  async bytes(path) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), this.#patience);
    try {
      const response = await this.#fetch(path, { redirect: "manual", credentials: "same-origin", signal: stop.signal });
      if (response.status === 401) return { kind: "signed_out" };
      if (response.status !== 200) return unknown("server", { status: response.status });
      const { headers } = response;
      return { kind: "read", bytes: await response.arrayBuffer(), type: headers.get("content-type") ?? "", etag: headers.get("etag") ?? "" };
    } catch {
      return unknown(stop.signal.aborted ? "timeout" : "offline");
    } finally {
      clearTimeout(timer);
    }
  }
}
