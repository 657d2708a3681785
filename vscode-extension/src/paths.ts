import * as os from "node:os";
import * as path from "node:path";

/**
 * A path from a setting: `~`, `${workspaceFolder}` and `${userHome}` are filled in, and a relative path counts from
 * the folder. `undefined` when the setting is empty or needs a folder where none is open.
 */
export function expand(setting: string, folder: string | undefined): string | undefined {
  const written = setting.trim();
  if (!written || (written.includes("${workspaceFolder}") && !folder)) return undefined;
  const filled = written
    .replaceAll("${workspaceFolder}", () => folder ?? "")
    .replaceAll("${userHome}", () => os.homedir())
    .replace(/^~(?=$|[\\/])/, () => os.homedir());
  if (path.isAbsolute(filled)) return path.normalize(filled);
  return folder && path.resolve(folder, filled);
}

/** An interpreter from a setting: a path as above, or a bare name such as `python3.12`, which the PATH finds. */
export function expandExecutable(setting: string, folder: string | undefined): string | undefined {
  const written = setting.trim();
  return /^[^~$\\/]+$/.test(written) ? written : expand(written, folder);
}
