import { CloseAction, CloseHandlerResult, ErrorAction, ErrorHandler, ErrorHandlerResult } from "vscode-languageclient/node";

const PATIENCE_MS = 180_000;
const MOST_RESTARTS = 4;

/**
 * What happens when the server's process ends by itself. One that has worked is started again, unless that happens
 * all the time; one that has never worked is not, since the next would end in the same way.
 */
export class Crashes implements ErrorHandler {
  #crashes: number[] = [];

  constructor(
    private readonly hasWorked: () => boolean,
    private readonly giveUp: () => void,
  ) {}

  error(): ErrorHandlerResult {
    return { action: ErrorAction.Continue, handled: true }; // a broken pipe: closed() follows
  }

  closed(): CloseHandlerResult {
    const now = Date.now();
    this.#crashes = [...this.#crashes.filter((time) => now - time < PATIENCE_MS), now];
    if (!this.hasWorked()) return { action: CloseAction.DoNotRestart, handled: true };
    if (this.#crashes.length <= MOST_RESTARTS) return { action: CloseAction.Restart, handled: true };
    this.giveUp();
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}
