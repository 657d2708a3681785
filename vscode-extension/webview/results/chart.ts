/**
 * A chart of the page. Observable Plot draws it as an SVG: its colours are the theme's variables, so that it follows the
 * theme by itself, and the same picture is what is saved. Chart.js and uPlot paint on a canvas, which neither does;
 * ECharts has SVG too, but takes twice the room and knows no CSS variables. d3 alone would leave axes and pointer to us.
 */

import { button, h } from "../common/dom";
import { shown, Table } from "./tables";

/** What a colour stands for; a dashed one is a line. */
export interface Entry {
  name: string;
  colour: string;
  dashed?: boolean;
  line?: boolean;
}

export interface Chart {
  /** Part of ids and of files' names. */
  id: string;
  title: string;
  /** What the picture shows, for who does not see it. */
  summary: string;
  legend: Entry[];
  /** Where the figures come from, and what else belongs to them. */
  note?: string;
  draw: (width: number) => SVGSVGElement;
  table: Table;
}

export type Saved = (chart: Chart, format: "csv" | "svg" | "png") => void;

/** A chart with its legend, what can be saved, and its figures as a table. */
export function figure(chart: Chart, width: number, save: Saved): HTMLElement {
  const { id, title, legend, note, table } = chart;
  const saving = (["csv", "svg", "png"] as const).map((format) => {
    const format_ = format.toUpperCase();
    const words = format === "csv" ? `Save the figures of ${title} as CSV` : `Save the chart ${title} as ${format_}`;
    const label = { id: `${id}-${format}`, class: "quiet", title: words, "aria-label": words };
    return button(label, format_, () => {
      save(chart, format);
    });
  });
  return h(
    "figure",
    { "aria-labelledby": `${id}-title`, id },
    h(
      "figcaption",
      {},
      h("h2", { id: `${id}-title` }, title),
      h("span", { class: "group", role: "group", "aria-label": `Save ${title}` }, ...saving),
    ),
    h("ul", { class: "legend", "aria-label": "Colours" }, ...legend.map(item)),
    h("div", { class: "picture" }, picture(chart, width)),
    note && h("p", { class: "note" }, note),
    h("details", { id: `${id}-table` }, h("summary", {}, "As a table"), h("div", { class: "scroll" }, shown(table, title))),
  );
}

/** The drawing. To a screen reader it is one picture; the table has the figures. */
export function picture({ draw, summary }: Chart, width: number): SVGSVGElement {
  const svg = draw(width);
  // The page's style has what this would say, and its policy lets no other in.
  svg.querySelector("style")?.remove();
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", summary);
  return svg;
}

function item({ name, colour, dashed, line }: Entry): HTMLLIElement {
  const swatch = h("span", { class: `swatch${line ? " line" : ""}${dashed ? " dashed" : ""}`, "aria-hidden": "true" });
  swatch.style.color = colour;
  return h("li", {}, swatch, name);
}
