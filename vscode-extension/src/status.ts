import { commands, Disposable, MarkdownString, StatusBarAlignment, ThemeColor, window, workspace } from "vscode";
import { Doctor } from "./doctor";
import { Server } from "./server";

const MENU = "cnngen.showStatus";
const STATES = { starting: "is starting", running: "is running", stopped: "is stopped" };
const ICONS = { starting: "$(loading~spin) ", running: "", stopped: "$(warning) " };

/** The item in the status bar: how the server is, with what Python, and what can be measured; a click for more. */
export class StatusItem implements Disposable {
  readonly #item = window.createStatusBarItem("cnngen.status", StatusBarAlignment.Right, 100);
  readonly #subscriptions: Disposable[];

  constructor(
    private readonly server: Server,
    private readonly doctor: Doctor,
  ) {
    this.#item.name = "CNNGen";
    this.#item.command = MENU;
    this.#subscriptions = [
      this.#item,
      commands.registerCommand(MENU, () => this.#menu()),
      server.onDidChangeState(() => {
        this.#update();
      }),
      doctor.onDidChange(() => {
        this.#update();
      }),
    ];
    this.#update();
    this.#item.show();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #update(): void {
    const { name } = this.server.state;
    this.#item.text = `${ICONS[name]}CNNGen`;
    this.#item.backgroundColor = name === "stopped" ? new ThemeColor("statusBarItem.warningBackground") : undefined;
    this.#item.accessibilityInformation = { label: `CNNGen: ${this.#serverLine()}` };
    const tooltip = new MarkdownString();
    tooltip.appendText(`${this.#serverLine()}\n\n${this.#pythonLine()}\n\n${this.#energyLines().join("\n\n")}`);
    this.#item.tooltip = tooltip;
  }

  #serverLine(): string {
    const { name, why } = this.server.state;
    return `The language server ${STATES[name]}.${why ? ` ${why}` : ""}`;
  }

  #pythonLine(): string {
    const python = this.server.interpreter;
    return python ? `Python: ${python.path} (from ${python.origin})` : "Python: none was found";
  }

  /** What is known of the energy figures: nothing before somebody has asked. */
  #energyLines(): string[] {
    const { checkup } = this.doctor;
    if (!checkup) return ["Energy: the menu finds out what can be measured here."];
    const lines = Object.entries(checkup.measures).map(([part, way]) => `${part.toUpperCase()} energy: ${way}`);
    return [...lines, ...(checkup.problem ? [checkup.problem] : [])];
  }

  async #menu(): Promise<void> {
    const trusted = workspace.isTrusted;
    const { checkup } = this.doctor;
    const sources = Object.entries(checkup?.measures ?? {}).map(
      ([part, way]) => `${part.toUpperCase()} ${way.split(":", 1).join()}`,
    );
    const known = checkup?.problem ?? (sources.join(", ") || "takes about ten seconds");
    const actions = [
      { label: "$(refresh) Restart Language Server", description: "", command: "cnngen.restart" },
      { label: "$(output) Show Log", description: "what server and extension have said", command: "cnngen.showLog" },
      {
        label: "$(symbol-property) Choose the Python Interpreter",
        description: this.server.interpreter?.path ?? "none was found",
        command: "workbench.action.openSettings",
        argument: "cnngen.interpreter",
      },
      {
        label: "$(pulse) What Can Be Measured Here",
        description: trusted ? known : "needs a trusted folder",
        command: "cnngen.showDoctor",
      },
    ];
    const chosen = await window.showQuickPick(actions, { title: "CNNGen", placeHolder: this.#serverLine() });
    if (chosen) await commands.executeCommand(chosen.command, ...("argument" in chosen ? [chosen.argument] : []));
  }
}
