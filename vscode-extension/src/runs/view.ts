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
import { Change, Program, Programs } from "./programs";
import { clock, described, energyOf, statusWord, wholeClock } from "./wording";

export const VIEW = "cnngen.runs";

export type Item = Program | RunRow;

/** Milliseconds between two questions to the server at least; of a view that nobody sees only the number of trainings shows. */
const PAUSE_MS = { seen: 1000, hidden: 10_000 };

/**
 * Milliseconds in which a row that says how far a training has come stands still at least: VS Code draws a row anew to
 * change its text, and a button that is replaced between press and release takes no click.
 */
const PROGRESS_MS = 10_000;

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

/**
 * The view of all runs of the open folders, by program.
 *
 * The server is asked before VS Code is told that something has changed, not after: from then until it has all items
 * anew, VS Code does not know the ones that it shows, and what is pressed there would reach nothing.
 */
export class RunsView implements Disposable, TreeDataProvider<Item> {
  readonly #changed = new EventEmitter<RunRow[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #tree: TreeView<Item>;
  readonly #programs = new Programs();
  /** The first question; there is none before somebody looks at the view. */
  #first: Promise<Change> | undefined;
  #asking: Promise<unknown> = Promise.resolve();
  #asked = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #progressed = new Set<RunRow>();
  #progressTimer: NodeJS.Timeout | undefined;
  readonly #subscriptions: Disposable[];

  constructor(
    private readonly server: Server,
    private readonly changes: RunChanges,
  ) {
    this.#tree = window.createTreeView<Item>(VIEW, { treeDataProvider: this, canSelectMany: true, showCollapseAll: true });
    const soon = (): void => {
      this.#askSoon();
    };
    const seen = this.#tree.onDidChangeVisibility(() => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      soon();
    });
    this.#subscriptions = [this.#changed, this.#tree, seen, changes.onDidChange(soon)];
  }

  /** The runs that are selected. */
  get selected(): RunRow[] {
    return this.#tree.selection.filter((item): item is RunRow => !isProgram(item));
  }

  /** Ask for all runs and show them anew. */
  async refresh(): Promise<void> {
    await this.#ask();
    this.#changed.fire(undefined);
  }

  async getChildren(item?: Item): Promise<Item[]> {
    if (item) return isProgram(item) ? item.runs : [];
    await (this.#first ??= this.#ask());
    return [...this.#programs.list];
  }

  getTreeItem(item: Item): TreeItem {
    return isProgram(item) ? programItem(item) : runItem(item);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#progressTimer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Ask the server when its last answer is old enough; the changes of meanwhile are one. */
  #askSoon(): void {
    if (!this.#first || this.#timer) return;
    const pause = this.#tree.visible ? PAUSE_MS.seen : PAUSE_MS.hidden;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined; // what changes from now on is asked for again
        void this.#update();
      },
      Math.max(0, this.#asked + pause - Date.now()),
    );
  }

  async #update(): Promise<void> {
    const change = await this.#ask();
    if (change.runs) this.#changed.fire(undefined);
    else if (change.status.length) this.#changed.fire(change.status);
    for (const run of change.progress) this.#progressed.add(run);
    if (!this.#progressed.size) return;
    this.#progressTimer ??= setTimeout(() => {
      this.#progressTimer = undefined;
      this.#changed.fire([...this.#progressed]);
      this.#progressed.clear();
    }, PROGRESS_MS);
  }

  /** One question after the other: an older answer must not come last. */
  #ask(): Promise<Change> {
    const answer = this.#asking.then(() => this.#request());
    this.#asking = answer;
    return answer;
  }

  async #request(): Promise<Change> {
    this.#asked = Date.now();
    try {
      const { runs, folders } = await this.server.request<Runs>("cnngen/runs", {});
      this.changes.watch(folders);
      const living = runs.filter(isLiving).length;
      const tooltip = living === 1 ? "1 training goes on" : `${living} trainings go on or wait`;
      this.#tree.badge = living ? { value: living, tooltip } : undefined;
      this.#tree.message = "";
      return this.#programs.take(runs);
    } catch (error) {
      if (this.server.state.name === "running") this.#tree.message = (error as Error).message;
      return this.#programs.take([]);
    }
  }
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
