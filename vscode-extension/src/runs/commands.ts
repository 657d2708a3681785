import { commands, Disposable, Uri, window } from "vscode";
import { ReportPanel } from "../report/panel";
import { ResultsPanel } from "../results/panel";
import { Server } from "../server";
import { openFolder, remove, stop } from "./actions";
import { RunRow } from "./messages";
import { isProgram, Item, RunsView } from "./view";

/**
 * What can be done in the view of runs. A menu calls a command with the item that it belongs to and all that are
 * selected; a key calls it with nothing, and then the selection is meant.
 */
export function registerRunCommands(server: Server, view: RunsView, results: ResultsPanel, report: ReportPanel): Disposable {
  // A menu's item is undefined when VS Code has just lost it: then nothing is meant, and not what is selected.
  const meant = (called: Called): RunRow[] => (called.length ? runsOf(called[1] ?? [called[0]]) : view.selected);
  const one = (name: string, act: (run: RunRow) => unknown): Disposable =>
    commands.registerCommand(`cnngen.runs.${name}`, (...called: Called) => {
      const run = meant(called.slice(0, 1) as Called)[0];
      return run ? act(run) : undefined;
    });
  const many = (name: string, act: (runs: RunRow[]) => unknown): Disposable =>
    commands.registerCommand(`cnngen.runs.${name}`, (...called: Called) => act(meant(called)));
  return Disposable.from(
    one("show", ({ directory }) => {
      results.show({ directory });
    }),
    one("report", ({ directory }) => report.show(Uri.parse(directory))),
    one("folder", ({ directory }) => openFolder(Uri.parse(directory))),
    many("stop", (runs) => Promise.all(runs.map(({ directory }) => stop(server, directory)))),
    many("delete", (runs) => remove(server, runs)),
    many("compare", ([first, ...others]) => {
      if (!first) return;
      const alike = others.filter(({ program }) => program === first.program);
      if (alike.length < others.length) void window.showInformationMessage(`Only the runs of ${first.program} are shown: others have other programs.`);
      results.show({ directory: first.directory, compared: alike.map(({ directory }) => directory) });
    }),
    commands.registerCommand("cnngen.runs.refresh", () => view.refresh()),
  );
}

/** With what VS Code calls: an item and all that are selected with it, or nothing. */
type Called = [item?: Item, all?: (Item | undefined)[]];

/** The runs among items; a program stands for all of its own. */
function runsOf(items: readonly (Item | undefined)[]): RunRow[] {
  return items.flatMap((item) => (item === undefined ? [] : isProgram(item) ? item.runs : [item]));
}
