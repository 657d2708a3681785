type Content = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | undefined>;

/** An element of the page with its attributes and content; what is false or undefined is left out. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...content: Content[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...content.filter((part) => part !== null && part !== undefined && part !== false));
  return made;
}

/** A button with what it does. */
export function button(attributes: Attributes, words: string, act: () => void): HTMLButtonElement {
  const made = h("button", attributes, words);
  made.addEventListener("click", act);
  return made;
}

/** An element that the page has. */
export function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no ${id}.`);
  return found;
}

/** Give an element another content. What has the focus keeps it, when the new content has it too, and so do tables that are open. */
export function refill(element: HTMLElement, ...content: Content[]): void {
  const focused = element.contains(document.activeElement) ? document.activeElement?.id : undefined;
  const open = [...element.querySelectorAll<HTMLDetailsElement>("details[open]")].map(({ id }) => id);
  element.replaceChildren(...content.filter((part) => part !== null && part !== undefined && part !== false));
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}
