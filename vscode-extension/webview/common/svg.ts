const SVG = "http://www.w3.org/2000/svg";

/** The longest side that a browser can paint, in pixels. */
const LONGEST = 16_000;

/** The text of an SVG as an element of this page. */
export function parse(text: string): SVGSVGElement {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  return document.importNode(parsed, true) as unknown as SVGSVGElement;
}

/** An element of an SVG. */
export function element(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** An SVG painted as a PNG, in base64; `scale` is pixels per unit of its view box. Rejects with a sentence. */
export async function painted(svg: string, scale: number): Promise<string> {
  const { width, height } = parse(svg).viewBox.baseVal;
  const [wide, tall] = [Math.ceil(width * scale), Math.ceil(height * scale)];
  if (Math.max(wide, tall) > LONGEST) throw new Error("The picture is too long for a PNG: save the SVG instead.");
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image(wide, tall);
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [wide, tall];
    canvas.getContext("2d")?.drawImage(image, 0, 0, wide, tall);
    return canvas.toDataURL("image/png").replace(/^[^,]*,/, "");
  } catch {
    throw new Error("The picture could not be painted as a PNG: save the SVG instead.");
  } finally {
    URL.revokeObjectURL(url);
  }
}
