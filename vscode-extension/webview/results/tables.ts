import { h } from "../common/dom";

export type Cell = string | number | null;

/** A column: what stands above it, what it is called in a file, and how its values are told. */
export interface Column {
  head: string;
  name: string;
  told?: (value: number | null) => string;
}

/** The figures behind a chart. */
export interface Table {
  columns: Column[];
  rows: Cell[][];
}

/** The table for the page. */
export function shown({ columns, rows }: Table, caption: string): HTMLTableElement {
  const told = (cell: Cell, { told }: Column): string => {
    if (cell === null) return "–";
    return typeof cell === "number" && told ? told(cell) : String(cell);
  };
  const kind = (index: number): { class?: string } =>
    rows.some((row) => typeof row[index] === "number") ? { class: "number" } : {};
  return h(
    "table",
    {},
    h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, ...columns.map(({ head }, index) => h("th", { scope: "col", ...kind(index) }, head)))),
    h(
      "tbody",
      {},
      ...rows.map((row) =>
        h("tr", {}, ...columns.map((column, index) => h("td", kind(index), told(row[index] ?? null, column)))),
      ),
    ),
  );
}

/** The table as a file of comma-separated values (RFC 4180), the numbers as they are. */
export function csv({ columns, rows }: Table): string {
  const lines = [columns.map(({ name }) => name), ...rows];
  return lines.map((line) => `${line.map(field).join(",")}\r\n`).join("");
}

function field(cell: Cell): string {
  const text = cell === null ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
