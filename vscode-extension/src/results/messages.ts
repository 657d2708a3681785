/** What the results' panel and its page say to each other. */

import type { RunRow } from "../runs/messages";
import type { Failed, Made, Ready } from "../webviews/messages";
import type { Overview } from "./overview";

/** What the panel is about: a program (its URI), a run of it (its folder's), and runs to compare with. */
export interface About {
  program: string | null;
  directory: string | null;
  compared: string[];
}

/** A run that is shown: its folder's URI and all that is known of it. */
export interface Shown {
  directory: string;
  overview: Overview;
}

/**
 * The results of a program: the run that is shown, those compared with it, and all there are, newest first. Without a
 * run, or where something could not be done, `message` is a sentence.
 */
export interface Show {
  type: "show";
  about: About;
  name: string;
  run: Shown | null;
  compared: Shown[];
  runs: RunRow[];
  message: string | null;
  /** Whether programs may be trained here. */
  trusted: boolean;
}

export type ToPage = Show;

/** Another run is to be shown. */
export interface Choose {
  type: "choose";
  directory: string;
}

/** These runs are to be shown beside it. */
export interface Compare {
  type: "compare";
  directories: string[];
}

/** Something is to be done with the run that is shown. */
export interface Act {
  type: "act";
  action: "report" | "folder" | "stop" | "train";
}

/** A file of the run is to be opened. */
export interface Open {
  type: "open";
  file: string;
}

/** A text is to be put on the clipboard. */
export interface Copy {
  type: "copy";
  text: string;
}

/** A picture, a table or all figures are to be saved; `what` is what they are about, as part of a file's name. */
export interface Save extends Made {
  type: "save";
  what: string;
}

export type FromPage = Ready | Failed | Choose | Compare | Act | Open | Copy | Save;
