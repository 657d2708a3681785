import { Disposable, TextDocument, Uri, window, workspace } from "vscode";

let last: TextDocument | undefined;

export function isProgram(document: TextDocument | undefined): document is TextDocument {
  return document?.languageId === "cnn";
}

/** Keep in mind which program was active last. */
export function followPrograms(): Disposable {
  const active = (document: TextDocument | undefined): void => {
    if (isProgram(document)) last = document;
  };
  active(window.activeTextEditor?.document);
  return window.onDidChangeActiveTextEditor((editor) => {
    active(editor?.document);
  });
}

/** The program that a command without one is meant for: the active one, else one in sight, else the last one. */
export function recentProgram(): Uri | undefined {
  const editors = [window.activeTextEditor, ...window.visibleTextEditors];
  const found = editors.map((editor) => editor?.document).find(isProgram);
  return (found ?? workspace.textDocuments.find((document) => document === last))?.uri;
}
