/** What pages say to the extension, whichever they are. */

/** The page has been loaded, perhaps again. */
export interface Ready {
  type: "ready";
}

/** Something could not be done; the sentence says why. */
export interface Failed {
  type: "failed";
  sentence: string;
}

/** A file that a page has made: its text, or for a picture in pixels its bytes in base64. */
export interface Made {
  format: "svg" | "png" | "csv" | "json";
  content: string;
}
