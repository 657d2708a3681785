import { Uri, workspace } from "vscode";
import { Colouring, COLOURINGS } from "./diagram/messages";
import { expand, expandExecutable } from "./paths";

/** What a training takes from the settings; what is not set is left to the server. */
export interface TrainingSettings {
  country?: string;
  device?: string;
  runsDirectory?: string;
}

function text(name: string, resource?: Uri): string {
  return workspace.getConfiguration("cnngen", resource ?? null).get<string>(name, "").trim();
}

/** The first folder of the workspace, from which the window's relative paths count. */
export function windowFolder(): string | undefined {
  return workspace.workspaceFolders?.[0]?.uri.fsPath;
}

/** The interpreter that the user has named, if any. */
export function interpreterSetting(): string | undefined {
  return expandExecutable(text("interpreter"), windowFolder());
}

export function codeLensEnabled(): boolean {
  return workspace.getConfiguration("cnngen").get("codeLens.enable", true);
}

/** What the colours of a diagram tell at first; what does not fit is left out, and the server says so. */
export function diagramColouring(): Colouring {
  const set = text("diagram.colourBy");
  return COLOURINGS.find((colouring) => colouring === set) ?? "kind";
}

export function trainingSettings(resource?: Uri): TrainingSettings {
  const folder = resource ? workspace.getWorkspaceFolder(resource)?.uri.fsPath : windowFolder();
  const runsDirectory = expand(text("runsDirectory", resource), folder);
  const country = text("country", resource).toUpperCase();
  const device = text("device", resource);
  return { ...(country && { country }), ...(device && { device }), ...(runsDirectory && { runsDirectory }) };
}
