/** Runs as the server tells of them. */

/**
 * One run, of many. `directory` is its folder's URI, `began` a time in ISO 8601; null stands for what is not known, or
 * not yet. The texts are rounded to the digits that the figures are worth.
 */
export interface RunRow {
  id: string;
  directory: string;
  program: string;
  network_hash: string | null;
  began: string;
  status: Status;
  test_accuracy: number | null;
  energy_training_kwh: number | null;
  energy_source: string | null;
  epochs: number | null;
  parameters: number | null;
  duration_s: number | null;
  message: string | null;
  /** Of a run that repeats others: it is the `number`th `of` so many. */
  number: number | null;
  of: number | null;
  accuracy_text: string | null;
  energy_text: string | null;
  duration_text: string | null;
}

export type Status = "done" | "cancelled" | "failed" | "running" | "waiting" | "unfinished" | "unreadable";

/** The server's answer to `cnngen/runs`: the newest first; and the folders in which runs are looked for. */
export interface Runs {
  runs: RunRow[];
  folders: string[];
}

/** Whether a run goes on, or waits to. */
export function isLiving({ status }: { status: string }): boolean {
  return status === "running" || status === "waiting";
}
