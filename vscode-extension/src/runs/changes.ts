import { Disposable, EventEmitter, FileSystemWatcher, RelativePattern, Uri, workspace } from "vscode";
import { Server } from "../server";

/** What in a folder of runs tells that one has come, gone, begun, got on or ended. */
const TELLING = "{*,*/result.json,*/worker.lock}";

/** Changes come in swarms, faster than anybody can look. */
const PAUSE_MS = 400;

/**
 * Tells when runs have changed. The server says so of the trainings that it has started; those of a terminal or of
 * another window, and what is deleted by hand, are seen on the disk.
 */
export class RunChanges implements Disposable {
  readonly #watched = new Map<string, FileSystemWatcher>();
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #timer: NodeJS.Timeout | undefined;
  readonly #subscriptions: Disposable[];

  constructor(server: Server) {
    const soon = (): void => {
      this.#soon();
    };
    this.#subscriptions = [this.#changed, server.onDidChangeRuns(soon), server.onDidChangeState(soon)];
  }

  /** Look after these folders of runs too, given as URIs. */
  watch(folders: readonly string[]): void {
    for (const folder of folders) {
      if (this.#watched.has(folder)) continue;
      const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.parse(folder), TELLING));
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
        event(() => {
          this.#soon();
        });
      }
      this.#watched.set(folder, watcher);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const disposable of [...this.#subscriptions, ...this.#watched.values()]) disposable.dispose();
  }

  /** Several changes are one; but while they go on, they are told all the same. */
  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire();
    }, PAUSE_MS);
  }
}
