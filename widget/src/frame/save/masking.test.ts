import { expect, test } from "vitest";
import examples from "../../shared/masking.examples.json";
import { maskedText } from "./masking";

test.each(examples)("$written is masked as by the server", ({ written, masked }) => {
  expect(maskedText(written)).toBe(masked);
});
