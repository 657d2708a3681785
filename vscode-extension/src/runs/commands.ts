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
  const one = (name: string, act: (run: RunRow) => unknown): Disposable =>
    commands.registerCommand(`cnngen.runs.${name}`, (item?: Item) => {
      const run = item ? runsOf([item])[0] : view.selected[0];
      return run ? act(run) : undefined;
    });
  const many = (name: string, act: (runs: RunRow[]) => unknown): Disposable =>
    commands.registerCommand(`cnngen.runs.${name}`, (item?: Item, all?: Item[]) =>
      act(item || all ? runsOf(all ?? (item ? [item] : [])) : view.selected),
    );
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
    commands.registerCommand("cnngen.runs.refresh", () => {
      view.refresh();
    }),
  );
}

/** The runs among items; a program stands for all of its own. */
function runsOf(items: readonly Item[]): RunRow[] {
  return items.flatMap((item) => (isProgram(item) ? item.runs : [item]));
}
