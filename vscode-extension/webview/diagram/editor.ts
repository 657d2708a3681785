import type { Colouring, FromPage } from "../../src/diagram/messages";
import type {} from "../common/vscode";
import type { Scale } from "./zoom";

/** What the page remembers while it is hidden. */
export interface Remembered {
  colouring: Colouring;
  program: string | null;
  zoom: Scale;
}

/** The editor around the page. */
export const editor = acquireVsCodeApi<FromPage, Remembered>();
