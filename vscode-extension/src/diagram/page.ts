import { Page } from "../webviews/page";

/** The page of the diagram's panel. */
export const PAGE: Page = {
  name: "diagram",
  title: "Diagram",
  body: `    <header>
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
      <p id="prediction" hidden></p>
      <p id="message" role="status" hidden></p>
    </header>
    <main id="stage"></main>`,
};
