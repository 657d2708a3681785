// How long Langium takes to build the document of each program: node build.js SECONDS FILE…
//
// A build is what its server does when a text has changed: parse, make the tree, link, validate. It prints a JSON list
// with, for each file, the milliseconds of the best and of the median run of all that fit into so many seconds, or the
// error that ended the first.

import { readFileSync } from "node:fs";
import { EmptyFileSystem, URI } from "langium";
import { createServicesForGrammar } from "langium/grammar";

const grammar = readFileSync(new URL("cnn.langium", import.meta.url), "utf8");
const { shared } = await createServicesForGrammar({
  grammar,
  languageMetaData: { languageId: "cnn", fileExtensions: [".cnn"], caseInsensitive: false, mode: "production" },
});
const { LangiumDocumentFactory: factory, DocumentBuilder: builder } = shared.workspace;

async function build(text) {
  const start = performance.now();
  const document = factory.fromString(text, URI.parse("memory:/program.cnn"));
  const parsed = performance.now();
  await builder.build([document], { validation: true });
  const end = performance.now();
  if (document.diagnostics.length) {
    throw new Error(document.diagnostics[0].message);
  }
  return { parse: parsed - start, total: end - start };
}

function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return { best: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
}

async function measured(text, seconds) {
  try {
    for (const end = performance.now() + seconds * 500; performance.now() < end; ) {
      await build(text); // warm
    }
    const runs = [];
    for (const end = performance.now() + seconds * 1000; performance.now() < end || runs.length < 5; ) {
      runs.push(await build(text));
    }
    return { runs: runs.length, parse: summary(runs.map((run) => run.parse)), total: summary(runs.map((run) => run.total)) };
  } catch (error) {
    return { error: String(error) };
  }
}

const [seconds, ...files] = process.argv.slice(2);
const results = [];
for (const file of files) {
  results.push(await measured(readFileSync(file, "utf8"), Number(seconds)));
}
console.log(JSON.stringify(results));
