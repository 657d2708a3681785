import { commands, Disposable, env, Uri, ViewColumn, WebviewPanel, WebviewPanelSerializer, window, workspace } from "vscode";
import { recentProgram } from "../programs";
import { ReportPanel } from "../report/panel";
import { RunChanges } from "../runs/changes";
import { openFolder, stop } from "../runs/actions";
import { Server } from "../server";
import { furnish } from "../webviews/page";
import { save } from "../webviews/saving";
import { LiveResults } from "./live";
import { About, Act, FromPage, Save, ToPage } from "./messages";
import { PAGE } from "./page";

const TYPE = "cnngen.results";

/** What a panel shows: the newest run of a program, or a certain run (its folder's URI), alone or beside others. */
export type Wanted = { program: Uri } | { directory: string; compared?: string[] };

/** The panel with what came of a program's trainings: one for the window. */
export class ResultsPanel implements Disposable, WebviewPanelSerializer<About | undefined> {
  #panel: WebviewPanel | undefined;
  #live: LiveResults | undefined;
  readonly #serializer = window.registerWebviewPanelSerializer(TYPE, this);

  constructor(
    private readonly extension: Uri,
    private readonly server: Server,
    private readonly changes: RunChanges,
    private readonly report: ReportPanel,
  ) {}

  /** Open the panel: with the newest run of the active program, when nothing else is wanted. */
  show(wanted?: Wanted): void {
    const program = recentProgram();
    const shown = wanted ?? (program && { program });
    if (!shown) {
      void window.showErrorMessage("Open the .cnn program first, or choose a run in the view Runs.");
      return;
    }
    if (this.#panel) this.#panel.reveal(undefined, true);
    else this.#take(window.createWebviewPanel(TYPE, "Results", { viewColumn: beside(), preserveFocus: true }));
    this.#follow(about(shown));
  }

  /** The window was loaded anew: the panel goes on with what it showed. */
  deserializeWebviewPanel(panel: WebviewPanel, state: About | undefined): Promise<void> {
    this.#take(panel);
    const program = recentProgram();
    if (state) this.#follow(state);
    else if (program) this.#follow(about({ program }));
    return Promise.resolve();
  }

  /** The panel itself stays: when the window is loaded anew this ends first, and the panel is to come back. */
  dispose(): void {
    this.#live?.dispose();
    this.#serializer.dispose();
  }

  /** Make a panel, a new one or one of before a reload, this one. */
  #take(panel: WebviewPanel): void {
    furnish(panel, PAGE, this.extension, (message) => void this.#receive(message as FromPage));
    panel.onDidDispose(() => {
      this.#live?.dispose();
      this.#panel = this.#live = undefined;
    });
    this.#panel = panel;
  }

  #follow(wanted: About): void {
    this.#live?.dispose();
    this.#live = new LiveResults(wanted, this.server, this.changes);
    this.#live.onDidChange(() => {
      this.#send();
    });
  }

  #send(): void {
    if (!this.#live || !this.#panel) return;
    const { about, name, run, compared, runs, message } = this.#live;
    this.#panel.title = `Results ${name}`.trim();
    const show: ToPage = { type: "show", about, name, run, compared, runs, message, trusted: workspace.isTrusted };
    void this.#panel.webview.postMessage(show);
  }

  async #receive(message: FromPage): Promise<void> {
    switch (message.type) {
      case "ready": // A page that was hidden is loaded anew when it comes back.
        if (this.#live?.run ?? this.#live?.message) this.#send();
        break;
      case "choose":
        this.#live?.choose(message.directory);
        break;
      case "compare":
        this.#live?.compare(message.directories);
        break;
      case "act":
        await this.#act(message.action);
        break;
      case "open":
        await this.#open(message.file);
        break;
      case "copy":
        await env.clipboard.writeText(message.text);
        window.setStatusBarMessage("The command is on the clipboard.", 3000);
        break;
      case "save":
        await this.#save(message);
        break;
      case "failed":
        void window.showErrorMessage(message.sentence);
    }
  }

  get #folder(): Uri | undefined {
    return this.#live?.run ? Uri.parse(this.#live.run.directory) : undefined;
  }

  async #act(action: Act["action"]): Promise<void> {
    const folder = this.#folder;
    if (action === "train") await commands.executeCommand("cnngen.train", this.#live?.about.program ?? undefined);
    else if (!folder) return;
    else if (action === "report") await this.report.show(folder);
    else if (action === "folder") await openFolder(folder);
    else await stop(this.server, folder.toString());
  }

  async #open(file: string): Promise<void> {
    const named = this.#live?.run?.overview.files.some(({ name }) => name === file);
    if (!this.#folder || !named) return; // the page names files of the run and no others
    await commands.executeCommand("vscode.open", Uri.joinPath(this.#folder, file), ViewColumn.Beside);
  }

  async #save(made: Save): Promise<void> {
    const folder = this.#folder;
    if (!folder || !this.#live?.run) return;
    const name = `${this.#live.run.overview.id}-${made.what}.${made.format}`;
    await save(made, Uri.joinPath(folder, "..", name), "It");
  }
}

function about(wanted: Wanted): About {
  if ("program" in wanted) return { program: wanted.program.toString(), directory: null, compared: [] };
  return { program: null, directory: wanted.directory, compared: wanted.compared ?? [] };
}

/** Beside the text, not beside another panel. The log is a text too, in no column. */
function beside(): ViewColumn {
  const inColumns = window.visibleTextEditors.map(({ viewColumn }) => viewColumn).filter((column) => column !== undefined);
  const column = window.activeTextEditor?.viewColumn ?? inColumns[0];
  return column ? column + 1 : ViewColumn.Active;
}
