/** Send a file with progress, which can be stopped. */

import { Refused } from "./desk.js";

/**
 * @param {function(number)} tell gets the share that has been sent, 0 to 1
 * @returns {{answer: Promise, stop: function()}} `answer` rejects with `stopped` set when it was stopped
 */
export function upload(address, file, tell) {
  const request = new XMLHttpRequest();
  const answer = new Promise((resolve, reject) => {
    request.open("POST", address);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && tell(event.loaded / event.total));
    request.upload.addEventListener("load", () => tell(1));
    request.addEventListener("load", () => {
      let body = {};
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // not every answer carries a body; the status says enough
      }
      if (request.status >= 200 && request.status < 300) resolve(body);
      else reject(new Refused(request.status, body.title ?? request.statusText, body));
    });
    request.addEventListener("error", () => reject(new Refused(0, "no connection")));
    request.addEventListener("abort", () => reject(Object.assign(new Refused(0, "stopped"), { stopped: true })));
    request.send(file);
  });
  return { answer, stop: () => request.abort() };
}
