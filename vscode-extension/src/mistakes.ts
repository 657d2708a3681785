import { commands, DiagnosticSeverity, Disposable, languages, window } from "vscode";
import { isProgram } from "./programs";

/** For the walkthrough, a context key: there has been an error in the program in which somebody writes. */
const MISTAKEN = "cnngen.mistaken";

/** Watch for the first error. */
export function followMistakes(): Disposable {
  const watch = languages.onDidChangeDiagnostics(({ uris }) => {
    const program = window.activeTextEditor?.document;
    if (!isProgram(program) || !uris.some((uri) => uri.toString() === program.uri.toString())) return;
    if (!languages.getDiagnostics(program.uri).some(({ severity }) => severity === DiagnosticSeverity.Error)) return;
    void commands.executeCommand("setContext", MISTAKEN, true);
    watch.dispose();
  });
  return watch;
}
