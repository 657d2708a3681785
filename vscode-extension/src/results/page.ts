import { Page } from "../webviews/page";

/** The page of the results' panel. Its script fills the sections. */
export const PAGE: Page = {
  name: "results",
  title: "Results",
  body: `    <header>
      <h1 id="title">Results</h1>
      <p id="state" role="status"></p>
      <div role="toolbar" aria-label="Results">
        <button id="report" title="Open the run's report">Open Report</button>
        <button id="folder" title="Show the run's folder">Open Folder</button>
        <button id="json" title="Save all that is shown as a JSON file">Save JSON</button>
        <button id="stop" title="Stop the training; what was done is kept" hidden>Stop</button>
      </div>
      <p id="message" role="status" hidden></p>
      <button id="train" hidden>Train &amp; Measure</button>
    </header>
    <main>
      <section id="headlines" aria-label="Headline figures"></section>
      <section id="group" aria-label="Repeated runs"></section>
      <section id="charts" aria-label="Charts"></section>
      <section id="runs" aria-label="Runs"></section>
      <section id="figures" aria-label="Figures"></section>
      <section id="files" aria-label="Files"></section>
    </main>`,
};
