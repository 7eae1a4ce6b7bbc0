import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compiled } from "./patterns";
import { type Finding, type OwnWords, Recogniser } from "./recognise";
import examples from "./recognise.examples.json";
import words from "./words.json";

const TABLE: string = readFileSync("tests/domain/emergency_sentences.tsv", "utf-8");
const spelled = (found: Finding | null) => (found === null ? "" : `${found.level}: ${found.kinds.join("+")}`);

const engines = [
  { engine: "the browser's engine", looksBack: true },
  { engine: "the small one of old Safari", looksBack: false },
];

test.each(engines)(
  "every sentence of the server's table gets the server's verdict, by $engine",
  ({ looksBack }) => {
    const recogniser = new Recogniser(looksBack);
    const wrong = TABLE.trimEnd()
      .split("\n")
      .map((line) => line.split("\t"))
      .map(([kinds, level, text = ""]) => ({ text, wanted: kinds === "none" ? "" : `${level}: ${kinds}` }))
      .map((each) => ({ ...each, found: spelled(recogniser.find(each.text, null, [])) }))
      .filter(({ wanted, found }) => wanted !== found);
    expect(wrong).toEqual([]);
  },
);

test.each(engines)("sentences of others and of an ordinary day get it, too, by $engine", ({ looksBack }) => {
  const recogniser = new Recogniser(looksBack);
  const wrong = examples.builtIn
    .map(([text = "", wanted]) => ({ text, wanted, found: spelled(recogniser.find(text, null, [])) }))
    .filter(({ wanted, found }) => wanted !== found);
  expect(wrong).toEqual([]);
});

test.each(engines)(
  "the hospital's own words and departments count as at the server, by $engine",
  ({ looksBack }) => {
    const recogniser = new Recogniser(looksBack);
    const own = examples.own as OwnWords[];
    const names: Record<string, string> = examples.names;
    const wrong = examples.inDepartments
      .map(([department = null, text, wanted]) => ({
        department,
        text,
        wanted,
        found: spelled(
          recogniser.find(
            text ?? "",
            department === null ? null : { id: department, names: names[department] ?? "" },
            own,
          ),
        ),
      }))
      .filter(({ wanted, found }) => wanted !== found);
    expect(wrong).toEqual([]);
  },
);

test("the small engine finds what the browser's finds, for every pattern that looks back", () => {
  const patterns = [
    ...words.signs.flatMap(({ ways }) => ways),
    ...Object.values(words.facts),
    ...Object.values(words.phrases),
    ...Object.values(words.spelling),
  ].filter((pattern) => !/[<~…](?!!|=)/.test(pattern) && pattern.includes("(?<"));
  expect(patterns.length).toBeGreaterThan(8);
  const texts = [...examples.builtIn.map(([text = ""]) => text), "不", "头 头 头昏 1.5.2", ""];
  for (const pattern of patterns)
    for (const text of texts)
      expect([pattern, text, compiled(pattern, false).all(text)]).toEqual([
        pattern,
        text,
        compiled(pattern, true).all(text),
      ]);
});
