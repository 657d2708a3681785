import { Disposable, TabInputText, TextDocument, TextDocumentShowOptions, Uri, ViewColumn, window, workspace } from "vscode";

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

/**
 * Where a text is shown: in the place of another text. What else is active, such as the walkthrough, stays in sight, and
 * keeps the focus: from a text no key leads back to it.
 */
export function besideOthers(): TextDocumentShowOptions {
  const active = window.tabGroups.activeTabGroup.activeTab;
  if (active === undefined || active.input instanceof TabInputText) return { viewColumn: ViewColumn.Active };
  const columns = window.visibleTextEditors.map(({ viewColumn }) => viewColumn);
  return { viewColumn: columns.find((column) => column !== undefined) ?? ViewColumn.Beside, preserveFocus: true };
}

/** The program that a command without one is meant for: the active one, else one in sight, else the last one. */
export function recentProgram(): Uri | undefined {
  const editors = [window.activeTextEditor, ...window.visibleTextEditors];
  const found = editors.map((editor) => editor?.document).find(isProgram);
  return (found ?? workspace.textDocuments.find((document) => document === last))?.uri;
}
