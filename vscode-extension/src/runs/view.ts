import {
  Disposable,
  EventEmitter,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  TreeView,
  window,
} from "vscode";
import { Server } from "../server";
import { RunChanges } from "./changes";
import { isLiving, RunRow, Runs } from "./messages";
import { clock, described, energyOf, statusWord, wholeClock } from "./wording";

export const VIEW = "cnngen.runs";

/** The runs of one program in one folder, the newest first. */
export interface Program {
  id: string;
  name: string;
  runs: RunRow[];
}

export type Item = Program | RunRow;

/** Milliseconds that the list stands still at least: one that changes under the pointer takes no click. */
const PAUSE_MS = 2000;

const ICONS: Record<string, [icon: string, colour?: string]> = {
  done: ["pass", "testing.iconPassed"],
  failed: ["error", "testing.iconFailed"],
  cancelled: ["circle-slash"],
  running: ["loading~spin"],
  waiting: ["clock"],
  unfinished: ["warning"],
  unreadable: ["question"],
};

export function isProgram(item: Item): item is Program {
  return "runs" in item;
}

/** The view of all runs of the open folders, by program. */
export class RunsView implements Disposable, TreeDataProvider<Item> {
  readonly #changed = new EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #tree: TreeView<Item>;
  #refreshed = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #subscriptions: Disposable[];

  constructor(
    private readonly server: Server,
    private readonly changes: RunChanges,
  ) {
    this.#tree = window.createTreeView<Item>(VIEW, { treeDataProvider: this, canSelectMany: true, showCollapseAll: true });
    this.#subscriptions = [
      this.#changed,
      this.#tree,
      changes.onDidChange(() => {
        this.#refreshSoon();
      }),
    ];
  }

  /** The runs that are selected. */
  get selected(): RunRow[] {
    return this.#tree.selection.filter((item): item is RunRow => !isProgram(item));
  }

  refresh(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#refreshed = Date.now();
    this.#changed.fire();
  }

  async getChildren(item?: Item): Promise<Item[]> {
    if (item) return isProgram(item) ? item.runs : [];
    try {
      const { runs, folders } = await this.server.request<Runs>("cnngen/runs", {});
      this.changes.watch(folders);
      const living = runs.filter(isLiving).length;
      const tooltip = living === 1 ? "1 training goes on" : `${living} trainings go on or wait`;
      this.#tree.badge = living ? { value: living, tooltip } : undefined;
      this.#tree.message = "";
      return grouped(runs);
    } catch (error) {
      if (this.server.state.name === "running") this.#tree.message = (error as Error).message;
      return [];
    }
  }

  getTreeItem(item: Item): TreeItem {
    return isProgram(item) ? programItem(item) : runItem(item);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #refreshSoon(): void {
    this.#timer ??= setTimeout(
      () => {
        this.refresh();
      },
      Math.max(0, this.#refreshed + PAUSE_MS - Date.now()),
    );
  }
}

/** The runs by program, the one that was trained last first. */
function grouped(runs: readonly RunRow[]): Program[] {
  const found = new Map<string, Program>();
  for (const run of runs) {
    const id = `${run.directory.replace(/[^/]*\/?$/, "")}${run.program}`;
    const program = found.get(id) ?? { id, name: run.program, runs: [] };
    program.runs.push(run);
    found.set(id, program);
  }
  return [...found.values()];
}

function programItem({ id, name, runs }: Program): TreeItem {
  const item = new TreeItem(name, TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.description = runs.length === 1 ? "1 run" : `${runs.length} runs`;
  item.iconPath = new ThemeIcon("type-hierarchy");
  item.contextValue = "program";
  return item;
}

function runItem(run: RunRow): TreeItem {
  const item = new TreeItem(clock(run.began));
  const [icon, colour] = ICONS[run.status] ?? ["question"];
  item.id = run.directory;
  item.description = described(run);
  item.iconPath = new ThemeIcon(icon, colour ? new ThemeColor(colour) : undefined);
  item.contextValue = isLiving(run) ? "run.living" : "run.ended";
  item.tooltip = tooltip(run);
  item.accessibilityInformation = { label: `${run.program}, ${wholeClock(run.began)}, ${statusWord(run.status)}, ${described(run)}` };
  // Without arguments, which a refresh between press and release would take away: the selected run is meant.
  item.command = { command: "cnngen.runs.show", title: "Show Results" };
  return item;
}

function tooltip(run: RunRow): MarkdownString {
  const lines = [
    `${run.program}, ${wholeClock(run.began)}: ${statusWord(run.status)}`,
    run.message,
    run.accuracy_text && `Test accuracy: ${run.accuracy_text}`,
    run.energy_text && `Training energy: ${energyOf(run) ?? ""}`,
    run.epochs !== null && `Epochs: ${run.epochs}`,
    run.parameters !== null && `Parameters: ${run.parameters.toLocaleString("en-GB")}`,
    run.duration_text && `Whole run: ${run.duration_text}`,
  ];
  return new MarkdownString().appendText(lines.filter(Boolean).join("\n\n"));
}
