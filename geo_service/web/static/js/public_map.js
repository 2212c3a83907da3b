/** The map of the public page: one layer at a time, chosen by a switch. */

import { smallMap } from "./small_map.js";

const node = document.getElementById("public-map");
const map = smallMap(node, { label: node.getAttribute("aria-label"), zoom: 12 });
node.closest("section").hidden = false;
document.getElementById("layers").addEventListener("change", (event) => map.shows(event.target.value));
