import type { Colouring, Picture } from "../../src/diagram/messages";
import { element, parse } from "../common/svg";
import { Cost, COSTS, step, STEPS, sum, told } from "./costs";

/** The steps of a cost on white paper, all light enough for the labels; and their border. */
const FILLS = ["#ffffff", "#fff3e0", "#ffe0b2", "#ffc680", "#ffa94d"];
const BORDER = "#9a5b13";
const TEXT = "#1f2933";
const WHAT: Record<Cost, string> = { params: "parameters", macs: "MACs", memory: "memory for one image" };

/** Pixels per point of a PNG: twice those of a screen. */
export const PNG_SCALE = (2 * 96) / 72;

/** The picture as an SVG file on white paper, in the colours chosen, with a line that says what they mean. */
export function onPaper(picture: Picture, colouring: Colouring): string {
  if (colouring === "kind") return picture.svg;
  const svg = parse(picture.svg);
  const total = sum(picture.nodes, colouring);
  for (const layer of picture.nodes) {
    const box = svg.querySelector(`#n${layer.id} :is(path, ellipse)`);
    box?.setAttribute("fill", FILLS[step(COSTS[colouring](layer), total)] ?? "");
    box?.setAttribute("stroke", BORDER);
    for (const text of svg.querySelectorAll(`#n${layer.id} text`)) text.setAttribute("fill", TEXT);
  }
  addLegend(svg, `${told(total, colouring)}${colouring === "memory" ? " of memory for one image" : ""}`);
  svg.setAttribute("aria-label", `A network, coloured by ${WHAT[colouring]}`);
  return new XMLSerializer().serializeToString(svg);
}

/** A row of swatches below the picture, which grows by as much. */
function addLegend(svg: SVGSVGElement, total: string): void {
  const { x, y, width, height } = svg.viewBox.baseVal;
  const row = 16;
  const wide = Math.max(width, 230);
  const rows = [`Share of ${total}`, ...STEPS];
  const tall = height + row * rows.length + row / 2;
  const legend = element("g", {});
  const ground = element("rect", { x, y: y + height, width: wide, height: tall - height, fill: "white" });
  const right = element("rect", { x: x + width, y, width: wide - width, height, fill: "white" });
  legend.append(ground, right);
  rows.forEach((words, index) => {
    const top = y + height + row * index;
    const swatch = { x: x + 22, y: top + 2, width: 18, height: 11, rx: 2, stroke: BORDER };
    if (index > 0) legend.append(element("rect", { ...swatch, fill: FILLS[index - 1] ?? "" }));
    const place = { x: x + (index ? 46 : 22), y: top + 11 };
    legend.append(element("text", { ...place, fill: TEXT, "font-family": "Arial", "font-size": 10 }, words));
  });
  svg.append(legend);
  svg.setAttribute("viewBox", `${x} ${y} ${wide} ${tall}`);
  svg.setAttribute("width", `${wide}pt`);
  svg.setAttribute("height", `${tall}pt`);
}
