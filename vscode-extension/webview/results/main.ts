/** The page of the results' panel. */

import type { About, FromPage, Show, ToPage } from "../../src/results/messages";
import { isLiving } from "../../src/runs/messages";
import { statusWord, wholeClock } from "../../src/runs/wording";
import { button, h, part, refill } from "../common/dom";
import { whenReleased } from "../common/pressing";
import { painted } from "../common/svg";
import type {} from "../common/vscode";
import { Chart, figure, picture } from "./chart";
import { curves } from "./curves";
import { figures, group, headlines } from "./figures";
import { history } from "./history";
import { onPaper, PNG_SCALE } from "./paper";
import { power } from "./power";
import { Marked, marked } from "./runs";
import { spending } from "./spending";
import { csv } from "./tables";

const NARROWEST = 260;

const editor = acquireVsCodeApi<FromPage, About>();
const charts = part("charts");
let shown: Show | undefined;
let drawn: Chart[] = [];
let all = false;

/** The width of a chart: one beside the other where there is room for two. */
function width(): number {
  const columns = getComputedStyle(charts).gridTemplateColumns.split(" ");
  return Math.max(NARROWEST, Math.floor(parseFloat(columns[0] ?? "")) || NARROWEST);
}

function show(data: Show): void {
  const before = shown;
  shown = data;
  editor.setState(data.about);
  const { run, message, name } = data;
  const together = marked(run ? [run, ...data.compared] : []);
  part("title").textContent = name || "Results";
  part("state").textContent = run ? state(run.overview) : "";
  part("message").textContent = message;
  part("message").hidden = !message;
  for (const id of ["folder", "json"]) part(id).hidden = !run;
  part("report").hidden = !run || isLiving(run.overview); // it is written at the end
  part("stop").hidden = !run || !isLiving(run.overview);
  part("train").hidden = !!run || !data.trusted || !data.about.program;
  const same = before && JSON.stringify([before.run, before.compared]) === JSON.stringify([run, data.compared]);
  if (!same) {
    refill(part("headlines"), ...together.slice(0, 1).map(headlines));
    refill(part("group"), ...together.slice(0, 1).flatMap(group));
    refill(part("figures"), ...figures(together));
    drawn = [...curves(together), ...spending(together), ...power(together)];
    refill(charts, ...drawn.map((chart) => figure(chart, width(), (saved, format) => void save(saved, format))));
    refill(part("files"), ...files(together));
  }
  list();
}

function list(): void {
  if (!shown) return;
  const together = marked(shown.run ? [shown.run, ...shown.compared] : []);
  const choices = {
    choose: (directory: string) => {
      editor.postMessage({ type: "choose", directory });
    },
    compare: (directories: string[]) => {
      editor.postMessage({ type: "compare", directories });
    },
    all,
    showAll: () => {
      all = true;
      list();
    },
  };
  refill(part("runs"), ...history(shown.runs, together, choices));
}

/** How the run is, in a line. */
function state({ status, message, began_utc, epochs_executed, epochs_planned, history }: Marked["overview"]): string {
  const began = began_utc ? `, began ${wholeClock(began_utc)}` : "";
  const reached = epochs_executed ?? history.length;
  const epochs = isLiving({ status }) && epochs_planned ? `, ${reached} of ${epochs_planned} epochs` : "";
  const why = message ? `. ${message}` : "";
  const word = statusWord(status);
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}${epochs}${began}${why}`;
}

function files([run]: readonly Marked[]): HTMLElement[] {
  if (!run) return [];
  const { files, repeat } = run.overview;
  const entries = files.map(({ name, what }) => {
    const open = button({ id: `file-${name}`, class: "link" }, name, () => {
      editor.postMessage({ type: "open", file: name });
    });
    return h("li", {}, open, ` ${what}`);
  });
  const copy = button({ id: "copy" }, "Copy the Command", () => {
    editor.postMessage({ type: "copy", text: repeat ?? "" });
  });
  return [
    ...(entries.length ? [h("h2", {}, "Files of this run"), h("ul", { class: "files" }, ...entries)] : []),
    ...(repeat ? [h("h2", {}, "Repeat it"), h("pre", { tabindex: 0 }, h("code", {}, repeat)), copy] : []),
  ];
}

async function save(chart: Chart, format: "csv" | "svg" | "png"): Promise<void> {
  const what = chart.id;
  try {
    if (format === "csv") {
      editor.postMessage({ type: "save", what, format, content: csv(chart.table) });
      return;
    }
    const svg = onPaper(chart, `${chart.title} – ${shown?.name ?? ""}`);
    const content = format === "svg" ? svg : await painted(svg, PNG_SCALE);
    editor.postMessage({ type: "save", what, format, content });
  } catch (error) {
    editor.postMessage({ type: "failed", sentence: (error as Error).message });
  }
}

const showWhenReleased = whenReleased(show);
window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  showWhenReleased(data);
});
for (const action of ["report", "folder", "stop", "train"] as const) {
  part(action).addEventListener("click", () => {
    editor.postMessage({ type: "act", action });
  });
}
part("json").addEventListener("click", () => {
  if (!shown?.run) return;
  const runs = [shown.run, ...shown.compared].map(({ overview }) => overview);
  editor.postMessage({ type: "save", what: "results", format: "json", content: `${JSON.stringify(runs, null, 2)}\n` });
});
let wide = 0;
new ResizeObserver(() => {
  const now = width();
  if (now === wide) return;
  wide = now;
  for (const chart of drawn) part(chart.id).querySelector(".picture")?.replaceChildren(picture(chart, now));
}).observe(charts);

editor.postMessage({ type: "ready" });
