import type { Picture } from "../../src/diagram/messages";
import { Colouring, Cost, COSTS, step, STEPS, sum, told } from "./costs";
import { parse } from "./drawing";

const SVG = "http://www.w3.org/2000/svg";
/** The steps of a cost on white paper, all light enough for the labels; and their border. */
const FILLS = ["#ffffff", "#fff3e0", "#ffe0b2", "#ffc680", "#ffa94d"];
const BORDER = "#9a5b13";
const TEXT = "#1f2933";
const WHAT: Record<Cost, string> = { params: "parameters", macs: "MACs", memory: "memory for one image" };

/** Pixels per point of a PNG: twice those of a screen. And the longest side that a browser can paint. */
const PNG_SCALE = (2 * 96) / 72;
const LONGEST = 16_000;

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
  const legend = document.createElementNS(SVG, "g");
  const ground = element("rect", { x, y: y + height, width: wide, height: tall - height, fill: "white" });
  const right = element("rect", { x: x + width, y, width: wide - width, height, fill: "white" });
  legend.append(ground, right);
  rows.forEach((words, index) => {
    const top = y + height + row * index;
    const swatch = { x: x + 22, y: top + 2, width: 18, height: 11, rx: 2, stroke: BORDER };
    if (index > 0) legend.append(element("rect", { ...swatch, fill: FILLS[index - 1] ?? "" }));
    const text = element("text", { x: x + (index ? 46 : 22), y: top + 11, fill: TEXT, "font-size": 10 });
    text.setAttribute("font-family", "Arial");
    text.textContent = words;
    legend.append(text);
  });
  svg.append(legend);
  svg.setAttribute("viewBox", `${x} ${y} ${wide} ${tall}`);
  svg.setAttribute("width", `${wide}pt`);
  svg.setAttribute("height", `${tall}pt`);
}

function element(name: string, attributes: Record<string, string | number>): Element {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** An SVG painted as a PNG, in base64. Rejects with a sentence. */
export async function painted(svg: string): Promise<string> {
  const { width, height } = parse(svg).viewBox.baseVal;
  const [wide, tall] = [Math.ceil(width * PNG_SCALE), Math.ceil(height * PNG_SCALE)];
  if (Math.max(wide, tall) > LONGEST) {
    throw new Error("The network is too long for a PNG from here: save the SVG, or use Generate Keras.");
  }
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image(wide, tall);
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [wide, tall];
    canvas.getContext("2d")?.drawImage(image, 0, 0, wide, tall);
    return canvas.toDataURL("image/png").replace(/^[^,]*,/, "");
  } catch {
    throw new Error("The picture could not be painted as a PNG: save the SVG instead.");
  } finally {
    URL.revokeObjectURL(url);
  }
}
