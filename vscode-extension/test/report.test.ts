import assert from "node:assert/strict";
import test from "node:test";
import { framed } from "../src/report/page";

const FILE = `<!DOCTYPE html><html><head><meta charset="utf-8"><style>a {}</style></head><body>$& $1 <p>&lt;/head&gt;</p></body></html>`;

void test("a report may load nothing, whatever stands in the file, and the theme's look comes after its own", () => {
  const page = framed(FILE, "b {} /* $& */");
  assert.match(page, /<head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; [^"]*"><meta charset/);
  assert.ok(page.includes("<style>a {}</style><style>b {} /* $& */</style></head><body>$& $1"));
  assert.equal(page.match(/<head>/g)?.length, 1);
});
