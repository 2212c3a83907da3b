/** Images of the map, drawn when they are first asked for. An image's name says all: "stop|circle|#0072b2|12|light". */

import { inkOn, theme } from "./palette.js";

const RATIO = 2;

/** Draw the image with this name; null when the name is not one of ours. */
export function drawImage(name) {
  const [kind, ...rest] = name.split("|");
  const draw = { pattern, plot, stop, arrow, depot, trial }[kind];
  return draw ? draw(...rest) : null;
}

/** A canvas with an image on it, for the legend and the lists. */
export function pictureOf(name, className) {
  const canvas = drawImage(name).canvas;
  canvas.className = className;
  canvas.style.width = `${canvas.width / RATIO}px`;
  canvas.style.height = `${canvas.height / RATIO}px`;
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

function sheet(width, height = width) {
  const canvas = document.createElement("canvas");
  canvas.width = width * RATIO;
  canvas.height = height * RATIO;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(RATIO, RATIO);
  return pen;
}

function finished(pen) {
  const { canvas } = pen;
  return { canvas, data: pen.getImageData(0, 0, canvas.width, canvas.height), options: { pixelRatio: RATIO } };
}

/** Marks that repeat every 8 px: hatching, dots, level lines, cross-hatching. */
function marks(pen, look, size) {
  pen.strokeStyle = pen.fillStyle = look.mark;
  pen.lineWidth = 1.3;
  pen.beginPath();
  for (let at = -size; at <= 2 * size; at += 8) {
    if (look.pattern === "hatch" || look.pattern === "cross") {
      pen.moveTo(at, size);
      pen.lineTo(at + size, 0);
    }
    if (look.pattern === "cross") {
      pen.moveTo(at, 0);
      pen.lineTo(at + size, size);
    }
    if (look.pattern === "level") {
      pen.moveTo(0, at + 4);
      pen.lineTo(size, at + 4);
    }
  }
  pen.stroke();
  if (look.pattern !== "dots") return;
  for (let x = 2; x < size; x += 4) {
    for (let y = (x / 2) % 4 === 1 ? 2 : 6; y < size; y += 8) {
      pen.beginPath();
      pen.arc(x, y, 0.9, 0, 7);
      pen.fill();
    }
  }
}

function pattern(state) {
  const look = theme().states[state];
  const pen = sheet(16);
  pen.fillStyle = look.fill;
  pen.fillRect(0, 0, 16, 16);
  marks(pen, look, 16);
  return finished(pen);
}

function plot(state, size = "16") {
  const look = theme().states[state];
  const side = Number(size);
  const pen = sheet(side);
  const box = new Path2D();
  box.roundRect(1.5, 1.5, side - 3, side - 3, 2.5);
  pen.fillStyle = look.fill;
  pen.fill(box);
  pen.save();
  pen.clip(box);
  marks(pen, look, side);
  pen.restore();
  pen.lineWidth = 1.5;
  pen.strokeStyle = look.line;
  if (look.dashed) pen.setLineDash([3, 2]);
  pen.stroke(box);
  return finished(pen);
}

const STOP = 28;

/** How much wider than a single number's a stop's sign is, pixels: "14–15" needs room. */
export const stopExtra = (text) => Math.max(0, text.length - 2) * 6.2;

/** The outline of a stop's shape, stretched sideways by `extra`. */
function outline(pen, shape, extra) {
  const [left, right, middle, radius] = [STOP / 2, STOP / 2 + extra, STOP / 2, 10.5];
  pen.beginPath();
  if (shape === "square") pen.roundRect(left - radius * 0.9, middle - radius * 0.9, radius * 1.8 + extra, radius * 1.8, 3);
  else if (shape === "circle") pen.roundRect(left - radius, middle - radius, 2 * radius + extra, 2 * radius, radius);
  else {
    const corners = shape === "diamond" ? 4 : 6;
    const reach = shape === "diamond" ? radius * 1.22 : radius * 1.08;
    for (let corner = 0; corner < corners; corner += 1) {
      const angle = ((corner + 0.5) / corners) * 2 * Math.PI + (corners === 4 ? Math.PI / 4 : 0);
      const [x, y] = [reach * Math.cos(angle), reach * Math.sin(angle)];
      if (corners === 4 && Math.abs(x) < 1) for (const at of y > 0 ? [right, left] : [left, right]) pen.lineTo(at, middle + y);
      else pen.lineTo((x > 0 ? right : left) + x, middle + y);
    }
    pen.closePath();
  }
}

function stop(shape, colour, text) {
  const extra = stopExtra(text);
  const pen = sheet(STOP + extra, STOP);
  outline(pen, shape, extra);
  pen.lineJoin = "round";
  pen.lineWidth = 3.5;
  pen.strokeStyle = theme().route_casing;
  pen.stroke();
  pen.fillStyle = colour;
  pen.fill();
  pen.fillStyle = inkOn(colour);
  pen.font = "700 12px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  pen.fillText(text, (STOP + extra) / 2, STOP / 2 + 4.3);
  return finished(pen);
}

function arrow(colour) {
  const pen = sheet(14);
  pen.beginPath();
  pen.moveTo(3.5, 2.5);
  pen.lineTo(11.5, 7);
  pen.lineTo(3.5, 11.5);
  pen.lineTo(5.6, 7);
  pen.closePath();
  pen.lineJoin = "round";
  pen.lineWidth = 2.4;
  pen.strokeStyle = theme().route_casing;
  pen.stroke();
  pen.fillStyle = colour;
  pen.fill();
  return finished(pen);
}

function depot() {
  const pen = sheet(28);
  pen.beginPath();
  pen.roundRect(2, 2, 24, 24, 5);
  pen.fillStyle = theme().ink;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = theme().route_casing;
  pen.stroke();
  pen.beginPath();
  for (const [x, y] of [[6.5, 20.5], [6.5, 13], [14, 7], [21.5, 13], [21.5, 20.5], [16.5, 20.5], [16.5, 15.5], [11.5, 15.5], [11.5, 20.5]]) {
    pen.lineTo(x, y);
  }
  pen.closePath();
  pen.fillStyle = theme().route_casing;
  pen.fill();
  return finished(pen);
}

/** What an import would do with a row, by form too: new a plus, changed a tilde, unchanged a dot, refused a cross. */
function trial(outcome) {
  const look = theme();
  const pen = sheet(20);
  pen.beginPath();
  pen.arc(10, 10, 8.2, 0, 7);
  pen.fillStyle = outcome === "refused" ? look.refused : outcome === "unchanged" ? look.quiet : look.taken;
  pen.fill();
  pen.lineWidth = 1.6;
  pen.strokeStyle = look.route_casing;
  pen.stroke();
  pen.beginPath();
  const lines = {
    new: [[10, 5.5, 10, 14.5], [5.5, 10, 14.5, 10]],
    changed: [[5.5, 11, 8.5, 8.5], [8.5, 8.5, 11.5, 11.5], [11.5, 11.5, 14.5, 9]],
    refused: [[6.5, 6.5, 13.5, 13.5], [6.5, 13.5, 13.5, 6.5]],
  }[outcome] ?? [[9, 10, 11, 10]];
  for (const [x, y, toX, toY] of lines) {
    pen.moveTo(x, y);
    pen.lineTo(toX, toY);
  }
  pen.lineWidth = 2.4;
  pen.lineCap = "round";
  pen.strokeStyle = inkOn(pen.fillStyle);
  pen.stroke();
  return finished(pen);
}
