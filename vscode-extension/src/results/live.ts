import { CancellationTokenSource, Disposable, EventEmitter } from "vscode";
import { isLiving, RunRow, Runs } from "../runs/messages";
import { RunChanges } from "../runs/changes";
import { Server } from "../server";
import { About, Shown } from "./messages";
import { Overview } from "./overview";

/** The results of a program, asked for anew whenever its runs change. */
export class LiveResults implements Disposable {
  runs: RunRow[] = [];
  run: Shown | null = null;
  compared: Shown[] = [];
  message: string | null = null;

  #about: About;
  /** Whether the run that is shown is the newest, so that the next one takes its place when it begins. */
  #newest: boolean;
  /** Runs that have ended: they do not change any more. */
  readonly #ended = new Map<string, Overview>();
  #asked: CancellationTokenSource | undefined;
  /** Whether runs have changed since the server was asked. */
  #outdated = false;
  readonly #changed = new EventEmitter<void>();
  readonly #subscriptions: Disposable[];

  /** Something that is shown has changed. */
  readonly onDidChange = this.#changed.event;

  constructor(
    about: About,
    private readonly server: Server,
    private readonly changes: RunChanges,
  ) {
    this.#about = about;
    this.#newest = about.directory === null;
    this.#subscriptions = [
      this.#changed,
      changes.onDidChange(() => {
        // An answer that takes longer than the next change is to be shown all the same, and then the next one.
        if (this.#asked) this.#outdated = true;
        else void this.#refresh();
      }),
    ];
    void this.#refresh();
  }

  get about(): About {
    return this.#about;
  }

  /** What the program is called. */
  get name(): string {
    const uri = this.#about.program ?? "";
    return this.run?.overview.name ?? decodeURIComponent(uri.replace(/.*\//, "")).replace(/\.cnn$/, "");
  }

  /** Show another run. */
  choose(directory: string): void {
    const compared = this.#about.compared.filter((other) => other !== directory);
    this.#about = { ...this.#about, directory, compared };
    this.#newest = this.runs[0]?.directory === directory;
    void this.#refresh();
  }

  /** Show these runs beside it. */
  compare(directories: string[]): void {
    this.#about = { ...this.#about, compared: directories };
    void this.#refresh();
  }

  dispose(): void {
    this.#asked?.cancel();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #refresh(): Promise<void> {
    this.#asked?.cancel();
    const asked = new CancellationTokenSource();
    this.#asked = asked;
    try {
      await this.#ask(asked);
    } catch (error) {
      this.message = (error as Error).message;
    }
    if (asked.token.isCancellationRequested) return;
    this.#asked = undefined;
    this.#changed.fire();
    if (this.#outdated) void this.#refresh();
  }

  async #ask({ token }: CancellationTokenSource): Promise<void> {
    this.#outdated = false;
    const { program, directory } = this.#about;
    const about = directory ? { directory } : { uri: program };
    const { runs, folders } = await this.server.request<Runs>("cnngen/runs", about, token);
    const newest = runs[0]?.directory ?? null;
    const stands = runs.some((run) => run.directory === directory);
    const shown = this.#newest || !stands ? newest : directory;
    const others = this.#about.compared.filter((other) => other !== shown && runs.some((run) => run.directory === other));
    const found = await Promise.all([...(shown ? [shown] : []), ...others].map((each) => this.#overview(each, token)));
    if (token.isCancellationRequested) return;
    this.changes.watch(folders);
    // Without a run the folder stays: where it was, the next ones will be.
    this.#about = { program, directory: shown ?? directory, compared: others };
    this.#newest ||= shown === newest;
    this.runs = runs;
    this.run = shown ? (found.shift() ?? null) : null;
    this.compared = found;
    this.message = shown ? null : "There is no run of this program yet: train it, and its results come here.";
  }

  async #overview(directory: string, token: CancellationTokenSource["token"]): Promise<Shown> {
    const known = this.#ended.get(directory);
    if (known) return { directory, overview: known };
    const overview = await this.server.request<Overview>("cnngen/run", { directory }, token);
    const growing = overview.group?.status === "running";
    if (!isLiving(overview) && overview.ended_utc && !growing) this.#ended.set(directory, overview);
    return { directory, overview };
  }
}
