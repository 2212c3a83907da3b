/** Where a concern lies, on a small map. */

const nodes = [...document.querySelectorAll(".map[data-lon]")];
if (nodes.length) {
  const { pin, smallMap } = await import("../js/small_map.js");
  for (const node of nodes) {
    const at = [Number(node.dataset.lon), Number(node.dataset.lat)];
    pin(smallMap(node, { center: at, label: node.getAttribute("aria-label") }), at);
  }
}
