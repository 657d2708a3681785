import { commands, Uri, window } from "vscode";
import { recentProgram } from "./programs";

/** The server's word that a training has ended; the places are URIs. */
export interface TrainingFinished {
  /** The program's, where it is known. */
  uri: string | null;
  /** The last run's; none has begun where it is null. */
  runDirectory: string | null;
  report: string | null;
  status: "done" | "cancelled" | "failed";
  message: string;
}

const SHOW_RESULTS = "Show results";
const OPEN_REPORT = "Open report";

/** Tell how a training has ended, with the ways to its results. */
export async function announce(result: TrainingFinished): Promise<void> {
  const show = result.status === "failed" ? window.showErrorMessage : window.showInformationMessage;
  const buttons = [...(result.runDirectory ? [SHOW_RESULTS] : []), ...(result.report ? [OPEN_REPORT] : [])];
  const choice = await show(result.message, ...buttons);
  if (choice === SHOW_RESULTS) await commands.executeCommand("cnngen.showResults", result.runDirectory);
  else if (choice === OPEN_REPORT) await commands.executeCommand("cnngen.runs.report", { directory: result.runDirectory });
}

const FEWEST = 2;
const MOST = 100;
const USUAL = 5;

/** Ask how often, and have the program trained as often, one training after the other. */
export async function trainRepeatedly(resource?: Uri): Promise<void> {
  const program = resource ?? recentProgram();
  if (!program) {
    void window.showErrorMessage("Open the .cnn program first.");
    return;
  }
  const answer = await window.showInputBox({
    title: "Train & Measure Repeatedly",
    prompt: "How often? What the runs come to together is told by their median and an interval.",
    value: String(USUAL),
    validateInput: (text) => (isNumberOfRepeats(text) ? undefined : `A whole number from ${FEWEST} to ${MOST}`),
  });
  if (answer !== undefined) await commands.executeCommand("cnngen.train", program.toString(), { repeats: Number(answer) });
}

function isNumberOfRepeats(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) >= FEWEST && Number(text) <= MOST;
}
