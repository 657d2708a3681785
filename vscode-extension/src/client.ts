import { LanguageClient } from "vscode-languageclient/node";

const PATIENCE_MS = 60_000;

/** The promise, which fails when it takes too long: a server that hangs must not make a restart wait for ever. */
export async function withinPatience<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, PATIENCE_MS, new Error(`No answer within ${PATIENCE_MS / 1000} s.`));
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** A client that writes its failures to the log alone: what the user is told of them is said here, once. */
export class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}
