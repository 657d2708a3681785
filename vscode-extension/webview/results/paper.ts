import { element, parse } from "../common/svg";
import type { Chart, Entry } from "./chart";

const WIDTH = 640;
const ROW = 18;
const MARGIN = 12;
const FONT = "Arial, Helvetica, sans-serif";

/** On white paper the theme's variables mean these colours, which can be told apart in grey too. */
const PAPER: Record<string, string> = {
  "--ground": "#ffffff",
  "--tip": "#ffffff",
  "--plot-background": "#ffffff",
  "--ink": "#1f2933",
  "--quiet": "#52606d",
  "--line": "#9aa5b1",
  "--cpu": "#2f6fb0",
  "--gpu": "#e08a1e",
  "--ram": "#8e6bb8",
  "--run-1": "#1f5fa8",
  "--run-2": "#d9731a",
  "--run-3": "#2e8b57",
  "--run-4": "#8e44ad",
  "--run-5": "#c0392b",
  "--run-6": "#7f6a00",
};

/** Pixels per unit of a PNG. */
export const PNG_SCALE = 2;

/** A chart as an SVG file: on white paper, with its title, legend and source. */
export function onPaper(chart: Chart, title: string): string {
  const drawn = chart.draw(WIDTH);
  const { width, height } = drawn.viewBox.baseVal;
  drawn.querySelector("style")?.remove();
  const legend = rows(chart.legend);
  const top = MARGIN + 24 + ROW * legend.length;
  drawn.setAttribute("y", String(top));
  drawn.setAttribute("x", "0");
  drawn.setAttribute("color", "var(--ink)");
  const tall = top + height + MARGIN;
  const paper = element("svg", {
    viewBox: `0 0 ${width} ${tall}`,
    width,
    height: tall,
    role: "img",
    "aria-label": chart.summary,
    "font-family": FONT,
    "font-size": 11,
  });
  const name = { x: MARGIN, y: MARGIN + 13, fill: "var(--ink)", "font-size": 14, "font-weight": "bold" };
  paper.append(element("rect", { width, height: tall, fill: "var(--ground)" }), element("text", name, title));
  legend.forEach((row, index) => {
    paper.append(...row.flatMap(({ entry, x }) => drawnEntry(entry, x, MARGIN + 24 + ROW * index)));
  });
  paper.append(drawn);
  const text = new XMLSerializer().serializeToString(paper);
  const coloured = text.replace(/var\((--[\w-]+)\)/g, (whole, name: string) => PAPER[name] ?? whole);
  parse(coloured); // it is whole
  return coloured;
}

/** The legend's entries, as many in a row as fit. */
function rows(entries: readonly Entry[]): { entry: Entry; x: number }[][] {
  const found: { entry: Entry; x: number }[][] = [[]];
  let x = MARGIN;
  for (const entry of entries) {
    const wide = 30 + 6.2 * entry.name.length + 16;
    if (x + wide > WIDTH && found.at(-1)?.length) {
      found.push([]);
      x = MARGIN;
    }
    found.at(-1)?.push({ entry, x });
    x += wide;
  }
  return found;
}

function drawnEntry({ name, colour, dashed, line }: Entry, x: number, y: number): SVGElement[] {
  const stroke = { stroke: colour, "stroke-width": 2, ...(dashed && { "stroke-dasharray": "4 3" }) };
  const swatch = line
    ? element("line", { x1: x, x2: x + 22, y1: y + 6, y2: y + 6, ...stroke })
    : element("rect", { x, y, width: 22, height: 11, fill: colour });
  return [swatch, element("text", { x: x + 28, y: y + 10, fill: "var(--ink)" }, name)];
}
