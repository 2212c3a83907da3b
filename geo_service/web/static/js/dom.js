/** Elements without innerHTML: text is text, and styles go through the CSSOM, as the content policy asks. */

/**
 * Make an element. `props` are attributes; `on…` are listeners, `colour` sets --crew; null and false are left out.
 * @param {string} name
 * @param {Object<string, any>} props
 * @param {...(Node|string|number|null|false|Array)} children
 */
export function el(name, props = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "colour") node.style.setProperty("--crew", value);
    else if (key === "checked" || key === "value" || key === "disabled" || key === "indeterminate") node[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(2).filter((one) => one !== null && one !== false && one !== undefined && one !== ""));
  return node;
}

/** Replace what is in a node and keep the keyboard where it was, by the id of the focused element. */
export function fill(node, ...children) {
  const active = node.contains(document.activeElement) ? document.activeElement : null;
  const focused = active?.id ?? "";
  const caret = active?.matches("textarea, input:is([type=text], [type=search])") ? [active.selectionStart, active.selectionEnd] : null;
  const open = new Set([...node.querySelectorAll("details[open][id]")].map((one) => one.id));
  const top = node.scrollTop;
  node.replaceChildren(...children.flat(2).filter(Boolean));
  for (const id of open) node.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  node.scrollTop = top;
  if (!focused) return;
  const again = document.getElementById(focused);
  again?.focus({ preventScroll: true });
  if (caret && again) again.setSelectionRange(...caret);
}

export const byId = (id) => document.getElementById(id);
