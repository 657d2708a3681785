import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunRow } from "../src/runs/messages";
import { Programs } from "../src/runs/programs";
import { described } from "../src/runs/wording";

function run(name: string, others: Partial<RunRow> = {}): RunRow {
  return { id: name, directory: `file:///runs/${name}`, program: "net", status: "done", epochs: 1, ...others } as RunRow;
}

test("a run that has come further is the same object with new figures, and only its own row is to be shown anew", () => {
  const programs = new Programs();
  programs.take([run("b", { status: "running" }), run("a")]);
  const [living] = programs.list[0]?.runs ?? [];
  const change = programs.take([run("b", { status: "running", epochs: 7 }), run("a")]);
  assert.deepEqual(change, { runs: false, status: [], progress: [living] });
  assert.equal(programs.list[0]?.runs[0], living);
  assert.equal(living?.epochs, 7);
});

test("a run that has ended has another status, which is no mere progress", () => {
  const programs = new Programs();
  programs.take([run("a", { status: "running" })]);
  const change = programs.take([run("a", { status: "done", epochs: 9 })]);
  assert.deepEqual([change.runs, change.status.length, change.progress.length], [false, 1, 0]);
});

test("a run that repeats others says which of them it is", () => {
  const known = { accuracy_text: "90.00 %", energy_text: null };
  assert.equal(described(run("b", { ...known, number: 2, of: 3 })), "2 of 3 · 90.00 %");
  assert.equal(described(run("a", { ...known, number: null, of: null })), "90.00 %");
});

test("runs that come or go change the list", () => {
  const programs = new Programs();
  assert.equal(programs.take([run("a")]).runs, true);
  assert.equal(programs.take([run("b"), run("a")]).runs, true);
  assert.equal(programs.take([run("b"), run("a")]).runs, false);
  assert.equal(programs.take([run("a")]).runs, true);
});

test("runs stand by program and folder, the program that was trained last first", () => {
  const programs = new Programs();
  programs.take([run("d", { program: "new" }), run("c"), run("b", { directory: "file:///other/b" }), run("a")]);
  assert.deepEqual(
    programs.list.map(({ name, runs }) => [name, runs.map(({ id }) => id)]),
    [
      ["new", ["d"]],
      ["net", ["c", "a"]],
      ["net", ["b"]],
    ],
  );
});
