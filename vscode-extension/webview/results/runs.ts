import type { Shown } from "../../src/results/messages";
import { clock } from "../../src/runs/wording";

/** A run with what tells it apart in charts: a letter, a colour, a name. The one that is shown is A. */
export interface Marked extends Shown {
  letter: string;
  colour: string;
  name: string;
}

/** How many runs can be looked at together: so many colours can be told apart. */
export const MOST = 6;

export function marked(runs: readonly Shown[]): Marked[] {
  return runs.slice(0, MOST).map((run, index) => {
    const letter = String.fromCharCode(65 + index);
    const began = run.overview.began_utc;
    const name = `${runs.length > 1 ? `${letter}: ` : ""}${began ? clock(began) : run.overview.id}`;
    return { ...run, letter, colour: `var(--run-${index + 1})`, name };
  });
}
