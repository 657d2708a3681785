/** What the diagram's panel and its page say to each other. */

import type { Failed, Made, Ready } from "../webviews/messages";

/** What the colours tell: the kind of a layer, or its share of all parameters, MACs or memory. */
export const COLOURINGS = ["kind", "params", "macs", "memory"] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** A layer as the page shows it; its element in the SVG has the id `n` and this id. Memory is for one sample. */
export interface Layer {
  id: number;
  name: string;
  kind: string;
  params: number;
  macs: number;
  activationBytes: number;
}

/** A lane of a merge: the layers from `first` to `last`. */
export interface Lane {
  first: number;
  last: number;
}

export interface Picture {
  svg: string;
  nodes: Layer[];
  lanes: Lane[];
  /** What the network is predicted to come to, where anything is. */
  prediction: string | null;
}

/**
 * A program's picture, or null for none; and a sentence, with which the picture is one of an older text. The colouring is
 * that of a page in which nobody has chosen one yet.
 */
export interface Show {
  type: "show";
  program: string;
  picture: Picture | null;
  message: string | null;
  colouring: Colouring;
}

/** The layers that the caret is in. */
export interface Mark {
  type: "mark";
  ids: number[];
}

export type ToPage = Show | Mark;

/** A layer was chosen: its text is to be selected. */
export interface Choose {
  type: "choose";
  id: number;
}

/** The picture is to be saved. */
export interface Save extends Made {
  type: "save";
}

export type FromPage = Ready | Choose | Save | Failed;
