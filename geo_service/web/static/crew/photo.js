/** Pictures for the desk: turned upright, no larger than needed, drawn anew so that nothing of the camera's notes stays. */

import { sha256 } from "./hash.js";
import { deviceTime } from "./visit.js";

const LONGEST_PX = 1600;
const QUALITY = 0.82;

/** Scale a chosen file down. @returns {Promise<{meta: object, bytes: ArrayBuffer}>} */
export async function photoOf(file, role, now = Date.now()) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_PX / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return fromCanvas(canvas, role, "image/jpeg", now);
}

/** What is on a canvas as a photo: a signature, or a picture scaled down. */
export async function fromCanvas(canvas, role, type, now = Date.now()) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
  const bytes = await blob.arrayBuffer();
  return { meta: { sha256: await sha256(bytes), role, type, size_bytes: bytes.byteLength, taken_at: deviceTime(now) }, bytes };
}
