/** A form that is being filled in: kept with every change, so that a page that dies takes nothing along. */

import { newId } from "./hash.js";
import { isFull } from "./phone_store.js";
import { photoOf } from "./photo.js";

export class Draft {
  #store;

  constructor(store, key, value) {
    this.#store = store;
    this.key = key;
    this.value = value;
  }

  /** Open the draft of a form, or begin one; its number is that of the report it becomes. */
  static async open(store, kind, visitId, first) {
    const key = `${kind}:${visitId ?? ""}`;
    const kept = await store.get("drafts", key);
    return new Draft(store, key, kept ?? { id: newId(), photos: [], ...first });
  }

  /** Change some fields and keep them. */
  async set(fields) {
    Object.assign(this.value, fields);
    await this.#keep();
  }

  async #keep() {
    try {
      await this.#store.put("drafts", this.key, this.value);
    } catch (error) {
      if (!isFull(error)) throw error; // the form itself still holds it
    }
  }

  /** Take a file as photo; "full" when the phone has no room for it, "unreadable" when it is no picture. */
  async addPhoto(file, role) {
    let photo;
    try {
      photo = await photoOf(file, role);
    } catch {
      return "unreadable";
    }
    return this.addMade(photo);
  }

  async addMade({ meta, bytes }) {
    try {
      await this.#store.keepPhoto(meta, bytes);
    } catch (error) {
      if (isFull(error)) return "full";
      throw error;
    }
    if (!this.value.photos.some((one) => one.sha256 === meta.sha256)) this.value.photos.push(meta);
    await this.#keep();
    return "kept";
  }

  async removePhoto(sha256) {
    this.value.photos = this.value.photos.filter((one) => one.sha256 !== sha256);
    await this.#keep();
  }

  async drop() {
    await this.#store.remove("drafts", this.key);
  }
}

/** Hashes of photos that a form holds and no report names yet. */
export async function drafted(store) {
  return new Set((await store.values("drafts")).flatMap((one) => one.photos.map((photo) => photo.sha256)));
}
