/** The thread that draws: it takes graphs in the DOT language and gives them back as SVG. */

import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { parentPort } from "node:worker_threads";

/** A picture, or the reason why there is none. */
export interface Drawn {
  id: number;
  svg?: string;
  problem?: string;
}

const loaded = Graphviz.load();

parentPort?.on("message", ({ id, dot }: { id: number; dot: string }) => {
  loaded
    .then((graphviz): Drawn => ({ id, svg: graphviz.dot(dot, "svg") }))
    .catch((error: unknown): Drawn => ({ id, problem: error instanceof Error ? error.message : String(error) }))
    .then((drawn) => parentPort?.postMessage(drawn))
    .catch(() => undefined);
});
