import { areaY, gridY, plot, pointerX, ruleX, stackY, text, tip } from "@observablehq/plot";
import type { Overview, PowerPoint } from "../../src/results/overview";
import type { Chart } from "./chart";
import { COLOURS, digitsOf, legend, Part, PARTS, present } from "./components";
import { short, wattsTo } from "./numbers";
import type { Marked } from "./runs";

type Watts = (value: number | null) => string;

const HEIGHT = 220;
const LETTER = 6; // the width of one in a phase's label, in pixels

/** Power over time of the run that is shown, piled up by component. */
export function power([run]: readonly Marked[]): Chart[] {
  if (!run || run.overview.power.length < 2) return [];
  const { overview } = run;
  const parts = present(overview);
  const watts = wattsTo(digitsOf(overview));
  const thinned = overview.power_thinned_from;
  const points = overview.power.length;
  return [
    {
      id: "power",
      title: "Power",
      summary: summary(overview, parts, watts),
      legend: legend(overview, parts),
      note: `${points} points${thinned ? `, thinned from ${thinned}` : ""}.`,
      draw: (width) => draw(overview, parts, watts, width),
      table: {
        columns: [
          { head: "time", name: "time_s", told: (value) => `${short(value)} s` },
          { head: "phase", name: "phase" },
          { head: "epoch", name: "epoch" },
          ...parts.map((part) => ({ head: part.toUpperCase(), name: `${part}_w`, told: watts })),
        ],
        rows: overview.power.map((point) => [point.time_s, point.phase, point.epoch, ...parts.map((part) => point[`${part}_w`])]),
      },
    },
  ];
}

function draw({ power }: Overview, parts: readonly Part[], watts: Watts, width: number): SVGSVGElement {
  const pieces = power.flatMap((point) =>
    parts.map((part) => ({ time: point.time_s, part, watts: point[`${part}_w`] ?? 0 })),
  );
  const totals = power.map((point) => ({ point, total: parts.reduce((sum, part) => sum + (point[`${part}_w`] ?? 0), 0) }));
  const begin = power[0]?.time_s ?? 0;
  const end = power.at(-1)?.time_s ?? 1;
  const phases = spans(power);
  const scale = (width - 56) / (end - begin || 1);
  const named = phases.filter(({ from, to, phase }) => (to - from) * scale > LETTER * phase.length + 8);
  const told = ({ point }: { point: PowerPoint }): string =>
    [
      `${short(point.time_s)} s, ${point.phase}${point.epoch === null ? "" : ` ${point.epoch}`}`,
      ...parts.map((part) => `${part.toUpperCase()} ${watts(point[`${part}_w`])}`),
    ].join("\n");
  return plot({
    className: "plot",
    width,
    height: HEIGHT,
    marginTop: 22,
    marginLeft: 44,
    marginRight: 12,
    marginBottom: 34,
    x: { label: "seconds from the beginning", ticks: Math.max(2, Math.floor(width / 80)), domain: [begin, end] },
    y: { label: "W", zero: true, nice: true, ticks: 5, labelAnchor: "top", labelArrow: "none" },
    color: { type: "identity" },
    marks: [
      gridY({ ticks: 5, stroke: "var(--line)", strokeOpacity: 0.35 }),
      areaY(
        pieces,
        stackY({
          x: "time",
          y: "watts",
          z: "part",
          order: [...PARTS],
          fill: ({ part }: { part: Part }) => COLOURS[part],
          fillOpacity: 0.85,
          stroke: "var(--ground)",
          strokeWidth: 0.5,
          curve: "step-before",
        }),
      ),
      ruleX(phases.slice(1), { x: "from", stroke: "var(--ink)", strokeOpacity: 0.5, strokeDasharray: "2 3" }),
      text(named, {
        x: ({ from, to }: Span) => (from + to) / 2,
        frameAnchor: "top",
        dy: -12,
        text: "phase",
        fill: "var(--quiet)",
      }),
      ruleX(totals, pointerX({ x: ({ point }: { point: PowerPoint }) => point.time_s, stroke: "var(--ink)" })),
      tip(
        totals,
        pointerX({
          x: ({ point }: { point: PowerPoint }) => point.time_s,
          y: "total",
          title: told,
          fill: "var(--tip)",
          stroke: "var(--line)",
          fontSize: 12,
        }),
      ),
    ],
  }) as SVGSVGElement;
}

export interface Span {
  phase: string;
  from: number;
  to: number;
}

/** The phases in their order in time. Epochs of training and validation take turns: together they are "train". */
export function spans(power: readonly PowerPoint[]): Span[] {
  const found: Span[] = [];
  let before = power[0]?.time_s ?? 0;
  for (const { phase, time_s } of power) {
    const name = phase === "validate" ? "train" : phase;
    const last = found.at(-1);
    if (last?.phase === name) last.to = time_s;
    else found.push({ phase: name, from: before, to: time_s });
    before = time_s;
  }
  return found;
}

function summary({ power }: Overview, parts: readonly Part[], watts: Watts): string {
  const words = parts.map((part) => {
    const values = power.map((point) => point[`${part}_w`] ?? 0);
    return `${part.toUpperCase()} between ${watts(Math.min(...values))} and ${watts(Math.max(...values))}`;
  });
  return `Power over ${short(power.at(-1)?.time_s ?? 0)} seconds: ${words.join(", ")}.`;
}
