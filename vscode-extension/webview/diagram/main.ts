/** The page of the diagram's panel. */

import type { Colouring, Show, ToPage } from "../../src/diagram/messages";
import { whenReleased } from "../common/pressing";
import { painted } from "../common/svg";
import { inSentenceCase } from "../common/wording";
import { Drawing } from "./drawing";
import { editor } from "./editor";
import { fillLegend } from "./legend";
import { onPaper, PNG_SCALE } from "./paper";
import { Zoom } from "./zoom";

const before = editor.getState();
const remembered = before ?? { colouring: "kind", program: null, zoom: "width" };
const stage = part("stage");
const message = part("message");
const legend = part("legend");
const prediction = part("prediction");
const colouring = part("colouring") as HTMLSelectElement;
const level = part("zoom");
const zoom = new Zoom(stage, remembered.zoom, (shown) => {
  level.textContent = `${Math.round(shown * 100)} %`;
  remember();
});
colouring.value = remembered.colouring;

let drawing: Drawing | undefined;
let program = remembered.program;
let marked: readonly number[] = [];
let coloured = !!before;

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no ${id}.`);
  return found;
}

function chosenColouring(): Colouring {
  return colouring.value as Colouring;
}

function remember(): void {
  editor.setState({ colouring: chosenColouring(), program, zoom: zoom.scale });
}

function show({ program: shown, picture, message: sentence, colouring: preferred }: Show): void {
  if (!coloured) colouring.value = preferred;
  coloured = true;
  if (shown !== program) zoom.reset();
  program = shown;
  message.hidden = !sentence;
  message.textContent = sentence;
  prediction.hidden = !picture?.prediction || sentence !== null;
  prediction.textContent = picture?.prediction ? inSentenceCase(picture.prediction) : null;
  stage.classList.toggle("stale", sentence !== null);
  document.body.classList.toggle("empty", !picture);
  if (!picture) {
    drawing = undefined;
    stage.replaceChildren();
  } else if (picture.svg !== drawing?.picture.svg) {
    const focused = document.activeElement?.id;
    drawing = new Drawing(picture, (id) => {
      editor.postMessage({ type: "choose", id });
    });
    const { scrollLeft, scrollTop } = stage;
    stage.replaceChildren(drawing.svg);
    zoom.show(drawing.svg, drawing.width, drawing.height);
    stage.scrollTo(scrollLeft, scrollTop);
    drawing.fitTexts();
    drawing.drawLanes();
    colour();
    if (focused && /^n\d+$/.test(focused)) document.getElementById(focused)?.focus({ preventScroll: true });
  }
}

function colour(): void {
  if (!drawing) return;
  drawing.colour(chosenColouring());
  fillLegend(legend, drawing, chosenColouring());
}

async function save(format: "svg" | "png"): Promise<void> {
  if (!drawing) return;
  try {
    const svg = onPaper(drawing.picture, chosenColouring());
    editor.postMessage({ type: "save", format, content: format === "svg" ? svg : await painted(svg, PNG_SCALE) });
  } catch (error) {
    editor.postMessage({ type: "failed", sentence: (error as Error).message });
  }
}

const showWhenReleased = whenReleased(show);
window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  if (data.type === "show") showWhenReleased(data);
  else if (data.ids.join() !== marked.join()) marked = data.ids;
  drawing?.mark(marked);
});
colouring.addEventListener("change", () => {
  colour();
  remember();
});
const actions = {
  "zoom-in": () => {
    zoom.in();
  },
  "zoom-out": () => {
    zoom.out();
  },
  "zoom-fit": () => {
    zoom.fit();
  },
  "save-svg": () => void save("svg"),
  "save-png": () => void save("png"),
};
for (const [id, act] of Object.entries(actions)) part(id).addEventListener("click", act);
window.addEventListener("keydown", ({ key, ctrlKey, altKey, metaKey }) => {
  if (ctrlKey || altKey || metaKey || document.activeElement === colouring) return;
  if (key === "+" || key === "=") zoom.in();
  else if (key === "-") zoom.out();
  else if (key === "0") zoom.fit();
});

editor.postMessage({ type: "ready" });
