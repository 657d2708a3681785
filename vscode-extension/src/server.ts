import * as path from "node:path";
import {
  CancellationToken,
  commands,
  Disposable,
  EventEmitter,
  ExtensionContext,
  LogOutputChannel,
  ProgressLocation,
  Uri,
  window,
  workspace,
} from "vscode";
import {
  CodeLensRequest,
  LanguageClientOptions,
  Middleware,
  ProgressToken,
  RevealOutputChannelOn,
  State,
  WorkDoneProgressCancelNotification,
} from "vscode-languageclient/node";
import { QuietClient, withinPatience } from "./client";
import { Crashes } from "./crashes";
import { findInterpreter, Interpreter, OLDEST } from "./interpreter";
import { ProgressMessages } from "./progress";
import { besideOthers, recentProgram } from "./programs";
import { codeLensEnabled, trainingSettings, TrainingSettings } from "./settings";
import { announce, TrainingFinished } from "./training";

const TRAIN = "cnngen.train";
const RUNNING = "cnngen.running"; // a context key: the palette shows the server's commands while there is a server

const MEASURED = "cnngen.measured"; // a context key: a training has ended well, the walkthrough's last step
const NO_PYTHON = `CNNGen needs Python ${OLDEST} or newer: install it, or name one in the setting cnngen.interpreter.`;
const NO_START = "The CNNGen language server could not be started.";
const CRASHES = "The CNNGen language server has ended by itself several times and stays off until it is restarted.";

/** What the server does; when it is stopped against the user's will, `why` is a sentence. */
export interface ServerState {
  name: "starting" | "running" | "stopped";
  why?: string;
}

interface TrainingOptions extends TrainingSettings {
  interpreter?: string;
  workerPath: string;
}

/** What the server answers to the command that generates. */
interface Generated {
  notes: string[];
}

/** The language server's life: found a Python, started, restarted, stopped. */
export class Server implements Disposable {
  #client: QuietClient | undefined;
  #interpreter: Interpreter | undefined;
  #state: ServerState = { name: "starting" };
  readonly #stateChanged = new EventEmitter<ServerState>();
  readonly onDidChangeState = this.#stateChanged.event;
  readonly #runsChanged = new EventEmitter<void>();
  /** A run has begun, come further, ended, or gone. */
  readonly onDidChangeRuns = this.#runsChanged.event;
  readonly #progress = new ProgressMessages((token) => void this.#cancel(token));
  /** One change of state after the other: a restart may be asked for while a start is under way. */
  #queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: ExtensionContext,
    private readonly log: LogOutputChannel,
  ) {}

  get state(): ServerState {
    return this.#state;
  }

  /** The Python that runs the server and trains. */
  get interpreter(): Interpreter | undefined {
    return this.#interpreter;
  }

  /** Ask the server something of its own. Rejects when it does not run. */
  async request<Answer>(method: string, params: unknown, token?: CancellationToken): Promise<Answer> {
    await this.#queue; // it may be starting
    if (!this.#client) throw new Error("The language server does not run.");
    // A token that is undefined would count as a second parameter.
    return this.#client.sendRequest<Answer>(method, params, ...(token ? [token] : []));
  }

  start(): Promise<void> {
    return this.#enqueue(() => this.#start());
  }

  stop(): Promise<void> {
    return this.#enqueue(() => this.#stop());
  }

  restart(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  /** Look for the interpreter again, and begin anew with another one. Trainings go on, and are found again. */
  interpreterChanged(): Promise<void> {
    return this.#enqueue(async () => {
      const before = this.#interpreter?.path;
      await this.#find();
      if (this.#client?.state === State.Running && before === this.#interpreter?.path) return;
      await this.#stop();
      await this.#launch();
    });
  }

  /** Have the editor ask for the code lenses again. */
  refreshCodeLenses(): void {
    for (const document of workspace.textDocuments) {
      const provider = this.#client?.getFeature(CodeLensRequest.method).getProvider(document);
      provider?.onDidChangeCodeLensEmitter.fire();
    }
  }

  dispose(): void {
    void this.stop();
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(step).catch((error: unknown) => {
      this.log.error(error instanceof Error ? error : String(error));
      this.#become({ name: "stopped", why: NO_START });
      void this.#complain(NO_START, "Show Log");
    });
    return this.#queue;
  }

  #become(state: ServerState): void {
    this.#state = state;
    this.#stateChanged.fire(state);
  }

  async #complain(message: string, ...buttons: ("Restart" | "Show Log" | "Open Settings")[]): Promise<void> {
    const choice = await window.showErrorMessage(message, ...buttons);
    if (choice === "Restart") await this.restart();
    if (choice === "Show Log") this.log.show();
    if (choice === "Open Settings") await commands.executeCommand("workbench.action.openSettings", "cnngen.interpreter");
  }

  async #find(): Promise<void> {
    const { found, passedOver } = await findInterpreter(this.log);
    this.#interpreter = found;
    if (!found) {
      void this.#complain(NO_PYTHON, "Open Settings");
    } else if (passedOver) {
      const message = `${passedOver}, the setting cnngen.interpreter, is no Python ${OLDEST} or newer: using ${found.path}.`;
      void this.#complain(message, "Open Settings");
    }
  }

  async #start(): Promise<void> {
    await this.#find();
    await this.#launch();
  }

  async #launch(): Promise<void> {
    if (!this.#interpreter) {
      this.#become({ name: "stopped", why: NO_PYTHON });
      return;
    }
    this.#become({ name: "starting" });
    const client = new QuietClient(
      "cnngen",
      "CNNGen",
      { command: this.#interpreter.path, args: ["-I", this.context.asAbsolutePath("launch_server.py")] },
      this.#clientOptions(() => worked),
    );
    let worked = false;
    client.onDidChangeState(({ newState }) => {
      worked ||= newState === State.Running;
      if (newState === State.Running) this.#become({ name: "running" });
      else if (this.#client === client && newState === State.Starting) this.#become({ name: "starting" });
      // One that ended by itself may be about to come back: then Starting follows, and Running. If not, it is known why.
      else if (this.#client === client && this.#state.name !== "stopped") this.#become({ name: "stopped" });
      void commands.executeCommand("setContext", RUNNING, newState === State.Running);
      if (newState === State.Stopped) this.#progress.clear();
    });
    client.onNotification("cnngen/trainingFinished", (result: TrainingFinished) => {
      if (result.status === "done") void commands.executeCommand("setContext", MEASURED, true);
      void announce(result);
    });
    client.onNotification("cnngen/runsChanged", () => {
      this.#runsChanged.fire();
    });
    this.#client = client;
    await withinPatience(client.start());
  }

  async #cancel(token: ProgressToken): Promise<void> {
    await this.#client?.sendNotification(WorkDoneProgressCancelNotification.type, { token });
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      // A server that has crashed or hangs cannot be asked to stop; the client ends its process.
      this.log.warn("The language server did not stop by itself:", error);
    }
  }

  #clientOptions(hasWorked: () => boolean): LanguageClientOptions {
    return {
      documentSelector: [
        { language: "cnn", scheme: "file" },
        { language: "cnn", scheme: "untitled" },
      ],
      outputChannel: this.log,
      // Errors of commands are shown by the middleware, in the server's own words.
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: {
        ...this.#trainingOptions(),
        trusted: workspace.isTrusted,
        trainingFinished: true,
        showDiagram: true,
        showResults: true,
      },
      errorHandler: new Crashes(hasWorked, () => {
        this.#become({ name: "stopped", why: CRASHES });
        void this.#complain(CRASHES, "Restart", "Show Log");
      }),
      initializationFailedHandler: () => false,
      middleware: this.#middleware(),
    };
  }

  #trainingOptions(resource?: Uri): TrainingOptions {
    return {
      ...(this.#interpreter && { interpreter: this.#interpreter.path }),
      workerPath: this.context.asAbsolutePath(path.join("bundled", "cnngen")),
      ...trainingSettings(resource),
    };
  }

  #middleware(): Middleware {
    return {
      handleWorkDoneProgress: (token, value, next) => {
        this.#progress.handle(token, value);
        if (value.kind === "end") next(token, value); // for the client's own book-keeping
      },
      window: {
        showDocument: async ({ uri }) => {
          await window.showTextDocument(Uri.parse(uri), besideOthers());
          return { success: true };
        },
      },
      provideCodeLenses: (document, token, next) => (codeLensEnabled() ? next(document, token) : []),
      // The client registers the server's commands itself. A lens calls them with a URI as the protocol writes it,
      // a menu with VS Code's own and a context of no interest, the palette and keys with nothing.
      executeCommand: async (command, [first, ...rest]: unknown[], next) => {
        const resource =
          typeof first === "string" ? Uri.parse(first) : first instanceof Uri ? first : recentProgram();
        if (!resource) {
          void window.showErrorMessage("Open the .cnn program first.");
          return undefined;
        }
        const uri = typeof first === "string" ? first : resource.toString();
        const given = typeof first === "string" ? rest[0] : undefined;
        try {
          if (command === TRAIN) {
            const options = { ...this.#trainingOptions(resource), ...(given as object | undefined) };
            return await starting(() => next(command, [uri, options]) as Promise<unknown>);
          }
          const generated = (await next(command, [uri])) as Generated | undefined;
          for (const note of generated?.notes ?? []) void window.showInformationMessage(note);
          return generated;
        } catch (error) {
          void window.showErrorMessage(error instanceof Error ? error.message : String(error));
          return undefined;
        }
      },
    };
  }
}

/** The start of a training: the server first asks Python what it has, which takes a moment. */
function starting(start: () => Promise<unknown>): Thenable<unknown> {
  return window.withProgress({ location: ProgressLocation.Window, title: "CNNGen: starting the training" }, start);
}
