import { Disposable, Uri } from "vscode";
import { Worker } from "node:worker_threads";
import type { Drawn } from "./graphviz-worker";

/**
 * Graphviz as WebAssembly, for machines without one. It draws in a thread of its own, since a large network takes it
 * seconds; the thread begins with the first picture.
 */
export class Graphviz implements Disposable {
  #worker: Worker | undefined;
  #drawn = 0;
  readonly #waiting = new Map<number, { take: (svg: string) => void; fail: (error: Error) => void }>();

  constructor(private readonly extension: Uri) {}

  /** A graph in the DOT language as SVG. Rejects with a sentence. */
  draw(dot: string): Promise<string> {
    this.#worker ??= this.#start();
    const id = (this.#drawn += 1);
    this.#worker.postMessage({ id, dot });
    return new Promise((take, fail) => this.#waiting.set(id, { take, fail }));
  }

  dispose(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  #start(): Worker {
    const worker = new Worker(Uri.joinPath(this.extension, "dist", "graphviz.js").fsPath);
    worker.on("message", ({ id, svg, problem }: Drawn) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (svg === undefined) waiting?.fail(new Error(`Graphviz could not draw the network: ${problem ?? "it ended"}.`));
      else waiting?.take(svg);
    });
    worker.on("error", (error) => {
      if (this.#worker === worker) this.#worker = undefined; // the next picture begins anew
      for (const { fail } of this.#waiting.values()) fail(new Error(`Graphviz could not draw the network: ${error.message}.`));
      this.#waiting.clear();
    });
    return worker;
  }
}
