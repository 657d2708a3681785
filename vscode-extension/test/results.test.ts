import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunRow } from "../src/runs/messages";
import { described } from "../src/runs/wording";
import { lastEpoch } from "../webview/results/curves";
import { energyTo, energyUnit, wattsTo } from "../webview/results/numbers";
import { spans } from "../webview/results/power";
import { marked, MOST } from "../webview/results/runs";
import { csv } from "../webview/results/tables";

test("a table's file quotes what would break it, leaves unknown figures empty and numbers as they are", () => {
  const columns = [
    { head: "run", name: "run" },
    { head: "training energy", name: "train_energy_wh" },
  ];
  const rows = [
    ['22 Nov, "A"', 0.0005222244894502436],
    ["two\nlines", null],
  ];
  assert.equal(
    csv({ columns, rows }),
    'run,train_energy_wh\r\n"22 Nov, ""A""",0.0005222244894502436\r\n"two\nlines",\r\n',
  );
});

test("energies are told in a handy unit with the digits that they are worth", () => {
  assert.equal(energyTo(2)(0.0063), "6.3 mWh");
  assert.equal(energyTo(2)(1.0), "1.0 Wh");
  assert.equal(energyTo(3)(1234.4), "1.23 kWh");
  assert.equal(energyTo(2)(0), "0 Wh");
  assert.equal(energyTo(2)(null), "–");
  assert.equal(wattsTo(2)(12.9), "13 W");
  assert.equal(energyUnit(0.5).name, "mWh");
});

test("an energy that rounds up to the next unit is told in that unit", () => {
  assert.equal(energyTo(2)(0.9996), "1.0 Wh");
});

test("the axis of a run that goes on has room for what comes, but follows what is done however much is planned", () => {
  const run = (status: string, epochs_planned: number | null, reached: number): number =>
    lastEpoch({ status, epochs_planned, history: reached ? [{ epoch: reached }] : [] } as never);
  assert.deepEqual([0, 1, 10, 11, 106].map((reached) => run("running", 100_000, reached)), [10, 10, 10, 20, 160]);
  assert.deepEqual([0, 3, 5].map((reached) => run("running", 5, reached)), [5, 5, 5]);
  assert.equal(run("running", 30, 25), 30);
  assert.equal(run("running", null, 4), 4);
  assert.equal(run("cancelled", 100_000, 106), 106);
});

test("runs that are shown together have letters and colours, and no more than can be told apart", () => {
  const run = { directory: "file:///runs/a", overview: { id: "a", began_utc: null } } as never;
  assert.deepEqual(
    marked([run, run]).map(({ name, colour }) => [name, colour]),
    [
      ["A: a", "var(--run-1)"],
      ["B: a", "var(--run-2)"],
    ],
  );
  assert.deepEqual(
    marked([run]).map(({ name }) => name),
    ["a"],
  );
  assert.equal(marked(Array<never>(9).fill(run)).length, MOST);
});

test("the epochs' training and validation, which take turns, are one phase of the picture", () => {
  const point = (time_s: number, phase: string) => ({ time_s, phase, epoch: null, cpu_w: 1, gpu_w: null, ram_w: 1 });
  const power = [point(1, "import"), point(2, "train"), point(3, "validate"), point(4, "train"), point(5, "evaluate")];
  assert.deepEqual(spans(power), [
    { phase: "import", from: 1, to: 1 },
    { phase: "train", from: 1, to: 4 },
    { phase: "evaluate", from: 4, to: 5 },
  ]);
});

test("a run in a list tells its figures, and how it is unless it is done", () => {
  const done = { status: "done", epochs: 3, accuracy_text: "91.20 %", energy_text: "1.3 Wh", energy_source: "modelled" };
  assert.equal(described(done as RunRow), "91.20 % · 1.3 Wh (modelled)");
  const running = { status: "running", epochs: 1, accuracy_text: null, energy_text: null, energy_source: null };
  assert.equal(described(running as RunRow), "running · 1 epoch");
});
