import { randomBytes } from "node:crypto";
import { Uri, Webview } from "vscode";

/** The panel's page. It may run this extension's own script and nothing else, and load nothing from anywhere. */
export function page(webview: Webview, extension: Uri): string {
  const script = webview.asWebviewUri(Uri.joinPath(extension, "dist", "diagram.js")).toString();
  const style = webview.asWebviewUri(Uri.joinPath(extension, "webview", "diagram.css")).toString();
  const nonce = randomBytes(16).toString("hex");
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'; img-src blob:`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${style}" />
    <title>Diagram</title>
  </head>
  <body>
    <header>
      <div role="toolbar" aria-label="Diagram">
        <label>Colour by
          <select id="colouring">
            <option value="kind">kind</option>
            <option value="params">parameters</option>
            <option value="macs">MACs</option>
            <option value="memory">memory</option>
          </select>
        </label>
        <span class="group" role="group" aria-label="Zoom">
          <button id="zoom-out" title="Zoom out (-)" aria-label="Zoom out">&minus;</button>
          <span id="zoom">100 %</span>
          <button id="zoom-in" title="Zoom in (+)" aria-label="Zoom in">+</button>
          <button id="zoom-fit" title="Show the whole network (0)">Fit</button>
        </span>
        <span class="group" role="group" aria-label="Save">
          <button id="save-svg" title="Save the diagram as an SVG file">Save SVG</button>
          <button id="save-png" title="Save the diagram as a PNG file">Save PNG</button>
        </span>
      </div>
      <ul id="legend" aria-label="Colours"></ul>
      <p id="message" role="status" hidden></p>
    </header>
    <main id="stage"></main>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}
