import { randomBytes } from "node:crypto";
import { Uri, Webview, WebviewPanel } from "vscode";

/** A page in the editor: `name` is that of its script in dist/ and of its style in webview/. */
export interface Page {
  name: string;
  title: string;
  body: string;
}

/** Make a panel, a new one or one of before a reload, show a page, which tells what is done there. */
export function furnish(
  panel: WebviewPanel,
  page: Page,
  extension: Uri,
  receive: (message: unknown) => void,
): void {
  decorate(panel, extension);
  // The page reads this extension's scripts and styles, and nothing else.
  panel.webview.options = {
    enableScripts: true,
    localResourceRoots: ["dist", "webview"].map((part) => Uri.joinPath(extension, part)),
  };
  panel.webview.onDidReceiveMessage(receive);
  panel.webview.html = html(page, panel.webview, extension);
}

/** Give a panel's tab this extension's icon. */
export function decorate(panel: WebviewPanel, extension: Uri): void {
  panel.iconPath = {
    light: Uri.joinPath(extension, "icons", "cnn-light.svg"),
    dark: Uri.joinPath(extension, "icons", "cnn-dark.svg"),
  };
}

/** The page's text. It may run this extension's own script and nothing else, and load nothing from anywhere. */
function html({ name, title, body }: Page, webview: Webview, extension: Uri): string {
  const resource = (...parts: string[]): string =>
    webview.asWebviewUri(Uri.joinPath(extension, ...parts)).toString();
  const nonce = randomBytes(16).toString("hex");
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'; img-src blob:`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${resource("webview", "common.css")}" />
    <link rel="stylesheet" href="${resource("webview", `${name}.css`)}" />
    <title>${title}</title>
  </head>
  <body>
${body}
    <script nonce="${nonce}" src="${resource("dist", `${name}.js`)}"></script>
  </body>
</html>`;
}
