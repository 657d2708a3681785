import { commands, ExtensionContext, Uri, window, workspace } from "vscode";
import { DiagramPanel } from "./diagram/panel";
import { Doctor } from "./doctor";
import { followMistakes } from "./mistakes";
import { followPrograms } from "./programs";
import { pythonExtension } from "./python-extension";
import { ReportPanel } from "./report/panel";
import { ResultsPanel } from "./results/panel";
import { RunChanges } from "./runs/changes";
import { registerRunCommands } from "./runs/commands";
import { RunsView } from "./runs/view";
import { openSample } from "./sample";
import { Server } from "./server";
import { StatusItem } from "./status";
import { trainRepeatedly } from "./training";

let server: Server | undefined;

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("CNNGen", { log: true });
  const running = new Server(context, log);
  server = running;
  const diagram = new DiagramPanel(context.extensionUri, running);
  const changes = new RunChanges(running);
  const report = new ReportPanel(context.extensionUri);
  const results = new ResultsPanel(context.extensionUri, running, changes, report);
  const runs = new RunsView(running, changes);
  const doctor = new Doctor(running);
  context.subscriptions.push(
    log,
    followPrograms(),
    followMistakes(),
    running,
    diagram,
    changes,
    report,
    results,
    runs,
    registerRunCommands(running, runs, results, report),
    doctor,
    new StatusItem(running, doctor),
    commands.registerCommand("cnngen.showDiagram", (resource?: Uri | string) => {
      // For the walkthrough: a command run by a lens goes by another name there.
      void commands.executeCommand("setContext", "cnngen.drawn", true);
      return diagram.show(typeof resource === "string" ? Uri.parse(resource) : resource);
    }),
    // From a lens and the message of a training with a run's folder; from the palette and the title with its program.
    commands.registerCommand("cnngen.showResults", (place?: Uri | string) => {
      if (typeof place === "string") results.show({ directory: place });
      else results.show(place && { program: place });
    }),
    commands.registerCommand("cnngen.trainRepeatedly", (resource?: Uri) => trainRepeatedly(resource)),
    commands.registerCommand("cnngen.showDoctor", () => doctor.show()),
    commands.registerCommand("cnngen.openSample", () => openSample(context.extensionUri)),
    commands.registerCommand("cnngen.restart", () => running.restart()),
    commands.registerCommand("cnngen.showLog", () => {
      log.show();
    }),
    workspace.onDidGrantWorkspaceTrust(() => running.restart()),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("cnngen.interpreter")) void running.interpreterChanged();
      if (change.affectsConfiguration("cnngen.codeLens.enable")) running.refreshCodeLenses();
    }),
  );
  // Activation does not wait for Python: the editor stays free, and a failure is a message of the server's.
  void running.start();
  void pythonExtension().then((python) => {
    if (!python) return;
    const changed = python.environments.onDidChangeActiveEnvironmentPath(() => running.interpreterChanged());
    context.subscriptions.push(changed);
  });
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
