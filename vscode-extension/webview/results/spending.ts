import { barX, plot, pointerY, stackX, text, tip } from "@observablehq/plot";
import type { Overview, Phase } from "../../src/results/overview";
import type { Chart } from "./chart";
import { COLOURS, digitsOf, legend, Part, PARTS, present, sources } from "./components";
import { energyTo, energyUnit, short } from "./numbers";
import type { Marked } from "./runs";
import type { Table } from "./tables";

const ROW = 26;

/** A bar: of a phase, or of a run. */
interface Bar {
  name: string;
  label: string;
  parts: { part: Part; wh: number }[];
  total: number;
}

/** Energy by phase and component of the run that is shown; and of several runs, each as a whole. */
export function spending(runs: readonly Marked[]): Chart[] {
  const [run] = runs;
  if (!run?.overview.phases.length) return [];
  const { overview } = run;
  const own: Chart = {
    id: "phases",
    title: "Energy by phase",
    ...drawn(phases(overview), present(overview), "phase", digitsOf(overview)),
    legend: legend(overview, present(overview)),
    note: sources(overview),
    table: ofPhases(overview),
  };
  return runs.length > 1 ? [own, comparison(runs)] : [own];
}

function comparison(runs: readonly Marked[]): Chart {
  const parts = PARTS.filter((part) => runs.some(({ overview }) => present(overview).includes(part)));
  const digits = Math.min(...runs.map(({ overview }) => digitsOf(overview)));
  const energy = energyTo(digits);
  return {
    id: "energy-of-runs",
    title: "Energy of each run",
    ...drawn(runs.map(whole), parts, "run", digits),
    legend: parts.map((part) => ({ name: part.toUpperCase(), colour: COLOURS[part] })),
    note: "All phases together, idling not counted. Figures that are not measured are comparable on one machine only.",
    table: {
      columns: [
        { head: "run", name: "run" },
        ...PARTS.map((part) => ({ head: part.toUpperCase(), name: `${part}_wh`, told: energy })),
      ],
      rows: runs.map((run) => [run.name, ...PARTS.map((part) => sum(run.overview, part))]),
    },
  };
}

function drawn(bars: Bar[], parts: readonly Part[], what: string, digits: number): Pick<Chart, "draw" | "summary"> {
  const energy = energyTo(digits);
  const unit = energyUnit(Math.max(...bars.map(({ total }) => total)));
  const pieces = bars.flatMap((bar) =>
    bar.parts.filter(({ part }) => parts.includes(part)).map(({ part, wh }) => ({ bar, part, value: wh / unit.scale })),
  );
  const told = ({ bar }: { bar: Bar }): string =>
    [bar.label, ...bar.parts.filter(({ part }) => parts.includes(part)).map(({ part, wh }) => `${part.toUpperCase()} ${energy(wh)}`)].join("\n");
  const draw = (width: number): SVGSVGElement =>
    plot({
      className: "plot",
      width,
      height: 34 + ROW * bars.length,
      marginTop: 4,
      marginLeft: what === "run" ? 104 : 66,
      marginRight: 74,
      marginBottom: 34,
      x: { label: unit.name, ticks: Math.max(2, Math.floor(width / 110)), nice: false },
      y: { label: null, domain: bars.map(({ name }) => name), padding: 0.25, tickSize: 0 },
      color: { type: "identity" },
      marks: [
        barX(
          pieces,
          stackX({
            x: "value",
            y: ({ bar }: { bar: Bar }) => bar.name,
            fill: ({ part }: { part: Part }) => COLOURS[part],
            z: "part",
            order: [...PARTS],
            stroke: "var(--ground)",
            strokeWidth: 1,
            insetRight: 0.5,
          }),
        ),
        text(bars, {
          x: ({ total }: Bar) => total / unit.scale,
          y: "name",
          text: ({ total }: Bar) => energy(total),
          textAnchor: "start",
          dx: 5,
          fill: "var(--ink)",
        }),
        tip(
          bars.map((bar) => ({ bar })),
          pointerY({
            x: ({ bar }: { bar: Bar }) => bar.total / unit.scale / 2,
            y: ({ bar }: { bar: Bar }) => bar.name,
            title: told,
            fill: "var(--tip)",
            stroke: "var(--line)",
            fontSize: 12,
          }),
        ),
      ],
    }) as SVGSVGElement;
  const words = bars.map(({ name, total }) => `${name} ${energy(total)}`).join(", ");
  return { draw, summary: `Energy of each ${what}: ${words}.` };
}

function phases({ phases }: Overview): Bar[] {
  return phases.map((phase) => ({ name: phase.phase, label: phase.label, parts: partsOf(phase), total: phase.total_wh ?? 0 }));
}

function partsOf(phase: Phase): Bar["parts"] {
  return PARTS.map((part) => ({ part, wh: phase[`${part}_wh`] ?? 0 }));
}

function whole({ name, overview }: Marked): Bar {
  const parts = PARTS.map((part) => ({ part, wh: sum(overview, part) }));
  return { name, label: name, parts, total: parts.reduce((total, { wh }) => total + wh, 0) };
}

/** What a run took; idling before and after is measured beside it, and not a part of it. */
function sum({ phases }: Overview, part: Part): number {
  const own = phases.filter(({ phase }) => phase !== "idle");
  return own.reduce((total, phase) => total + (phase[`${part}_wh`] ?? 0), 0);
}

function ofPhases(overview: Overview): Table {
  const parts = present(overview);
  const energy = energyTo(digitsOf(overview));
  return {
    columns: [
      { head: "phase", name: "phase" },
      { head: "what", name: "what" },
      { head: "time", name: "duration_s", told: (value) => `${short(value)} s` },
      ...parts.map((part) => ({ head: part.toUpperCase(), name: `${part}_wh`, told: energy })),
      { head: "together", name: "total_wh", told: energy },
    ],
    rows: overview.phases.map((phase) => [
      phase.phase,
      phase.label,
      phase.duration_s,
      ...parts.map((part) => phase[`${part}_wh`]),
      phase.total_wh,
    ]),
  };
}
