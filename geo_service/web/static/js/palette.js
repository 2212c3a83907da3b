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
  states: {
    registered: { fill: "#e0a95a", mark: "#7a4a0c", line: "#7a4a0c", pattern: "hatch" },
    cleared: { fill: "#f7e6a6", mark: "#9a7a10", line: "#84690e", pattern: "dots" },
    greened: { fill: "#b7dc95", mark: "#4f7d2c", line: "#4f7d2c", pattern: "level" },
    maintained: { fill: "#4f9153", mark: "#4f9153", line: "#22542a", pattern: "plain" },
    set_aside: { fill: "#cfd0d2", mark: "#6b7075", line: "#565b60", pattern: "cross" },
    returned: { fill: "#ffffff", mark: "#ffffff", line: "#565b60", pattern: "plain", dashed: true },
    public: { fill: "#a9c3b4", mark: "#a9c3b4", line: "#3f6b57", pattern: "plain" },
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
  states: {
    registered: { fill: "#b9792a", mark: "#f6cf94", line: "#f0bd73", pattern: "hatch" },
    cleared: { fill: "#857127", mark: "#f3e29a", line: "#e6d27e", pattern: "dots" },
    greened: { fill: "#5b8a3a", mark: "#c8ecab", line: "#b5de93", pattern: "level" },
    maintained: { fill: "#2f7d3d", mark: "#2f7d3d", line: "#86d193", pattern: "plain" },
    set_aside: { fill: "#4a4f53", mark: "#b3b8bc", line: "#b3b8bc", pattern: "cross" },
    returned: { fill: "#14181a", mark: "#14181a", line: "#b3b8bc", pattern: "plain", dashed: true },
    public: { fill: "#3f6b57", mark: "#3f6b57", line: "#9cc4b0", pattern: "plain" },
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
