import type { RunRow } from "../../src/runs/messages";
import { clock, energyOf, statusWord, wholeClock } from "../../src/runs/wording";
import { button, h } from "../common/dom";
import { unbroken } from "../common/wording";
import { Marked, MOST } from "./runs";

/** So many runs are listed before somebody asks for all. */
const FIRST = 12;

export interface Choices {
  choose: (directory: string) => void;
  compare: (directories: string[]) => void;
  all: boolean;
  showAll: () => void;
}

/** All runs of the program: one is shown, others can be put beside it. */
export function history(runs: readonly RunRow[], marked: readonly Marked[], choices: Choices): HTMLElement[] {
  if (!runs.length) return [];
  const listed = choices.all ? runs : runs.filter((run, index) => index < FIRST || marked.some(({ directory }) => directory === run.directory));
  const heads = ["compare", "began", "status", "test accuracy", "training energy", "epochs", "parameters", "time"];
  const numbers = new Set(["test accuracy", "training energy", "epochs", "parameters", "time"]);
  const head = h("tr", {}, ...heads.map((each) => h("th", { scope: "col", class: numbers.has(each) ? "number" : undefined }, each)));
  const shown = runs.find(({ directory }) => directory === marked[0]?.directory);
  return [
    h("h2", {}, runs.length === 1 ? "The only run" : `All ${runs.length} runs`),
    h(
      "div",
      { class: "scroll" },
      h("table", { class: "narrowing" }, h("thead", {}, head), h("tbody", {}, ...listed.map((run) => row(run, shown, marked, choices)))),
    ),
    ...(listed.length < runs.length ? [button({ id: "all-runs" }, `Show All ${runs.length} Runs`, choices.showAll)] : []),
  ];
}

function row(run: RunRow, shown: RunRow | undefined, marked: readonly Marked[], choices: Choices): HTMLTableRowElement {
  const mark = marked.find(({ directory }) => directory === run.directory);
  const current = run === shown;
  const began = clock(run.began);
  const choose = button(
    { id: `choose-${run.id}`, class: "link", title: `Show the run of ${wholeClock(run.began)}`, "aria-current": current && "true" },
    began,
    () => {
      choices.choose(run.directory);
    },
  );
  const number = (text: string | null): HTMLElement => h("td", { class: "number" }, text === null ? "–" : unbroken(text));
  const swatch = h("span", { class: "swatch line", "aria-hidden": "true" });
  if (mark) swatch.style.color = mark.colour;
  return h(
    "tr",
    { class: current ? "current" : undefined, title: run.message ?? undefined },
    h("td", { class: "whole" }, !current && checkbox(run, began, marked, choices), mark && h("span", { class: "run" }, swatch, mark.letter)),
    h("td", {}, choose),
    h("td", {}, h("span", { class: "status", "data-status": run.status }, statusWord(run.status))),
    number(run.accuracy_text),
    number(energyOf(run)),
    number(run.epochs === null ? null : String(run.epochs)),
    h(
      "td",
      { class: "number", title: run.network_hash ? `network ${run.network_hash}` : undefined },
      run.parameters?.toLocaleString("en-GB") ?? "–",
      another(run, shown) && h("div", { class: "note" }, "another network"),
    ),
    number(run.duration_text),
  );
}

function checkbox(run: RunRow, began: string, marked: readonly Marked[], choices: Choices): HTMLInputElement {
  const others = marked.slice(1).map(({ directory }) => directory);
  const checked = others.includes(run.directory);
  const full = marked.length >= MOST && !checked;
  const box = h("input", {
    id: `compare-${run.id}`,
    type: "checkbox",
    "aria-label": `Compare with the run of ${began}`,
    checked,
    disabled: full || run.status === "unreadable" || run.status === "waiting",
    title: full ? `No more than ${MOST} runs can be told apart` : undefined,
  });
  box.addEventListener("change", () => {
    choices.compare(box.checked ? [...others, run.directory] : others.filter((each) => each !== run.directory));
  });
  return box;
}

/** Whether it was not the network of the run that is shown: the same figures may be expected of the same one only. */
function another({ network_hash }: RunRow, shown: RunRow | undefined): boolean {
  return !!network_hash && !!shown?.network_hash && network_hash !== shown.network_hash;
}
