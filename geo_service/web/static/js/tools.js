/** The tools of a planner, loaded when the first of them is asked for. */

const TOOLS = {
  draw: () => import("./draw_tool.js"),
  shape: () => import("./draw_tool.js"),
  split: () => import("./split_tool.js"),
  merge: () => import("./merge_tool.js"),
  edit: () => import("./edit_tool.js"),
  import: () => import("./import_tool.js"),
};

/** Take a tool in hand. */
export async function take(name, context) {
  const { make } = await TOOLS[name]();
  const tool = make(name, context);
  tool.begin();
  return tool;
}
