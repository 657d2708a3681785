import type { Figure } from "../../src/results/overview";
import { h } from "../common/dom";
import type { Marked } from "./runs";

/** The headline figures: of one run with how each came about, of several side by side. */
export function figures(runs: readonly Marked[]): HTMLElement[] {
  const [run] = runs;
  if (!run) return [];
  const table = runs.length > 1 ? beside(runs) : alone(run);
  const caveats = [...new Set(runs.flatMap(({ overview }) => overview.caveats))];
  return [
    h("h2", {}, "Figures"),
    h("div", { class: "scroll" }, table),
    ...(caveats.length ? [h("ul", { class: "note", "aria-label": "Caveats" }, ...caveats.map((each) => h("li", {}, each)))] : []),
  ];
}

function alone({ overview }: Marked): HTMLTableElement {
  const head = h("tr", {}, ...["figure", "value", "source", "how"].map((each) => h("th", { scope: "col" }, each)));
  const rows = overview.figures.map(({ label, text, source, how }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, label),
      h("td", { class: "value" }, text),
      h("td", {}, source && badge(source)),
      h("td", { class: "how" }, how),
    ),
  );
  return h("table", { id: "figures-table" }, h("thead", {}, head), h("tbody", {}, ...rows));
}

function beside(runs: readonly Marked[]): HTMLTableElement {
  const keys = [...new Set(runs.flatMap(({ overview }) => overview.figures.map(({ key }) => key)))];
  const head = h("tr", {}, h("th", { scope: "col" }, "figure"), ...runs.map((run) => h("th", { scope: "col" }, name(run))));
  const rows = keys.map((key) => {
    const found = runs.map(({ overview }) => overview.figures.find((figure) => figure.key === key));
    const label = found.find((figure) => figure !== undefined)?.label ?? key;
    return h("tr", {}, h("th", { scope: "row" }, label), ...found.map(cell));
  });
  return h("table", { id: "figures-table" }, h("thead", {}, head), h("tbody", {}, ...rows));
}

function cell(figure: Figure | undefined): HTMLTableCellElement {
  if (!figure) return h("td", {}, "–");
  const { text, source, how } = figure;
  return h("td", { class: "value", title: how ?? undefined }, text, source && " ", source && badge(source));
}

function name({ name, colour }: Marked): HTMLElement {
  const swatch = h("span", { class: "swatch line", "aria-hidden": "true" });
  swatch.style.color = colour;
  return h("span", { class: "run" }, swatch, name);
}

/** The source of a figure, as a word; its frame tells the measured ones from the others. */
function badge(source: string): HTMLElement {
  return h("span", { class: "source", "data-source": source }, source);
}
