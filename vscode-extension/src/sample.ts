import { TabInputText, Uri, ViewColumn, window, workspace } from "vscode";

const NAME = "lenet5.cnn";

/** Open a program to begin with. It is put into the folder, for what is made from it is kept beside it. */
export async function openSample(extension: Uri): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const file = folder ? Uri.joinPath(folder, NAME) : await askForFile();
  if (!file) return;
  if (!(await exists(file))) {
    try {
      await workspace.fs.copy(Uri.joinPath(extension, "bundled", "samples", NAME), file);
    } catch (error) {
      void window.showErrorMessage(`The sample could not be put into ${file.fsPath}: ${(error as Error).message}`);
      return;
    }
  }
  // Beside the walkthrough, which stays in sight. The active text editor does not tell: it may be the log, in the panel.
  const active = window.tabGroups.activeTabGroup.activeTab;
  const beside = active !== undefined && !(active.input instanceof TabInputText);
  await window.showTextDocument(file, { viewColumn: beside ? ViewColumn.Beside : ViewColumn.Active, preview: false });
}

function askForFile(): Thenable<Uri | undefined> {
  return window.showSaveDialog({ title: "Where to put the sample", filters: { "CNN program": ["cnn"] } });
}

async function exists(file: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
