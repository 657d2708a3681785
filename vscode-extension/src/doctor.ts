import { commands, Disposable, EventEmitter, ProgressLocation, Uri, window, workspace } from "vscode";
import { Server } from "./server";

/** The server's answer to `cnngen/doctor`. */
export interface Checkup {
  problem: string | null;
  /** By what way the energy of each component will be told: `cpu` is "measured: RAPL". */
  measures: Record<string, string>;
  report: string;
}

const SCHEME = "cnngen-doctor";
const REPORT = Uri.from({ scheme: SCHEME, path: "What this machine can measure.md" });

/** What the machine can measure. It is asked when somebody wants to know: TensorFlow takes ten seconds to look. */
export class Doctor implements Disposable {
  /** What was found last. */
  checkup: Checkup | undefined;

  #asking: Promise<Checkup> | undefined;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #reported = new EventEmitter<Uri>();
  readonly #subscriptions: Disposable[];

  constructor(private readonly server: Server) {
    this.#subscriptions = [
      this.#changed,
      this.#reported,
      workspace.registerTextDocumentContentProvider(SCHEME, {
        onDidChange: this.#reported.event,
        provideTextDocumentContent: () => this.checkup?.report ?? "",
      }),
      // Another server may have another Python.
      server.onDidChangeState(({ name }) => {
        if (name !== "starting") return;
        this.checkup = this.#asking = undefined;
        this.#changed.fire();
      }),
    ];
  }

  /** What was found, once it is. Rejects with a sentence. */
  async ask(): Promise<Checkup> {
    this.#asking ??= this.server.request<Checkup>("cnngen/doctor", {});
    const asking = this.#asking;
    try {
      const checkup = await asking;
      if (asking === this.#asking) this.checkup = checkup;
      return checkup;
    } finally {
      if (asking === this.#asking) this.#asking = undefined;
      this.#changed.fire();
    }
  }

  /** Examine the machine anew, and show the report. */
  async show(): Promise<void> {
    const options = { location: ProgressLocation.Notification, title: "CNNGen: looking at what this machine has" };
    try {
      await window.withProgress(options, () => this.ask());
    } catch (error) {
      void window.showErrorMessage((error as Error).message);
      return;
    }
    this.#reported.fire(REPORT);
    await commands.executeCommand("markdown.showPreview", REPORT);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
