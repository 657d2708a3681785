import { commands, Uri, window, workspace } from "vscode";

/** The server's word that a training has ended; the places are URIs. */
export interface TrainingFinished {
  uri: string;
  runDirectory: string;
  report: string | null;
  status: "done" | "cancelled" | "failed";
  message: string;
}

const OPEN_REPORT = "Open report";
const OPEN_FOLDER = "Open folder";

/** Tell how a training has ended, with the ways to its results. */
export async function announce(result: TrainingFinished, toUri: (value: string) => Uri): Promise<void> {
  const show = result.status === "failed" ? window.showErrorMessage : window.showInformationMessage;
  const buttons = result.report ? [OPEN_REPORT, OPEN_FOLDER] : [OPEN_FOLDER];
  const choice = await show(result.message, ...buttons);
  if (choice === OPEN_REPORT && result.report) {
    await commands.executeCommand("markdown.showPreview", toUri(result.report));
  } else if (choice === OPEN_FOLDER) {
    await openFolder(toUri(result.runDirectory));
  }
}

async function openFolder(folder: Uri): Promise<void> {
  const reveal = workspace.getWorkspaceFolder(folder) ? "revealInExplorer" : "revealFileInOS";
  try {
    await commands.executeCommand(reveal, folder);
  } catch {
    // An editor in a browser has no file manager to open.
    void window.showInformationMessage(`The results are in ${folder.fsPath}.`);
  }
}
