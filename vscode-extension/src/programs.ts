import { TextDocument, Uri, window } from "vscode";

export function isProgram(document: TextDocument | undefined): document is TextDocument {
  return document?.languageId === "cnn";
}

/** The program that a command without one is meant for: the active one, else one that can be seen. */
export function recentProgram(): Uri | undefined {
  const editors = [window.activeTextEditor, ...window.visibleTextEditors];
  return editors.map((editor) => editor?.document).find(isProgram)?.uri;
}
