import { expect, test } from "vitest";
import { answered } from "./put";

const refusal = (details: object) =>
  JSON.stringify({ error: { code: "rate_limited", message: "m", retry: "same", details } });

test.each([
  [201, "{}", { kind: "stored" }],
  [200, "", { kind: "stored" }],
  [429, refusal({ retry_ms: 1500 }), { kind: "refused", code: "rate_limited", retryMs: 1500 }],
  [429, refusal({}), { kind: "refused", code: "rate_limited", retryMs: null }],
  [413, "<html>nginx</html>", { kind: "refused", code: "file_too_large", retryMs: null }],
  [502, "<html>nginx</html>", { kind: "unknown" }],
  [500, "{}", { kind: "unknown" }],
  [0, "", { kind: "unknown" }],
])("%i with %s", (status, text, means) => {
  expect(answered(status, text)).toEqual(means);
});
