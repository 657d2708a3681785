const SMALLEST = 0.05;
const LARGEST = 4;
const STEP = 1.2;
const SPACE = 24; // between the picture and the stage's sides, in pixels

/** A scale; or as wide as the stage or the whole in it, but in both cases not larger than it was drawn. */
export type Scale = number | "width" | "whole";

/** How large the picture is shown. */
export class Zoom {
  #svg: SVGSVGElement | undefined;
  #width = 0;
  #height = 0;

  constructor(
    private readonly stage: HTMLElement,
    public scale: Scale,
    private readonly changed: (shown: number) => void,
  ) {
    stage.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        this.by(STEP ** (-event.deltaY / 100), event);
      },
      { passive: false },
    );
    new ResizeObserver(() => {
      this.#apply();
    }).observe(stage);
  }

  /** Show another picture, in the same size as the one before it. */
  show(svg: SVGSVGElement, width: number, height: number): void {
    [this.#svg, this.#width, this.#height] = [svg, width, height];
    this.#apply();
  }

  in(): void {
    this.by(STEP);
  }

  out(): void {
    this.by(1 / STEP);
  }

  /** Show the whole network, also when it or the panel gets another size. */
  fit(): void {
    this.#set("whole");
  }

  /** What is shown next is another network, for which a scale chosen for this one means nothing. */
  reset(): void {
    if (this.scale !== "whole") this.scale = "width";
  }

  /** Change the scale by a factor. What lies under a point, else in the stage's middle, stays there. */
  by(factor: number, point?: { clientX: number; clientY: number }): void {
    const stage = this.stage.getBoundingClientRect();
    const [x, y] = [point?.clientX ?? stage.left + stage.width / 2, point?.clientY ?? stage.top + stage.height / 2];
    const before = this.#svg?.getBoundingClientRect();
    this.#set(this.#shown * factor);
    const after = this.#svg?.getBoundingClientRect();
    if (!before?.width || !after) return;
    const growth = after.width / before.width;
    this.stage.scrollBy(after.left + (x - before.left) * growth - x, after.top + (y - before.top) * growth - y);
  }

  get #shown(): number {
    if (typeof this.scale === "number") return this.scale;
    const wide = (this.stage.clientWidth - SPACE) / (this.#width || 1);
    const tall = this.scale === "whole" ? (this.stage.clientHeight - SPACE) / (this.#height || 1) : 1;
    return Math.max(SMALLEST, Math.min(1, wide, tall));
  }

  #set(scale: Scale): void {
    this.scale = typeof scale === "number" ? Math.max(SMALLEST, Math.min(scale, LARGEST)) : scale;
    this.#apply();
  }

  #apply(): void {
    if (!this.#svg) return;
    this.#svg.style.width = `${this.#width * this.#shown}px`;
    this.#svg.style.height = `${this.#height * this.#shown}px`;
    this.changed(this.#shown);
  }
}
