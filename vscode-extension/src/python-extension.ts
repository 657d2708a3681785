import { Event, extensions, Uri } from "vscode";

/** The part of the Python extension's interface that is used here; that extension is optional. */
interface PythonExtension {
  environments: {
    getActiveEnvironmentPath(resource?: Uri): { path: string };
    resolveEnvironment(environment: { path: string }): Promise<{ executable: { uri?: Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath: Event<unknown>;
  };
}

/** Activating the Python extension may hang on a broken environment: CNNGen does not wait for it for ever. */
const PATIENCE_MS = 10_000;

export async function pythonExtension(): Promise<PythonExtension | undefined> {
  const extension = extensions.getExtension<PythonExtension | undefined>("ms-python.python");
  if (!extension) return undefined;
  const timeout = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
  try {
    return await Promise.race([extension.activate(), timeout]);
  } catch {
    return undefined;
  }
}

/** The interpreter of the environment that is active in the Python extension. */
export async function activeEnvironment(resource?: Uri): Promise<string | undefined> {
  const python = await pythonExtension();
  if (!python) return undefined;
  const active = python.environments.getActiveEnvironmentPath(resource);
  const environment = await python.environments.resolveEnvironment(active);
  return environment?.executable.uri?.fsPath;
}
