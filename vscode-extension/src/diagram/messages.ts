/** What the diagram's panel and its page say to each other. */

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
}

/** A program's picture, or null for none; and a sentence, with which the picture is one of an older text. */
export interface Show {
  type: "show";
  program: string;
  picture: Picture | null;
  message: string | null;
}

/** The layers that the caret is in. */
export interface Mark {
  type: "mark";
  ids: number[];
}

export type ToPage = Show | Mark;

/** The page has been loaded, perhaps again. */
export interface Ready {
  type: "ready";
}

/** A layer was chosen: its text is to be selected. */
export interface Choose {
  type: "choose";
  id: number;
}

/** The picture is to be saved: `content` is the SVG's text, or the PNG in base64. */
export interface Save {
  type: "save";
  format: "svg" | "png";
  content: string;
}

/** Something could not be done; the sentence says why. */
export interface Failed {
  type: "failed";
  sentence: string;
}

export type FromPage = Ready | Choose | Save | Failed;
