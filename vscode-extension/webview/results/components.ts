import type { Component, Overview } from "../../src/results/overview";
import type { Entry } from "./chart";

export type Part = Component["component"];

/** What draws power, in the order in which it is piled up. */
export const PARTS: readonly Part[] = ["cpu", "gpu", "ram"];

export const COLOURS: Record<Part, string> = { cpu: "var(--cpu)", gpu: "var(--gpu)", ram: "var(--ram)" };

/** The components of a run that have figures: those that are not absent. */
export function present({ components }: Overview): Part[] {
  const absent = new Set(components.filter(({ source }) => source === "absent").map(({ component }) => component));
  return PARTS.filter((part) => components.some(({ component }) => component === part) && !absent.has(part));
}

/** How many digits the energy of a run is worth: by the weakest source that has a part in it, as in its report. */
export function digitsOf({ components }: Overview): number {
  const weak = components.some(({ source }) => source === "modelled" || source === "constant");
  return weak ? 2 : 3;
}

/** The legend: each component with the source of its figures. */
export function legend({ components }: Overview, parts: readonly Part[]): Entry[] {
  return parts.map((part) => {
    const source = components.find(({ component }) => component === part)?.source;
    return { name: `${part.toUpperCase()}${source ? ` (${source})` : ""}`, colour: COLOURS[part] };
  });
}

/** Where the figures come from, in a sentence for each component. */
export function sources({ components }: Overview): string {
  return components.map(({ component, source, how }) => `${component.toUpperCase()} ${source}: ${how}.`).join(" ");
}
