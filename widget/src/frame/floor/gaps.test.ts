import { expect, test } from "vitest";
import { marginsOf } from "./gaps";

const rule = (selectorText: string, style: object) =>
  marginsOf({
    selectorText,
    style: { display: "flex", flexDirection: "", flexWrap: "", gap: "", rowGap: "", columnGap: "", ...style },
  });

test.each<[string, object, string | null]>([
  [".row", { gap: "8px" }, ".row>*+*{margin-left:8px}"],
  [".row", { gap: "var(--s2)" }, ".row>*+*{margin-left:var(--s2)}"],
  [".a, .b", { gap: "4px" }, ".a>*+*, .b>*+*{margin-left:4px}"],
  [".column", { gap: "8px", flexDirection: "column" }, ".column>*+*{margin-top:8px}"],
  [".chips", { gap: "4px 8px", flexWrap: "wrap" }, ".chips>*{margin-right:8px;margin-bottom:4px}"],
  [".who", { rowGap: "4px", columnGap: "16px" }, ".who>*+*{margin-left:16px}"],
  [".banner", { gap: "0 8px", display: "grid" }, null],
  [".plain", {}, null],
])("%s with %j", (selector, style, margins) => {
  expect(rule(selector, style)).toBe(margins);
});
