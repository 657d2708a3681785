import { Progress, ProgressLocation, window } from "vscode";
import {
  ProgressToken,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageclient/node";

type Value = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

interface Bar {
  progress: Progress<{ message?: string; increment?: number }>;
  percentage: number;
  end: () => void;
}

/**
 * The server's long work, each as a message with a bar and a button that cancels it. The language client by itself
 * shows it in the status bar only, where few would look for the button.
 */
export class ProgressMessages {
  readonly #bars = new Map<ProgressToken, Bar>();

  constructor(private readonly cancel: (token: ProgressToken) => void) {}

  handle(token: ProgressToken, value: Value): void {
    if (value.kind === "begin") this.#begin(token, value);
    else if (value.kind === "report") this.#report(token, value);
    else this.#bars.get(token)?.end();
  }

  /** End all messages: the server that would have done so is gone. */
  clear(): void {
    for (const bar of this.#bars.values()) bar.end();
  }

  #begin(token: ProgressToken, { title, cancellable = false, message, percentage }: WorkDoneProgressBegin): void {
    const options = { location: ProgressLocation.Notification, title, cancellable };
    void window.withProgress(options, (progress, cancelled) => {
      cancelled.onCancellationRequested(() => {
        this.cancel(token);
      });
      return new Promise<void>((resolve) => {
        const end = (): void => {
          this.#bars.delete(token);
          resolve();
        };
        this.#bars.set(token, { progress, percentage: 0, end });
        this.#report(token, { kind: "report", ...(message && { message }), percentage: percentage ?? 0 });
      });
    });
  }

  #report(token: ProgressToken, { message, percentage }: WorkDoneProgressReport): void {
    const bar = this.#bars.get(token);
    if (!bar) return;
    const increment = Math.max(0, (percentage ?? 0) - bar.percentage);
    bar.percentage += increment;
    bar.progress.report({ increment, ...(message && { message }) });
  }
}
