/** Colours, light and dark. Plot states differ by lightness and pattern too, crews by the shape of their stops. */

/** States of a plot; `public` where the state is not told, to those who are not signed in. */
export const STATES = ["registered", "cleared", "greened", "maintained", "set_aside", "returned", "public"];

const LIGHT = {
  name: "light",
  paper: "#e8e7e2",
  quarter_fill: "#fbfaf7",
  quarter_tints: ["#f7ecd9", "#e6eef6", "#efe8f3", "#e7f1e8", "#f6e6e4", "#f1f0dc"],
  quarter_line: "#6d5f7a",
  quarter_glow: "#b9aec4",
  quarter_ink: "#4c4159",
  halo: "#ffffff",
  ink: "#24282a",
  quiet: "#6a6f70",
  water: "#b4d3e4",
  water_ink: "#3f7595",
  green: "#d5e6c6",
  forest: "#c2dab3",
  green_ink: "#4f7441",
  built: "#e6e1d8",
  rail: "#a9a6a0",
  street_major: "#ffffff",
  street_minor: "#ffffff",
  street_casing_major: "#c9b995",
  street_casing_minor: "#d9d6cd",
  street_path: "#c9c4b6",
  street_ink: "#5c5a54",
  route_casing: "#ffffff",
  selected: "#111111",
  selected_glow: "#ffd23f",
  chosen: "#36a9e1",
  hovered: "#ffffff",
  drawn: "#b3003b",
  refused: "#b42318",
  taken: "#1a7f37",
  states: {
    registered: { fill: "#e0a95a", mark: "#7a4a0c", line: "#7a4a0c", pattern: "hatch" },
    cleared: { fill: "#f7e6a6", mark: "#9a7a10", line: "#84690e", pattern: "dots" },
    greened: { fill: "#b7dc95", mark: "#4f7d2c", line: "#4f7d2c", pattern: "level" },
    maintained: { fill: "#4f9153", mark: "#4f9153", line: "#22542a", pattern: "plain" },
    set_aside: { fill: "#cfd0d2", mark: "#6b7075", line: "#565b60", pattern: "cross" },
    returned: { fill: "#ffffff", mark: "#ffffff", line: "#565b60", pattern: "plain", dashed: true },
    public: { fill: "#a9c3b4", mark: "#a9c3b4", line: "#3f6b57", pattern: "plain" },
  },
  due: {
    overdue: { fill: "#7a1f3d", mark: "#e9b3c2", line: "#4a0f24", pattern: "cross" },
    week: { fill: "#d9643a", mark: "#6e2408", line: "#7a2a0c", pattern: "hatch" },
    month: { fill: "#f6c46b", mark: "#8a5a06", line: "#7d5207", pattern: "dots" },
    later: { fill: "#f6f0dc", mark: "#f6f0dc", line: "#6f6a5c", pattern: "plain" },
    none: { fill: "#d5d9dc", mark: "#7b8287", line: "#565b60", pattern: "level" },
  },
  visited: {
    fortnight: { fill: "#e3eef4", mark: "#e3eef4", line: "#5b6f7a", pattern: "plain" },
    weeks: { fill: "#9fcbe0", mark: "#2e6f8f", line: "#2a6480", pattern: "dots" },
    months: { fill: "#4a8fb5", mark: "#0f3d5e", line: "#123f5c", pattern: "hatch" },
    older: { fill: "#173f5f", mark: "#a8cce0", line: "#0b2438", pattern: "level" },
    never: { fill: "#ffffff", mark: "#7a1f3d", line: "#7a1f3d", pattern: "cross" },
  },
  tenure: {
    own: { fill: "#2f6f9f", mark: "#2f6f9f", line: "#173f5f", pattern: "plain" },
    permission: { fill: "#f0c04c", mark: "#7a5a06", line: "#6b4f05", pattern: "hatch" },
    lease: { fill: "#a6d8ba", mark: "#2c6b48", line: "#285f40", pattern: "dots" },
    ended: { fill: "#dca6b4", mark: "#7a1f3d", line: "#7a1f3d", pattern: "level" },
    none: { fill: "#ffffff", mark: "#8c2f39", line: "#8c2f39", pattern: "cross", dashed: true },
  },
  records: {
    first: { fill: "#fff1b8", mark: "#7a5a06", line: "#6b4f05", pattern: "dots" },
    second: { fill: "#f2ab3c", mark: "#6e3a02", line: "#6e3a02", pattern: "level" },
    third: { fill: "#3f8fc7", mark: "#0c2f4a", line: "#0c3350", pattern: "hatch" },
    fourth: { fill: "#c9ced1", mark: "#4a5157", line: "#4a5157", pattern: "plain" },
    fifth: { fill: "#c05aa6", mark: "#4d0f3e", line: "#4d0f3e", pattern: "cross" },
    sixth: { fill: "#17404f", mark: "#17404f", line: "#0a2029", pattern: "plain" },
  },
};

const DARK = {
  name: "dark",
  paper: "#0f1214",
  quarter_fill: "#191e21",
  quarter_tints: ["#29241a", "#182430", "#241d2b", "#18271f", "#2b1d1c", "#252517"],
  quarter_line: "#a99bb8",
  quarter_glow: "#4a4256",
  quarter_ink: "#d6cbe2",
  halo: "#101416",
  ink: "#eef0ee",
  quiet: "#a3aaa8",
  water: "#1b3f54",
  water_ink: "#84bbda",
  green: "#1d3022",
  forest: "#21392a",
  green_ink: "#8fbf8b",
  built: "#1e2225",
  rail: "#5d6163",
  street_major: "#4a4f54",
  street_minor: "#343a3e",
  street_casing_major: "#0c0f11",
  street_casing_minor: "#101416",
  street_path: "#3c4246",
  street_ink: "#b9bfbd",
  route_casing: "#0c0f11",
  selected: "#ffffff",
  selected_glow: "#d19a00",
  chosen: "#2f8fc4",
  hovered: "#000000",
  drawn: "#ff6f91",
  refused: "#ff8a75",
  taken: "#6fdc8c",
  states: {
    registered: { fill: "#b9792a", mark: "#f6cf94", line: "#f0bd73", pattern: "hatch" },
    cleared: { fill: "#857127", mark: "#f3e29a", line: "#e6d27e", pattern: "dots" },
    greened: { fill: "#5b8a3a", mark: "#c8ecab", line: "#b5de93", pattern: "level" },
    maintained: { fill: "#2f7d3d", mark: "#2f7d3d", line: "#86d193", pattern: "plain" },
    set_aside: { fill: "#4a4f53", mark: "#b3b8bc", line: "#b3b8bc", pattern: "cross" },
    returned: { fill: "#14181a", mark: "#14181a", line: "#b3b8bc", pattern: "plain", dashed: true },
    public: { fill: "#3f6b57", mark: "#3f6b57", line: "#9cc4b0", pattern: "plain" },
  },
  due: {
    overdue: { fill: "#f2a3b3", mark: "#5a0f24", line: "#ffd0d9", pattern: "cross" },
    week: { fill: "#c9632f", mark: "#3d1503", line: "#ffb38f", pattern: "hatch" },
    month: { fill: "#80601f", mark: "#f3cf8a", line: "#e8bf74", pattern: "dots" },
    later: { fill: "#3a352a", mark: "#3a352a", line: "#b5ad98", pattern: "plain" },
    none: { fill: "#2c3134", mark: "#8b9398", line: "#9aa2a7", pattern: "level" },
  },
  visited: {
    fortnight: { fill: "#22303a", mark: "#22303a", line: "#9fb4c0", pattern: "plain" },
    weeks: { fill: "#2f5f78", mark: "#a9d3e6", line: "#a9d3e6", pattern: "dots" },
    months: { fill: "#4f9cc4", mark: "#0b2536", line: "#c4e4f3", pattern: "hatch" },
    older: { fill: "#d3ecf7", mark: "#1f5876", line: "#ffffff", pattern: "level" },
    never: { fill: "#14181a", mark: "#ff9fb0", line: "#ff9fb0", pattern: "cross" },
  },
  tenure: {
    own: { fill: "#3f83b5", mark: "#3f83b5", line: "#a9d0ec", pattern: "plain" },
    permission: { fill: "#9a7420", mark: "#f6d68a", line: "#f0cf80", pattern: "hatch" },
    lease: { fill: "#2f6b4a", mark: "#a9dfc0", line: "#a9dfc0", pattern: "dots" },
    ended: { fill: "#6b3544", mark: "#f3b9c6", line: "#f0b0c0", pattern: "level" },
    none: { fill: "#14181a", mark: "#ff9fa8", line: "#ff9fa8", pattern: "cross", dashed: true },
  },
  records: {
    first: { fill: "#5c4a12", mark: "#ffe9a3", line: "#ffe9a3", pattern: "dots" },
    second: { fill: "#b9741a", mark: "#ffe0b3", line: "#ffcf8f", pattern: "level" },
    third: { fill: "#3b8ac4", mark: "#0a2233", line: "#b9dcf5", pattern: "hatch" },
    fourth: { fill: "#474d52", mark: "#b9bfc4", line: "#b9bfc4", pattern: "plain" },
    fifth: { fill: "#a8488f", mark: "#2b0722", line: "#f3b5e2", pattern: "cross" },
    sixth: { fill: "#cfeaf3", mark: "#cfeaf3", line: "#ffffff", pattern: "plain" },
  },
};

const dark = matchMedia("(prefers-color-scheme: dark)");

export const theme = () => (dark.matches ? DARK : LIGHT);
export const onThemeChange = (listener) => dark.addEventListener("change", listener);

const CREWS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7b3fa0", "#8a6d00", "#334155", "#a3195b"];
export const SHAPES = ["circle", "square", "diamond", "hexagon"];

/** The crew's own colour when it is one, else the palette's for its position; lighter on dark ground. */
export function crewColour(colour, position) {
  const own = /^#[0-9a-f]{6}$/i.test(colour ?? "") ? colour.toLowerCase() : CREWS[position % CREWS.length];
  if (!dark.matches || luminance(own) > 0.22) return own;
  const lighter = channels(own).map((one) => Math.round(one + (255 - one) * 0.35));
  return `#${lighter.map((one) => one.toString(16).padStart(2, "0")).join("")}`;
}

export const crewShape = (position) => SHAPES[position % SHAPES.length];

const channels = (colour) => [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));

/** Relative luminance after WCAG 2. */
function luminance(colour) {
  const [red, green, blue] = channels(colour)
    .map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white, whichever reads better on a colour. */
export const inkOn = (colour) => (1.05 / (luminance(colour) + 0.05) >= (luminance(colour) + 0.05) / 0.05 ? "#ffffff" : "#000000");
