import { Uri, window, workspace } from "vscode";
import { Made } from "./messages";

const FILTERS = {
  svg: { "SVG picture": ["svg"] },
  png: { "PNG picture": ["png"] },
  csv: { "CSV table": ["csv"] },
  json: { "JSON data": ["json"] },
};

/** Ask where to put what a page has made, and put it there. `what` is what it is called afterwards: "The diagram". */
export async function save({ format, content }: Made, suggested: Uri, what: string): Promise<void> {
  const file = await window.showSaveDialog({ defaultUri: suggested, filters: FILTERS[format] });
  if (!file) return;
  try {
    await workspace.fs.writeFile(file, Buffer.from(content, format === "png" ? "base64" : "utf8"));
  } catch (error) {
    void window.showErrorMessage(`${file.fsPath} could not be written: ${(error as Error).message}`);
    return;
  }
  window.setStatusBarMessage(`${what} is saved as ${file.fsPath}.`, 5000);
}
