import { expect, test } from "vitest";
import { speaksOfHealth } from "./health";
import examples from "./health.examples.json";

test("every sentence gets the server's verdict, with the site's own words and without", () => {
  for (const [text, builtIn, withOwn] of examples.verdicts as [string, boolean, boolean][]) {
    expect([text, speaksOfHealth(text), speaksOfHealth(text, examples.own)]).toEqual([
      text,
      builtIn,
      withOwn,
    ]);
  }
});
