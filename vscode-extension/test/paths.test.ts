import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { expand, expandExecutable } from "../src/paths";

const FOLDER = "/home/somebody/nets";

test("a path of a setting may begin at the home folder, at the workspace's, or be relative to that", () => {
  assert.equal(expand("~/runs", FOLDER), join(homedir(), "runs"));
  assert.equal(expand("~", FOLDER), homedir());
  assert.equal(expand("${userHome}/runs", FOLDER), join(homedir(), "runs"));
  assert.equal(expand("${workspaceFolder}/runs", FOLDER), `${FOLDER}/runs`);
  assert.equal(expand("../runs", FOLDER), "/home/somebody/runs");
  assert.equal(expand(" /runs/./all ", FOLDER), "/runs/all");
});

test("a tilde that is no home folder stays, and so does what looks like a replacement in a folder's name", () => {
  assert.equal(expand("/runs~/a", FOLDER), "/runs~/a");
  assert.equal(expand("~other/runs", FOLDER), `${FOLDER}/~other/runs`);
  assert.equal(expand("${workspaceFolder}/runs", "/nets/$&"), "/nets/$&/runs");
});

test("without a folder a path that needs one is not set", () => {
  assert.equal(expand("${workspaceFolder}/runs", undefined), undefined);
  assert.equal(expand("runs", undefined), undefined);
  assert.equal(expand("", FOLDER), undefined);
  assert.equal(expand("~/runs", undefined), join(homedir(), "runs"));
});

test("an interpreter may be a bare name, which the PATH finds", () => {
  assert.equal(expandExecutable("python3.12", FOLDER), "python3.12");
  assert.equal(expandExecutable("./env/bin/python", FOLDER), `${FOLDER}/env/bin/python`);
  assert.equal(expandExecutable("${workspaceFolder}/env/bin/python", FOLDER), `${FOLDER}/env/bin/python`);
});
