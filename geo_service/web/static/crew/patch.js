/** Showing a view again without taking away what has not changed: a tap in that moment still meets its button. */

const INTERACTIVE = new Set(["A", "BUTTON", "INPUT", "SELECT", "TEXTAREA", "LABEL", "CANVAS", "SUMMARY", "svg"]);

/** Make the children of a node those that are wanted; equal ones stay, with their listeners and the focus. */
export function patch(node, wanted) {
  wanted.forEach((next, index) => {
    const now = node.childNodes[index];
    if (!now) node.append(next);
    else if (!same(now, next)) alike(now, next) ? renew(now, next) : now.replaceWith(next);
  });
  while (node.childNodes.length > wanted.length) node.lastChild.remove();
}

/** What has the same `data-keep` fills itself and is left alone. */
const same = (now, next) => (now.dataset?.keep && now.dataset.keep === next.dataset?.keep) || now.isEqualNode(next);

const alike = (now, next) => now.nodeType === Node.ELEMENT_NODE && now.nodeName === next.nodeName && now.id === next.id && !INTERACTIVE.has(now.nodeName) && !next.dataset.keep;

function renew(now, next) {
  for (const { name } of [...now.attributes]) if (!next.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of [...next.attributes]) if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  patch(now, [...next.childNodes]);
}

/** Children as a view returns them: nested, with gaps. */
export const flat = (children) =>
  [children].flat(Infinity).filter((one) => one || one === 0).map((one) => (one instanceof Node ? one : document.createTextNode(String(one))));
