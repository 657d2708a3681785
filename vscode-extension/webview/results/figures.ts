import type { Figure } from "../../src/results/overview";
import { h } from "../common/dom";
import { unbroken } from "../common/wording";
import type { Marked } from "./runs";

/** What stands at the top: the first of each that the run has. */
const HEADLINES = [["test_accuracy", "val_accuracy", "accuracy"], ["training_energy"], ["training_time"], ["carbon"]];

/** The figures that one looks for first. */
export function headlines({ overview }: Marked): HTMLElement {
  const found = HEADLINES.map((keys) => overview.figures.find(({ key }) => keys.includes(key)));
  const entries = found
    .filter((figure) => figure !== undefined)
    .map(({ label, text, source, source_text }) =>
      h("div", {}, h("dt", {}, label), h("dd", {}, h("span", { class: "value" }, text), badge(source, source_text))),
    );
  return h("dl", { class: "headlines" }, ...entries);
}

/** What the run and those that repeat it come to together. */
export function group({ overview }: Marked): HTMLElement[] {
  const rows = overview.group?.rows ?? [];
  const told = rows.map(({ label, text }) =>
    h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, unbroken(text))),
  );
  if (!told.length) return [];
  const table = h("table", { id: "group-table", class: "narrowing" }, h("tbody", {}, ...told));
  return [h("h2", {}, "This run and its repetitions"), h("div", { class: "scroll" }, table)];
}

/** All figures: of one run with how each came about, of several side by side. */
export function figures(runs: readonly Marked[]): HTMLElement[] {
  const [run] = runs;
  if (!run?.overview.figures.length) return [];
  const table = runs.length > 1 ? beside(runs) : alone(run);
  return [h("h2", {}, "Figures"), h("div", { class: "scroll" }, table), ...caveats(runs)];
}

/** What belongs to the figures; of several runs, first what holds for all. */
function caveats(runs: readonly Marked[]): HTMLElement[] {
  const all = [...new Set(runs.flatMap(({ overview }) => overview.caveats))];
  const items = all.map((sentence) => {
    const about = runs.filter(({ overview }) => overview.caveats.includes(sentence));
    const whose = about.length < runs.length ? `${about.map(({ letter }) => letter).join(", ")}: ` : "";
    return whose + sentence;
  });
  items.sort((one, other) => Number(/^[A-Z](, [A-Z])*: /.test(one)) - Number(/^[A-Z](, [A-Z])*: /.test(other)));
  return items.length ? [h("ul", { class: "note", "aria-label": "Caveats" }, ...items.map((each) => h("li", {}, each)))] : [];
}

function alone({ overview }: Marked): HTMLTableElement {
  const head = h("tr", {}, ...["figure", "value", "source"].map((each) => h("th", { scope: "col" }, each)));
  const rows = overview.figures.map(({ label, text, source, source_text, how }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, label, how && h("div", { class: "note" }, how)),
      h("td", { class: "value" }, text),
      h("td", {}, badge(source, source_text)),
    ),
  );
  return h("table", { id: "figures-table", class: "wide" }, h("thead", {}, head), h("tbody", {}, ...rows));
}

function beside(runs: readonly Marked[]): HTMLTableElement {
  const keys = [...new Set(runs.flatMap(({ overview }) => overview.figures.map(({ key }) => key)))];
  const head = h("tr", {}, h("th", { scope: "col" }, "figure"), ...runs.map((run) => h("th", { scope: "col" }, name(run))));
  const rows = keys.map((key) => {
    const found = runs.map(({ overview }) => overview.figures.find((figure) => figure.key === key));
    const label = found.find((figure) => figure !== undefined)?.label ?? key;
    return h("tr", {}, h("th", { scope: "row" }, label), ...found.map(cell));
  });
  return h("table", { id: "figures-table", class: "narrowing" }, h("thead", {}, head), h("tbody", {}, ...rows));
}

function cell(figure: Figure | undefined): HTMLTableCellElement {
  if (!figure) return h("td", {}, "–");
  const { text, source, source_text, how } = figure;
  const mark = badge(source, source_text);
  return h("td", { class: "value", title: how ?? undefined }, h("span", { class: "whole" }, text), mark && " ", mark);
}

function name({ name, colour }: Marked): HTMLElement {
  const swatch = h("span", { class: "swatch line", "aria-hidden": "true" });
  swatch.style.color = colour;
  return h("span", { class: "run" }, swatch, name);
}

/** Where a figure comes from, each source with its share; the frame tells what is measured throughout from the rest. */
function badge(source: string | null, text: string | null): HTMLElement | null {
  return source ? h("span", { class: "source", "data-source": source }, unbroken(text ?? source)) : null;
}
