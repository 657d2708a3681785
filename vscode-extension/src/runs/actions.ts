import { commands, Uri, window, workspace } from "vscode";
import { Server } from "../server";

/** Show the report of a run. */
export async function openReport(folder: Uri): Promise<void> {
  const report = Uri.joinPath(folder, "report.md");
  try {
    await workspace.fs.stat(report);
  } catch {
    void window.showInformationMessage("The run has no report yet: it is written when the training has ended.");
    return;
  }
  await commands.executeCommand("markdown.showPreview", report);
}

/** Show the folder of a run. */
export async function openFolder(folder: Uri): Promise<void> {
  const reveal = workspace.getWorkspaceFolder(folder) ? "revealInExplorer" : "revealFileInOS";
  try {
    await commands.executeCommand(reveal, folder);
  } catch {
    // An editor in a browser has no file manager to open.
    void window.showInformationMessage(`The results are in ${folder.fsPath}.`);
  }
}

/** Stop a training; what was done is kept. */
export async function stop(server: Server, directory: string): Promise<void> {
  try {
    await server.request("cnngen/stopRun", { directory });
  } catch (error) {
    void window.showErrorMessage((error as Error).message);
  }
}
