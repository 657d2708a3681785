import { Uri, window, workspace } from "vscode";
import { Save } from "./messages";

const FILTERS = { svg: { "SVG picture": ["svg"] }, png: { "PNG picture": ["png"] } };

/** Ask for a file beside the program, and save its picture there. */
export async function save({ format, content }: Save, program: Uri): Promise<void> {
  const suggested = program.with({ scheme: "file", path: program.path.replace(/(\.cnn)?$/, `.${format}`) });
  const file = await window.showSaveDialog({ defaultUri: suggested, filters: FILTERS[format] });
  if (!file) return;
  try {
    await workspace.fs.writeFile(file, Buffer.from(content, format === "svg" ? "utf8" : "base64"));
  } catch (error) {
    void window.showErrorMessage(`${file.fsPath} could not be written: ${(error as Error).message}`);
    return;
  }
  window.setStatusBarMessage(`The diagram is saved as ${file.fsPath}.`, 5000);
}
