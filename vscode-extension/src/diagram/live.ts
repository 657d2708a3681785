import { CancellationTokenSource, Disposable, EventEmitter, Position, Range, TextDocument, workspace } from "vscode";
import { Position as ProtocolPosition, Range as ProtocolRange } from "vscode-languageclient/node";
import { Server } from "../server";
import { Graphviz } from "./graphviz";
import { Lane, Layer, Picture } from "./messages";
import { layersAt, moved, Place } from "./places";

const PAUSE_MS = 150;

/** The server's answer to `cnngen/diagram`; null when the text was edited meanwhile. */
type Answer = {
  version: number | null;
  svg: string | null;
  /** The graph in the DOT language, where the machine has no Graphviz. */
  dot: string | null;
  nodes: (Layer & { range: ProtocolRange })[];
  lanes: Lane[];
  message: string | null;
  prediction: string | null;
} | null;

/** The picture of one document, drawn anew whenever the typing pauses. */
export class LiveDiagram implements Disposable {
  /** The last picture there was, and why there is no newer one. */
  picture: Picture | null = null;
  message: string | null = null;

  #places: Place[] = [];
  #timer: NodeJS.Timeout | undefined;
  #asked: CancellationTokenSource | undefined;
  readonly #changed = new EventEmitter<void>();
  readonly #subscriptions: Disposable[];

  /** Picture or message have changed. */
  readonly onDidChange = this.#changed.event;

  constructor(
    readonly document: TextDocument,
    private readonly server: Server,
    private readonly graphviz: Graphviz,
  ) {
    this.#subscriptions = [
      this.#changed,
      workspace.onDidChangeTextDocument(({ document: edited, contentChanges }) => {
        if (edited !== document || !contentChanges.length) return;
        // The client tells changes from the text's end to its start, so that each counts from the same text.
        for (const change of contentChanges) this.#places = this.#places.map((place) => moved(place, change));
        this.#refreshSoon();
      }),
      server.onDidChangeState(() => void this.#refresh()),
    ];
    void this.#refresh();
  }

  /** The layers at an offset of the text. */
  layersAt(offset: number): number[] {
    return layersAt(this.#places, offset);
  }

  /** Where the text of a layer stands now. */
  rangeOf(id: number): Range | undefined {
    const place = this.#places.find((candidate) => candidate.id === id);
    return place && new Range(this.document.positionAt(place.start), this.document.positionAt(place.end));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#asked?.cancel();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#asked?.cancel();
    this.#timer = setTimeout(() => void this.#refresh(), PAUSE_MS);
  }

  async #refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#asked?.cancel();
    const asked = new CancellationTokenSource();
    this.#asked = asked;
    if (this.server.state.name === "stopped") {
      this.#take(this.picture, "The language server does not run: the diagram follows the text when it does.");
      return;
    }
    let answer: Answer;
    let svg: string | null | undefined;
    try {
      const uri = this.document.uri.toString();
      answer = (await this.server.request<Answer>("cnngen/diagram", { uri, dot: true }, asked.token)) ?? null;
      svg = answer?.dot && !asked.token.isCancellationRequested ? await this.graphviz.draw(answer.dot) : answer?.svg;
    } catch (error) {
      if (!asked.token.isCancellationRequested) this.#take(this.picture, (error as Error).message);
      return;
    }
    // An edit has its own refresh; an answer for a text before it would only be in the way.
    if (asked.token.isCancellationRequested || !answer || answer.version !== this.document.version) return;
    if (!svg) {
      this.#take(this.picture, answer.message);
      return;
    }
    this.#places = answer.nodes.map(({ id, range: { start, end } }) => ({
      id,
      start: this.document.offsetAt(this.document.validatePosition(asPosition(start))),
      end: this.document.offsetAt(this.document.validatePosition(asPosition(end))),
    }));
    this.#take({ svg, nodes: answer.nodes, lanes: answer.lanes, prediction: answer.prediction }, null);
  }

  #take(picture: Picture | null, message: string | null): void {
    this.picture = picture;
    this.message = message;
    this.#changed.fire();
  }
}

function asPosition({ line, character }: ProtocolPosition): Position {
  return new Position(line, character);
}
