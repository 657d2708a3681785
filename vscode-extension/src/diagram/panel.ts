import { basename } from "node:path";
import {
  Disposable,
  TextDocument,
  Selection,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  Webview,
  WebviewPanel,
  WebviewPanelSerializer,
  window,
  workspace,
} from "vscode";
import { isProgram, recentProgram } from "../programs";
import { Server } from "../server";
import { diagramColouring } from "../settings";
import { furnish } from "../webviews/page";
import { save } from "../webviews/saving";
import { Graphviz } from "./graphviz";
import { LiveDiagram } from "./live";
import { FromPage, ToPage } from "./messages";
import { PAGE } from "./page";

const TYPE = "cnngen.diagram";

/** The panel beside the text: one for the window, with the diagram of the program that was active last. */
export class DiagramPanel implements Disposable, WebviewPanelSerializer<{ program: string | null } | undefined> {
  #panel: WebviewPanel | undefined;
  #live: LiveDiagram | undefined;
  readonly #graphviz: Graphviz;
  readonly #subscriptions = [
    window.onDidChangeActiveTextEditor((editor) => {
      if (this.#panel && isProgram(editor?.document)) this.#follow(editor.document);
    }),
    window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor.document === this.#live?.document) this.#mark();
    }),
    window.registerWebviewPanelSerializer(TYPE, this),
  ];

  constructor(
    private readonly extension: Uri,
    private readonly server: Server,
  ) {
    this.#graphviz = new Graphviz(extension);
  }

  /** Open the panel with the diagram of a program: the active one, when none is given. */
  async show(resource?: Uri): Promise<void> {
    const uri = resource ?? recentProgram();
    if (!uri) {
      void window.showErrorMessage("Open the .cnn program first.");
      return;
    }
    const document = await workspace.openTextDocument(uri);
    if (this.#panel) this.#panel.reveal(undefined, true);
    else this.#open(document);
    this.#follow(document);
  }

  /** The window was loaded anew: the panel goes on with the program that it showed. */
  async deserializeWebviewPanel(panel: WebviewPanel, state: { program: string | null } | undefined): Promise<void> {
    this.#take(panel);
    const uri = state?.program ? Uri.parse(state.program) : recentProgram();
    try {
      if (uri) this.#follow(await workspace.openTextDocument(uri));
    } catch {
      panel.dispose(); // the program is gone
    }
  }

  /** The panel itself stays: when the window is loaded anew this ends first, and the panel is to come back. */
  dispose(): void {
    this.#live?.dispose();
    this.#graphviz.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #open(document: TextDocument): void {
    // Beside the program, not beside what is active: that may be the walkthrough, with the program next to it.
    const column = window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn;
    const place = { viewColumn: column ? column + 1 : ViewColumn.Beside, preserveFocus: true };
    this.#take(window.createWebviewPanel(TYPE, "Diagram", place));
  }

  /** Make a panel, a new one or one of before a reload, this one. */
  #take(panel: WebviewPanel): void {
    furnish(panel, PAGE, this.extension, (message) => void this.#receive(message as FromPage));
    panel.onDidDispose(() => {
      this.#live?.dispose();
      this.#panel = this.#live = undefined;
    });
    this.#panel = panel;
  }

  #follow(document: TextDocument): void {
    if (this.#live?.document === document || !this.#panel) return;
    this.#live?.dispose();
    this.#live = new LiveDiagram(document, this.server, this.#graphviz);
    this.#live.onDidChange(() => {
      this.#send();
    });
    this.#panel.title = `Diagram ${basename(document.uri.path)}`;
    this.#send();
  }

  async #receive(message: FromPage): Promise<void> {
    switch (message.type) {
      case "ready": // A page that was hidden is loaded anew when it comes back.
        this.#send();
        break;
      case "choose":
        await this.#choose(message.id);
        break;
      case "save":
        if (this.#live) await save(message, beside(this.#live.document.uri, message.format), "The diagram");
        break;
      case "failed":
        void window.showErrorMessage(message.sentence);
    }
  }

  #send(): void {
    if (!this.#live) return;
    const { document, picture, message } = this.#live;
    this.#post({ type: "show", program: document.uri.toString(), picture, message, colouring: diagramColouring() });
    this.#mark();
  }

  /** Tell the page which layers the caret is in. */
  #mark(): void {
    const live = this.#live;
    const editor = window.visibleTextEditors.find(({ document }) => document === live?.document);
    if (!live || !editor) return;
    this.#post({ type: "mark", ids: live.layersAt(live.document.offsetAt(editor.selection.active)) });
  }

  /** Select the text of a layer. */
  async #choose(id: number): Promise<void> {
    const range = this.#live?.rangeOf(id);
    if (!range || !this.#live) return;
    const { document } = this.#live;
    const column = window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn;
    const editor = await window.showTextDocument(document, column ?? ViewColumn.One);
    editor.selection = new Selection(range.start, range.end);
    editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
  }

  #post(message: ToPage): void {
    const webview: Webview | undefined = this.#panel?.webview;
    void webview?.postMessage(message);
  }
}

/** A file beside a program, with its name. */
function beside(program: Uri, format: string): Uri {
  return program.with({ scheme: "file", path: program.path.replace(/(\.cnn)?$/, `.${format}`) });
}
