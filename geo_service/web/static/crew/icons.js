/** Signs, drawn as lines so that they follow the colour and size of the text beside them. */

const PATHS = {
  list: "M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01",
  map: "M9 4 3 6.5v13L9 17l6 2.5 6-2.5v-13L15 6.5 9 4zM9 4v13M15 6.5v13",
  box: "M4 13l2.5-8h11L20 13v6H4zM4 13h5l1.2 2.5h3.600L15 13h5",
  day: "M5 5h14v15H5zM5 9.5h14M8.5 3v4M15.5 3v4M9 14.5l2.2 2.2 4-4.200",
  start: "M8 5.5v13l10.5-6.5z",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  done: "M4.5 12.5l5 5L19.5 7",
  not_possible: "M6 6l12 12M18 6L6 18",
  stopped: "M8.5 3.5h7l5 5v7l-5 5h-7l-5-5v-7zM12 7.5v5.5M12 16.5h.01",
  open: "M12 5a7 7 0 1 0 .01 0z",
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 10a3.2 3.2 0 1 0 .01 0z",
  note: "M5 4h14v11l-5 5H5zM14 20v-5h5M8.5 8.5h7M8.5 12h5",
  sign: "M4 20h16M6 16l9.5-10 3 3L9 18.5 5.5 19z",
  found: "M12 4l9 16H3zM12 10v4.5M12 17.5h.01",
  route: "M12 3l8 18-8-4.5L4 21z",
  up: "M12 19V5.5M6 11l6-6 6 6",
  down: "M12 5v13.5M6 13l6 6 6-6",
  back: "M15 5l-7 7 7 7",
  here: "M12 6a6 6 0 1 0 .01 0zM12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  send: "M12 20V6M6 11l6-6 6 6M5 21h14",
  take: "M12 3v12M6.5 10l5.5 5.5L17.5 10M4 20h16",
  conflict: "M7 4v16M17 4v16M7 8h5M12 16h5",
  alarm: "M12 3.5a6 6 0 0 1 6 6v5l1.5 3h-15L6 14.5v-5a6 6 0 0 1 6-6zM10 20.5h4",
};

const SVG = "http://www.w3.org/2000/svg";

/** A sign for the eye only; the words beside it say the same. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
