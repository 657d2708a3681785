/** Texts of the server's as they are set on a page. */

const BEFORE_UNIT = /(?<=\d) (?=(?:%|px|h|min|m?s|m?J|[mkµ]?Wh?|[kMG]?B)(?![\p{L}]))/gu;

/** A text whose lines do not break between a number and its unit. */
export function unbroken(text: string): string {
  return text.replaceAll(BEFORE_UNIT, "\u00a0");
}

/** A line of the editor's, standing alone: it begins with a capital. */
export function inSentenceCase(line: string): string {
  return unbroken(line.charAt(0).toUpperCase() + line.slice(1));
}
