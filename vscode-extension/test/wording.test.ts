import assert from "node:assert/strict";
import { test } from "node:test";
import { inSentenceCase, unbroken } from "../webview/common/wording";

test("no line breaks between a number and its unit, and any may break between two figures", () => {
  assert.equal(unbroken("1.3 mWh (31 % modelled, 69 % constant)"), "1.3\u00a0mWh (31\u00a0% modelled, 69\u00a0% constant)");
});

test("what stands alone begins with a capital", () => {
  assert.equal(inSentenceCase("predicted: 46 % accuracy for CIFAR-10 at 16 px"), "Predicted: 46\u00a0% accuracy for CIFAR-10 at 16\u00a0px");
});
