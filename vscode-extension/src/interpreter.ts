import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { LogOutputChannel, workspace } from "vscode";
import { activeEnvironment } from "./python-extension";
import { interpreterSetting, windowFolder } from "./settings";

/** A Python that runs the server and trains. `path` is what Python itself says it is, and so absolute. */
export interface Interpreter {
  path: string;
  origin: string;
}

export const OLDEST = "3.11";

const WINDOWS = process.platform === "win32";
const ON_PATH = ["python3", "python", "python3.13", "python3.12", "python3.11"];
const QUESTION = `import sys; print("%d.%d" % sys.version_info[:2]); print(sys.executable)`;
const PATIENCE_MS = 15_000;

/** Where a Python may be, best first. Nothing that an untrusted folder brings along is started. */
async function* candidates(log: LogOutputChannel): AsyncGenerator<Interpreter> {
  const setting = interpreterSetting();
  if (setting) yield { path: setting, origin: "cnngen.interpreter" };
  const folder = windowFolder();
  if (workspace.isTrusted) {
    try {
      const active = await activeEnvironment(workspace.workspaceFolders?.[0]?.uri);
      if (active) yield { path: active, origin: "the Python extension" };
    } catch (error) {
      log.warn("The Python extension could not tell its active environment:", error);
    }
    if (folder) {
      const inside = WINDOWS ? ["Scripts", "python.exe"] : ["bin", "python"];
      yield { path: path.join(folder, ".venv", ...inside), origin: "the folder's .venv" };
    }
  }
  for (const name of ON_PATH) yield { path: name, origin: "the PATH" };
}

/** The version and place of a Python, as it says itself. Rejects when there is none. */
async function ask(command: string): Promise<{ version: string; executable: string }> {
  // Isolated: neither the current folder nor PYTHONPATH may lead the question astray.
  const { stdout } = await promisify(execFile)(command, ["-I", "-c", QUESTION], {
    timeout: PATIENCE_MS,
    windowsHide: true,
  });
  const [version = "", executable = ""] = stdout.trim().split(/\r?\n/);
  return { version, executable };
}

function atLeast(version: string, oldest: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split(".").map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** The first Python that is new enough, and the user's own choice if that one had to be passed over. */
export async function findInterpreter(
  log: LogOutputChannel,
): Promise<{ found: Interpreter | undefined; passedOver: string | undefined }> {
  let passedOver: string | undefined;
  for await (const { path: command, origin } of candidates(log)) {
    let reason;
    try {
      const { version, executable } = await ask(command);
      if (atLeast(version, OLDEST)) {
        log.info(`Python ${version} from ${origin}: ${executable || command}`);
        return { found: { path: executable || command, origin }, passedOver };
      }
      reason = `it is Python ${version}`;
    } catch (error) {
      reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is none" : String(error);
    }
    log.info(`Not ${command} from ${origin}: ${reason}`);
    if (origin === "cnngen.interpreter") passedOver = command;
  }
  return { found: undefined, passedOver };
}
