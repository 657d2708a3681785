import type { FromPage } from "../../src/diagram/messages";
import type { Colouring } from "./costs";
import type { Scale } from "./zoom";

/** What the page remembers while it is hidden. */
export interface Remembered {
  colouring: Colouring;
  program: string | null;
  zoom: Scale;
}

interface VsCode {
  postMessage(message: FromPage): void;
  getState(): Remembered | undefined;
  setState(state: Remembered): void;
}

declare function acquireVsCodeApi(): VsCode;

/** The editor around the page. */
export const editor = acquireVsCodeApi();
