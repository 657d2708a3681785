import assert from "node:assert/strict";
import { test } from "node:test";
import { layersAt, moved } from "../src/diagram/places";
import { described, step, told } from "../webview/diagram/costs";
import { family } from "../webview/diagram/kinds";
import { heights } from "../webview/diagram/lanes";

const place = (id: number, start: number, end: number) => ({ id, start, end });
const edit = (rangeOffset: number, rangeLength: number, text: string) => ({ rangeOffset, rangeLength, text });

test("a place behind an edit moves by what the edit adds or takes", () => {
  assert.deepEqual(moved(place(1, 10, 14), edit(2, 0, "conv ")), place(1, 15, 19));
  assert.deepEqual(moved(place(1, 10, 14), edit(2, 5, "")), place(1, 5, 9));
});

test("a place before an edit stays", () => {
  assert.deepEqual(moved(place(1, 10, 14), edit(14, 0, " conv")), place(1, 10, 14));
});

test("a place around an edit grows and shrinks with it", () => {
  assert.deepEqual(moved(place(1, 10, 14), edit(12, 0, "xx")), place(1, 10, 16));
  assert.deepEqual(moved(place(1, 10, 14), edit(11, 2, "")), place(1, 10, 12));
});

test("an edit over a place's end leaves a place that is inside the text", () => {
  assert.deepEqual(moved(place(1, 10, 14), edit(12, 6, "")), place(1, 10, 12));
  assert.deepEqual(moved(place(1, 10, 14), edit(5, 20, "ab")), place(1, 5, 7));
});

test("the caret is in the innermost layer, and in both of a word that became two", () => {
  const places = [place(1, 11, 17), place(2, 11, 17), place(3, 10, 26)];
  assert.deepEqual(layersAt(places, 13), [1, 2]);
  assert.deepEqual(layersAt(places, 17), [1, 2]);
  assert.deepEqual(layersAt(places, 20), [3]);
  assert.deepEqual(layersAt(places, 30), []);
});

test("between two layers that touch, the caret is in the one behind it", () => {
  assert.deepEqual(layersAt([place(1, 0, 4), place(2, 4, 40)], 4), [2]);
});

test("a cost's step tells its share of the sum", () => {
  assert.deepEqual(
    [0, 1, 10, 49, 50, 199, 200, 1000].map((cost) => step(cost, 1000)),
    [0, 1, 2, 2, 3, 3, 4, 4],
  );
  assert.equal(step(0, 0), 0);
});

test("costs are told with separators and units", () => {
  assert.equal(told(1, "params"), "1 parameter");
  assert.equal(told(21386, "params"), "21,386 parameters");
  assert.equal(told(66600, "macs"), "66,600 MACs");
  assert.equal(told(61440, "memory"), "61.4 kB");
  assert.equal(told(512, "memory"), "512 B");
});

test("a layer is described by what it costs, with its share of the network", () => {
  const layer = { id: 1, name: "conv_1", kind: "conv", params: 50, macs: 0, activationBytes: 2000 };
  const words = described(layer, { params: 200, macs: 0, memory: 2000 });
  assert.equal(
    words,
    "conv_1\n50 parameters (25% of the network)\n2 kB of memory for one image (100% of the network)",
  );
});

test("every kind belongs to a family", () => {
  assert.equal(family("sepconv"), "convolution");
  assert.equal(family("flatten"), "other");
});

test("a lane counts the lanes inside it", () => {
  const lane = (first: number, last: number) => ({ first, last });
  assert.deepEqual(heights([lane(2, 9), lane(3, 4), lane(6, 7), lane(10, 12)]), [2, 1, 1, 1]);
  assert.deepEqual(heights([lane(1, 9), lane(1, 8), lane(1, 1)]), [3, 2, 1]);
});
