import type { Colouring } from "../../src/diagram/messages";
import { STEPS, told } from "./costs";
import type { Drawing } from "./drawing";
import { FAMILIES, family } from "./kinds";

/** Say what the colours of a picture mean. */
export function fillLegend(list: HTMLElement, drawing: Drawing, colouring: Colouring): void {
  if (colouring === "kind") {
    const present = new Set(drawing.picture.nodes.map(({ kind }) => family(kind)));
    const families = Object.keys(FAMILIES).filter((name) => present.has(name));
    list.replaceChildren(...families.map((name) => entry(name, "family", name)));
    return;
  }
  const of = `${told(drawing.sums[colouring], colouring)}${colouring === "memory" ? " for one image" : ""}`;
  const total = document.createElement("li");
  total.textContent = `Share of ${of}:`;
  list.replaceChildren(total, ...STEPS.map((name, step) => entry(name, "step", String(step))));
}

function entry(words: string, attribute: string, value: string): HTMLLIElement {
  const item = document.createElement("li");
  const swatch = document.createElement("span");
  swatch.className = "swatch";
  swatch.dataset[attribute] = value;
  item.append(swatch, words);
  return item;
}
