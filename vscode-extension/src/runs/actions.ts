import { commands, Uri, window, workspace } from "vscode";
import { Server } from "../server";
import { RunRow } from "./messages";
import { wholeClock } from "./wording";

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
  await told(() => server.request("cnngen/stopRun", { directory }));
}

/** Delete runs, once the user has said yes. */
export async function remove(server: Server, runs: readonly RunRow[]): Promise<void> {
  const [first] = runs;
  if (!first) return;
  const what = runs.length === 1 ? `the run of ${first.program} of ${wholeClock(first.began)}` : `${runs.length} runs`;
  const detail = "Their folders are deleted for good, with all results and reports in them.";
  const options = { modal: true, detail: runs.length === 1 ? detail.replace("Their folders are", "Its folder is").replace("them", "it") : detail };
  if ((await window.showWarningMessage(`Delete ${what}?`, options, "Delete")) !== "Delete") return;
  for (const { directory } of runs) await told(() => server.request("cnngen/deleteRun", { directory }));
}

async function told(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    void window.showErrorMessage((error as Error).message);
  }
}
