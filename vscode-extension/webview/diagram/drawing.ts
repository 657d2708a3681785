import type { Colouring, Lane, Layer, Picture } from "../../src/diagram/messages";
import { element as svgElement, parse } from "../common/svg";
import { Cost, COSTS, described, step, sum } from "./costs";
import { family } from "./kinds";
import { heights } from "./lanes";

const MARGIN = 6; // of a lane around its layers, in the picture's units
const INSET = 5; // of a layer's texts from its border
const NESTING = 4; // what is added for each lane inside
const PIXELS_PER_POINT = 96 / 72;

/** The picture in the page: its layers can be reached by keys, chosen, marked and coloured. */
export class Drawing {
  readonly svg: SVGSVGElement;
  readonly sums: Record<Cost, number>;
  /** The size at 100 %, in pixels. */
  readonly width: number;
  readonly height: number;

  readonly #elements = new Map<number, SVGGElement>();

  constructor(
    readonly picture: Picture,
    choose: (id: number) => void,
  ) {
    const { nodes } = picture;
    this.svg = parse(picture.svg);
    this.width = this.svg.viewBox.baseVal.width * PIXELS_PER_POINT;
    this.height = this.svg.viewBox.baseVal.height * PIXELS_PER_POINT;
    this.sums = { params: sum(nodes, "params"), macs: sum(nodes, "macs"), memory: sum(nodes, "memory") };
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", "Layers, from the input to the output");
    for (const element of this.svg.querySelectorAll("title")) element.remove();
    for (const layer of nodes) {
      const element = this.svg.querySelector<SVGGElement>(`#n${layer.id}`);
      if (!element) continue;
      this.#elements.set(layer.id, element);
      element.parentElement?.append(element); // in the network's order, for who has it read out
      this.#prepare(element, layer, choose);
    }
    this.#focusable(nodes[0]?.id);
  }

  /** Draw the lanes behind the layers; the picture must be in the page, which knows where everything lies. */
  drawLanes(): void {
    const ground = this.svg.querySelector("g.graph > polygon");
    const nesting = heights(this.picture.lanes);
    const drawn = this.picture.lanes.map((lane, index) => this.#lane(lane, MARGIN + NESTING * ((nesting[index] ?? 1) - 1)));
    ground?.after(...drawn.filter((rectangle) => rectangle !== undefined)); // an outer one behind those in it
  }

  /**
   * Have every text of a layer fit its place. Graphviz left room for letters as wide as Arial's, which this machine may
   * not have. The picture must be in the page, which knows its letters.
   */
  fitTexts(): void {
    for (const element of this.#elements.values()) {
      const box = element.querySelector<SVGGraphicsElement>("path, ellipse")?.getBBox();
      if (box) fit(box, [...element.querySelectorAll("text")]);
    }
  }

  colour(by: Colouring): void {
    this.svg.dataset.colouring = by === "kind" ? "kind" : "cost";
    for (const layer of this.picture.nodes) {
      const data = this.#elements.get(layer.id)?.dataset;
      if (data && by !== "kind") data.step = String(step(COSTS[by](layer), this.sums[by]));
    }
  }

  /** Mark the layers that the caret is in, and bring the first of them into sight. */
  mark(ids: readonly number[]): void {
    for (const [id, element] of this.#elements) {
      if (ids.includes(id)) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    }
    const first = ids.map((id) => this.#elements.get(id)).find((element) => element !== undefined);
    first?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (ids[0] !== undefined && !this.svg.contains(document.activeElement)) this.#focusable(ids[0]);
  }

  #prepare(element: SVGGElement, layer: Layer, choose: (id: number) => void): void {
    const words = described(layer, this.sums);
    const args = element.querySelector("a")?.getAttribute("xlink:title") ?? layer.name;
    const title = svgElement("title", {}, words.replace(layer.name, args));
    unwrap(element);
    element.prepend(title);
    element.dataset.family = family(layer.kind);
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", words.replaceAll("\n", ", "));
    element.addEventListener("click", () => {
      choose(layer.id);
    });
    element.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Enter" || event.key === " ") choose(layer.id);
      else if (!this.#move(layer.id, event.key)) return;
      event.preventDefault();
    });
  }

  /** Put the focus on another layer, for one of the keys that do so. */
  #move(from: number, key: string): boolean {
    const ids = this.picture.nodes.map(({ id }) => id);
    const at = ids.indexOf(from);
    const places: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowRight: at + 1,
      ArrowUp: at - 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: ids.length - 1,
    };
    const place = places[key];
    if (place === undefined) return false;
    const to = ids[Math.max(0, Math.min(place, ids.length - 1))];
    this.#focusable(to);
    const element = to === undefined ? undefined : this.#elements.get(to);
    element?.focus();
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  }

  /** Let the Tab key stop at this layer; the arrows lead to the others. */
  #focusable(id: number | undefined): void {
    for (const [other, element] of this.#elements) element.setAttribute("tabindex", other === id ? "0" : "-1");
  }

  #lane({ first, last }: Lane, margin: number): SVGElement | undefined {
    const boxes = this.picture.nodes
      .filter(({ id }) => first <= id && id <= last)
      .map(({ id }) => this.#elements.get(id)?.getBBox())
      .filter((box) => box !== undefined);
    if (!boxes.length) return undefined;
    const x = Math.min(...boxes.map((box) => box.x)) - margin;
    const y = Math.min(...boxes.map((box) => box.y)) - margin;
    const width = Math.max(...boxes.map((box) => box.x + box.width)) + margin - x;
    const height = Math.max(...boxes.map((box) => box.y + box.height)) + margin - y;
    return svgElement("rect", { class: "lane", x, y, width, height, rx: 6 });
  }
}

/** Narrow the texts of a layer that reach into the next one of their line, or to the border. */
function fit(box: DOMRect, texts: readonly SVGTextElement[]): void {
  const places = texts.map((text) => ({ text, y: text.getAttribute("y"), ...extent(text) }));
  for (const { text, y, left, right } of places) {
    const next = places.filter((other) => other.y === y && other.left > left).map((other) => other.left);
    const most = Math.min(box.x + box.width - INSET, ...next) - left;
    if (right - left > most) {
      text.setAttribute("textLength", String(most));
      text.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
  }
}

function extent(text: SVGTextElement): { left: number; right: number } {
  const { x, width } = text.getBBox();
  return { left: x, right: x + width };
}

/** Take away the link that Graphviz puts around a layer for its tooltip, and the group around the link. */
function unwrap(element: SVGGElement): void {
  const link = element.querySelector("a");
  if (link) element.replaceChildren(...link.childNodes);
}
