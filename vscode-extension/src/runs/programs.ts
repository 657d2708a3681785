import { RunRow } from "./messages";

/** The runs of one program in one folder, the newest first. */
export interface Program {
  id: string;
  name: string;
  runs: RunRow[];
}

/** What is new in a list of runs: which there are; else of these the status, or how far they have come. */
export interface Change {
  runs: boolean;
  status: RunRow[];
  progress: RunRow[];
}

/**
 * All runs by program, the one that was trained last first. A run is one object for as long as it stands, so that its
 * row can be shown anew alone.
 */
export class Programs {
  list: readonly Program[] = [];
  #known = new Map<string, RunRow>();

  /** Take what the server tells now: the newest run first. */
  take(told: readonly RunRow[]): Change {
    const before = this.#known;
    const change: Change = { runs: [...before.keys()].join("\n") !== told.map(({ directory }) => directory).join("\n"), status: [], progress: [] };
    const rows = told.map((row) => {
      const known = before.get(row.directory);
      if (!known) return row;
      if (known.status !== row.status) change.status.push(known);
      else if (JSON.stringify(known) !== JSON.stringify(row)) change.progress.push(known);
      return Object.assign(known, row);
    });
    this.#known = new Map(rows.map((row) => [row.directory, row]));
    this.list = grouped(rows);
    return change;
  }
}

function grouped(runs: readonly RunRow[]): Program[] {
  const found = new Map<string, Program>();
  for (const run of runs) {
    const id = `${run.directory.replace(/[^/]*\/?$/, "")}${run.program}`;
    const program = found.get(id) ?? { id, name: run.program, runs: [] };
    program.runs.push(run);
    found.set(id, program);
  }
  return [...found.values()];
}
