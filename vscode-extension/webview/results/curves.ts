import { dot, gridY, lineY, type Markish, plot, pointerX, ruleX, text, tip } from "@observablehq/plot";
import { isLiving } from "../../src/runs/messages";
import type { Epoch } from "../../src/results/overview";
import type { Chart, Entry } from "./chart";
import { digitsOf } from "./components";
import { energyTo, percent, short } from "./numbers";
import type { Marked } from "./runs";
import { Column, Table } from "./tables";

const HEIGHT = 220;
const LETTER = 11; // room for one, in pixels
const FEW = 10; // epochs for which there is room from the beginning

interface Curve {
  id: "accuracy" | "loss";
  title: string;
  training: "accuracy" | "loss";
  validation: "val_accuracy" | "val_loss";
  told: (value: number | null) => string;
}

const CURVES: Curve[] = [
  { id: "accuracy", title: "Accuracy", training: "accuracy", validation: "val_accuracy", told: percent },
  { id: "loss", title: "Loss", training: "loss", validation: "val_loss", told: short },
];

/** A value of a curve. */
interface Point {
  run: Marked;
  epoch: number;
  part: "validation" | "training";
  value: number;
}

/** The learning curves of the runs, one over the other. */
export function curves(runs: readonly Marked[]): Chart[] {
  const table = byEpoch(runs);
  if (!table.rows.length) return [];
  return CURVES.map((curve) => {
    const points = runs.flatMap((run) => pointsOf(run, curve));
    return {
      id: curve.id,
      title: curve.title,
      summary: summary(runs, curve),
      legend: legend(runs),
      draw: (width) => draw(runs, points, curve, width),
      table,
    };
  });
}

function draw(runs: readonly Marked[], points: Point[], curve: Curve, width: number): SVGSVGElement {
  const place = { x: "epoch", y: "value" } as const;
  const colour = (point: Point): string => point.run.colour;
  const series = (point: Point): string => `${point.run.letter} ${point.part}`;
  const validation = points.filter(({ part }) => part === "validation");
  const training = points.filter(({ part }) => part === "training");
  const ends = runs.flatMap((run) => points.filter((point) => point.run === run && point.part === "validation").slice(-1));
  const told = (point: Point): string =>
    `${runs.length > 1 ? `${point.run.name}\n` : ""}epoch ${point.epoch}, ${point.part}\n${curve.told(point.value)}`;
  const accuracy = curve.id === "accuracy";
  const last = Math.max(2, ...runs.map(({ overview }) => lastEpoch(overview)));
  return plot({
    className: "plot",
    width,
    height: HEIGHT,
    marginLeft: 44,
    marginRight: runs.length > 1 ? 14 + LETTER * runs.length : 12,
    marginBottom: 34,
    x: { domain: [1, last], label: "epoch", ticks: Math.min(last - 1, 10), tickFormat: whole },
    y: { label: null, nice: true, ticks: 5, ...(accuracy && { tickFormat: percent }) },
    color: { type: "identity" },
    marks: [
      gridY({ ticks: 5, stroke: "var(--line)", strokeOpacity: 0.35 }),
      lineY(training, { ...place, z: series, stroke: colour, strokeDasharray: "4 3", strokeWidth: 1.5 }),
      lineY(validation, { ...place, z: series, stroke: colour, strokeWidth: 2 }),
      // A single value is no line.
      dot(last <= 30 ? validation : ends, { ...place, fill: colour, r: 2.5 }),
      ...letters(runs, ends, place),
      ruleX(points, pointerX({ x: "epoch", stroke: "var(--line)" })),
      tip(points, pointerX({ ...place, title: told, fill: "var(--tip)", stroke: "var(--line)", fontSize: 12 })),
    ],
  }) as SVGSVGElement;
}

/** Each run's letter at its curve's end, one beside the other: where curves end alike, all can be read. */
function letters(runs: readonly Marked[], ends: Point[], place: { x: "epoch"; y: "value" }): Markish[] {
  if (runs.length < 2) return [];
  return runs.map((run, index) => {
    const own = ends.filter((point) => point.run === run);
    return text(own, { ...place, text: () => run.letter, fill: "var(--ink)", dx: 10 + LETTER * index, fontWeight: 600 });
  });
}

/** Epochs are whole; between them stands nothing. */
function whole(tick: number): string {
  return Number.isInteger(tick) ? String(tick) : "";
}

/**
 * Where the axis of a run ends. While it goes on there is room for what comes: for all of its epochs when they are few,
 * and never more than as much again as has been done, so that a curve fills half of its chart however many are planned.
 */
export function lastEpoch({ status, epochs_planned, history }: Marked["overview"]): number {
  const reached = history.at(-1)?.epoch ?? 1;
  if (!isLiving({ status }) || epochs_planned === null) return reached;
  let room = FEW;
  while (room < reached) room *= 2;
  return Math.max(Math.min(room, epochs_planned), reached);
}

function pointsOf(run: Marked, { training, validation }: Curve): Point[] {
  const point = (row: Epoch, part: Point["part"], value: number | null): Point[] =>
    value === null ? [] : [{ run, epoch: row.epoch, part, value }];
  return run.overview.history.flatMap((row) => [
    ...point(row, "training", row[training]),
    ...point(row, "validation", row[validation]),
  ]);
}

function legend(runs: readonly Marked[]): Entry[] {
  const [first] = runs;
  const colour = runs.length > 1 ? "var(--ink)" : (first?.colour ?? "");
  return [
    ...(runs.length > 1 ? runs.map(({ name, colour }) => ({ name, colour, line: true })) : []),
    { name: "validation", colour, line: true },
    { name: "training", colour, line: true, dashed: true },
  ];
}

function summary(runs: readonly Marked[], { title, training, validation, told }: Curve): string {
  const ends = runs.flatMap(({ name, overview: { history } }) => {
    const end = history.at(-1);
    if (!end) return [];
    const values = `validation ${told(end[validation])}, training ${told(end[training])}`;
    return [`${runs.length > 1 ? `${name}, ` : ""}after epoch ${end.epoch}: ${values}`];
  });
  return `${title} over the epochs. ${ends.join(". ")}.`;
}

function byEpoch(runs: readonly Marked[]): Table {
  const digits = Math.min(...runs.map(({ overview }) => digitsOf(overview)));
  const columns: Column[] = [
    ...(runs.length > 1 ? [{ head: "run", name: "run" }] : []),
    { head: "epoch", name: "epoch" },
    { head: "accuracy", name: "accuracy", told: percent },
    { head: "validation accuracy", name: "val_accuracy", told: percent },
    { head: "loss", name: "loss", told: short },
    { head: "validation loss", name: "val_loss", told: short },
    { head: "training time", name: "train_duration_s", told: (value) => `${short(value)} s` },
    { head: "training energy", name: "train_energy_wh", told: energyTo(digits) },
  ];
  const rows = runs.flatMap(({ name, overview: { history } }) =>
    history.map((row) => [
      ...(runs.length > 1 ? [name] : []),
      row.epoch,
      row.accuracy,
      row.val_accuracy,
      row.loss,
      row.val_loss,
      row.train_duration_s,
      row.train_energy_wh,
    ]),
  );
  return { columns, rows };
}
