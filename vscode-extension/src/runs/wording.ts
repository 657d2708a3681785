import { isLiving, RunRow } from "./messages";

/** What a status is called. */
const STATUSES: Record<string, string> = {
  done: "done",
  cancelled: "stopped",
  failed: "failed",
  running: "running",
  waiting: "waiting for its turn",
  unfinished: "broken off",
  unreadable: "not readable",
};

const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const WHOLE = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

export function statusWord(status: string): string {
  return STATUSES[status] ?? status;
}

/** A time in ISO 8601 as this machine's clock shows it: "22 Nov, 06:20". */
export function clock(iso: string): string {
  return SHORT.format(new Date(iso));
}

/** The same with the year and seconds. */
export function wholeClock(iso: string): string {
  return WHOLE.format(new Date(iso));
}

/** The training's energy with its source: "1.3 Wh (modelled)". */
export function energyOf({ energy_text, energy_source }: RunRow): string | null {
  return energy_text && `${energy_text}${energy_source ? ` (${energy_source})` : ""}`;
}

/** What is to be said of a run beside its date. */
export function described(run: RunRow): string {
  const epochs = isLiving(run) && run.epochs ? `${run.epochs} ${run.epochs === 1 ? "epoch" : "epochs"}` : null;
  const status = run.status === "done" ? null : statusWord(run.status);
  const repeat = run.number && run.of ? `${run.number} of ${run.of}` : null;
  return [repeat, status, epochs, run.accuracy_text, energyOf(run)].filter((part) => part !== null).join(" · ");
}
