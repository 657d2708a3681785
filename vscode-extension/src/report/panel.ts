import { Disposable, FileSystemError, Uri, ViewColumn, WebviewPanel, window, workspace } from "vscode";
import { decorate } from "../webviews/page";
import { framed } from "./page";

/** The panel with the report of a run, `report.html`: one for the window. It runs no script and loads nothing. */
export class ReportPanel implements Disposable {
  #panel: WebviewPanel | undefined;
  /** The run that was asked for last. */
  #wanted = "";

  constructor(private readonly extension: Uri) {}

  /** Show the report of the run in this folder. */
  async show(folder: Uri): Promise<void> {
    this.#wanted = folder.toString();
    let page: string;
    try {
      page = framed(await text(Uri.joinPath(folder, "report.html")), await text(Uri.joinPath(this.extension, "webview", "report.css")));
    } catch (error) {
      const missing = error instanceof FileSystemError && error.code === "FileNotFound";
      const why = missing ? "The run has no report: it is written when a training has ended." : `The report cannot be read: ${(error as Error).message}`;
      void window.showInformationMessage(why);
      return;
    }
    if (this.#wanted !== folder.toString()) return; // another has been asked for meanwhile
    const panel = (this.#panel ??= this.#open());
    // A folder is named for its program, the date, the time and the network.
    panel.title = `Report ${folder.path.replace(/.*\//, "").replace(/(-[^-]*){3}$/, "")}`;
    panel.webview.html = page;
    panel.reveal();
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #open(): WebviewPanel {
    const options = { enableScripts: false, localResourceRoots: [], enableFindWidget: true };
    const panel = window.createWebviewPanel("cnngen.report", "Report", ViewColumn.Active, options);
    decorate(panel, this.extension);
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    return panel;
  }
}

async function text(file: Uri): Promise<string> {
  return Buffer.from(await workspace.fs.readFile(file)).toString("utf8");
}
