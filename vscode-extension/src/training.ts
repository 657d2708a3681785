import { commands, window } from "vscode";

/** The server's word that a training has ended; the places are URIs. */
export interface TrainingFinished {
  /** The program's, where it is known. */
  uri: string | null;
  runDirectory: string;
  report: string | null;
  status: "done" | "cancelled" | "failed";
  message: string;
}

const SHOW_RESULTS = "Show results";
const OPEN_REPORT = "Open report";

/** Tell how a training has ended, with the ways to its results. */
export async function announce(result: TrainingFinished): Promise<void> {
  const show = result.status === "failed" ? window.showErrorMessage : window.showInformationMessage;
  const buttons = result.report ? [SHOW_RESULTS, OPEN_REPORT] : [SHOW_RESULTS];
  const choice = await show(result.message, ...buttons);
  if (choice === SHOW_RESULTS) await commands.executeCommand("cnngen.showResults", result.runDirectory);
  else if (choice === OPEN_REPORT) await commands.executeCommand("cnngen.runs.report", { directory: result.runDirectory });
}
