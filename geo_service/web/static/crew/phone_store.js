/** What the phone keeps, in IndexedDB. Reports and what is known of their photos are written in one transaction. */

const NAME = "crew";
const VERSION = 1;
const SAFE = { durability: "strict" }; // a transaction is over when the disk has it

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function build(db) {
  const entries = db.createObjectStore("entries", { keyPath: "seq", autoIncrement: true });
  entries.createIndex("id", "id", { unique: true });
  db.createObjectStore("photos", { keyPath: "sha256" });
  db.createObjectStore("photo_bytes");
  db.createObjectStore("pictures");
  db.createObjectStore("days");
  db.createObjectStore("drafts");
  db.createObjectStore("settings");
}

/** Whether an error means that the phone has no room left. */
export const isFull = (error) => error?.name === "QuotaExceededError" || error?.inner?.name === "QuotaExceededError";

export class PhoneStore {
  #db;

  static async open(name = NAME) {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => build(request.result);
    const store = new PhoneStore();
    store.#db = await done(request);
    store.#db.onversionchange = () => store.#db.close();
    return store;
  }

  close() {
    this.#db.close();
  }

  /** One transaction: `work` gets the stores and may return a promise of requests only. */
  async #in(names, mode, work) {
    const transaction = this.#db.transaction(names, mode, mode === "readwrite" ? SAFE : {});
    const over = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? new DOMException("the transaction was given up", "AbortError"));
    });
    over.catch(() => {});
    let result;
    try {
      result = await work(...names.map((one) => transaction.objectStore(one)));
    } catch (error) {
      try {
        transaction.abort();
      } catch {
        // it has ended by itself
      }
      throw error;
    }
    await over;
    return result;
  }

  // --- reports -----------------------------------------------------------------------------------------------

  entries() {
    return this.#in(["entries"], "readonly", (entries) => done(entries.getAll()));
  }

  /** Keep an entry, bind its photos to it and drop its draft. The same number again changes nothing. */
  note(entry, photos = [], draft = null) {
    return this.#in(["entries", "photos", "drafts"], "readwrite", async (entries, metas, drafts) => {
      const known = await done(entries.index("id").get(entry.id));
      if (known) return known;
      const seq = await done(entries.add(entry));
      for (const photo of photos) {
        const one = (await done(metas.get(photo.sha256))) ?? { ...photo, state: "new", tries: 0, reports: [] };
        metas.put({ ...one, reports: [...new Set([...one.reports, entry.id])] });
      }
      if (draft) drafts.delete(draft);
      return { ...entry, seq };
    });
  }

  change(id, how) {
    return this.#in(["entries"], "readwrite", async (entries) => {
      const entry = await done(entries.index("id").get(id));
      const next = how(entry);
      entries.put(next);
      return next;
    });
  }

  /** Forget reports that the desk has settled, with the confirmed photos that only they name; all others stay. */
  forget(ids) {
    return this.#in(["entries", "photos", "photo_bytes"], "readwrite", async (entries, metas, all) => {
      const gone = new Set();
      for (const id of ids) {
        const entry = await done(entries.index("id").get(id));
        if (!entry || !["confirmed", "conflict", "rejected"].includes(entry.state)) continue;
        entries.delete(entry.seq);
        gone.add(id);
      }
      for (const photo of await done(metas.getAll())) {
        if (photo.state !== "confirmed" || !photo.reports.length || !photo.reports.every((id) => gone.has(id))) continue;
        metas.delete(photo.sha256);
        all.delete(photo.sha256);
      }
    });
  }

  // --- photos taken here -------------------------------------------------------------------------------------

  photos() {
    return this.#in(["photos"], "readonly", (metas) => done(metas.getAll()));
  }

  /** Keep a photo as soon as it is taken, before any report names it. */
  keepPhoto(photo, bytes) {
    return this.#in(["photos", "photo_bytes"], "readwrite", async (metas, all) => {
      const known = await done(metas.get(photo.sha256));
      if (!known) metas.put({ ...photo, state: "new", tries: 0, reports: [] });
      await done(all.put(bytes, photo.sha256));
    });
  }

  changePhoto(sha256, how) {
    return this.#in(["photos"], "readwrite", async (metas) => {
      const next = how(await done(metas.get(sha256)));
      metas.put(next);
      return next;
    });
  }

  bytes(sha256) {
    return this.#in(["photo_bytes"], "readonly", (all) => done(all.get(sha256)));
  }

  /** Drop the bytes of photos that the desk has confirmed, or that no report and no draft names; return how many. */
  freePhotos(drafted = new Set()) {
    return this.#in(["photos", "photo_bytes"], "readwrite", async (metas, all) => {
      let freed = 0;
      const kept = new Set(await done(all.getAllKeys()));
      for (const photo of await done(metas.getAll())) {
        const loose = !photo.reports.length && !drafted.has(photo.sha256);
        if ((photo.state !== "confirmed" && !loose) || !kept.has(photo.sha256)) continue;
        all.delete(photo.sha256);
        if (loose) metas.delete(photo.sha256);
        freed += 1;
      }
      return freed;
    });
  }

  // --- pictures that were taken along ------------------------------------------------------------------------

  /** A picture that was taken along, or that was taken here. */
  picture(sha256) {
    return this.#in(["pictures", "photo_bytes"], "readonly", async (pictures, own) => (await done(pictures.get(sha256))) ?? done(own.get(sha256)));
  }

  pictureNames() {
    return this.#in(["pictures", "photo_bytes"], "readonly", async (pictures, own) => [...(await done(pictures.getAllKeys())), ...(await done(own.getAllKeys()))]);
  }

  keepPicture(sha256, bytes) {
    return this.#in(["pictures"], "readwrite", (pictures) => done(pictures.put(bytes, sha256)));
  }

  dropPictures(except) {
    return this.#in(["pictures"], "readwrite", async (pictures) => {
      for (const name of await done(pictures.getAllKeys())) if (!except.has(name)) pictures.delete(name);
    });
  }

  // --- days, drafts, settings --------------------------------------------------------------------------------

  get(where, key) {
    return this.#in([where], "readonly", (all) => done(all.get(key)));
  }

  put(where, key, value) {
    return this.#in([where], "readwrite", (all) => done(all.put(value, key)));
  }

  remove(where, key) {
    return this.#in([where], "readwrite", (all) => done(all.delete(key)));
  }

  keys(where) {
    return this.#in([where], "readonly", (all) => done(all.getAllKeys()));
  }

  values(where) {
    return this.#in([where], "readonly", (all) => done(all.getAll()));
  }
}
