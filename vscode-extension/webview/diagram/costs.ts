import type { Colouring, Layer } from "../../src/diagram/messages";

export type Cost = Exclude<Colouring, "kind">;

/** What a layer costs, in the cost's own unit. */
export const COSTS: Record<Cost, (layer: Layer) => number> = {
  params: (layer) => layer.params,
  macs: (layer) => layer.macs,
  memory: (layer) => layer.activationBytes,
};

/** The steps of the colouring by a share of the network's sum: the upper limit of each but the last. */
const LIMITS = [0.01, 0.05, 0.2];
export const STEPS = ["none", "< 1 %", "1–5 %", "5–20 %", "≥ 20 %"] as const;

/** The step of a cost: 0 for none, 4 for a fifth of the sum and more. */
export function step(cost: number, sum: number): number {
  if (cost <= 0 || sum <= 0) return 0;
  const share = cost / sum;
  return 1 + LIMITS.filter((limit) => share >= limit).length;
}

export function sum(layers: readonly Layer[], cost: Cost): number {
  return layers.reduce((total, layer) => total + COSTS[cost](layer), 0);
}

const WHOLE = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });
const PERCENT = new Intl.NumberFormat("en-GB", { style: "percent", maximumSignificantDigits: 2 });
const UNITS = ["B", "kB", "MB", "GB"];

/** A cost with its unit: "1,600 parameters", "61.4 kB". */
export function told(value: number, cost: Cost): string {
  if (cost === "params") return `${WHOLE.format(value)} ${value === 1 ? "parameter" : "parameters"}`;
  if (cost === "macs") return `${WHOLE.format(value)} MACs`;
  let unit = 0;
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${SHORT.format(value)} ${UNITS[unit] ?? ""}`;
}

/** What a layer costs, with its share of the network: for who points at it or has it read out. */
export function described(layer: Layer, sums: Record<Cost, number>): string {
  const costs = (["params", "macs", "memory"] as const)
    .filter((cost) => COSTS[cost](layer) > 0)
    .map((cost) => {
      const value = COSTS[cost](layer);
      const what = cost === "memory" ? " of memory for one image" : "";
      return `${told(value, cost)}${what} (${PERCENT.format(value / sums[cost])} of the network)`;
    });
  return [layer.name, ...costs].join("\n");
}
