import { describe, expect, test } from "vitest";
import type { Entry } from "../../shared/frames";
import { entry } from "../../shared/link/fakes";
import { textsIn } from "../texts";
import { MOST_LINES, pages } from "./picture";
import { asText, recordOf } from "./record";

const TEXTS = { ...textsIn("zh"), t: (key: string) => key };

function record(...entries: Entry[]) {
  return recordOf({ entries }, TEXTS).map(({ text }) => text);
}

test("what was said is kept, with its numbers masked, and what hides in it is shown", () => {
  const said = record({ ...entry(1), body: "我的电话13812345678" }, { ...entry(2), body: "a\u202eb" });
  expect(said[0]).toBe("我的电话138****5678");
  expect(said[1]).not.toContain("\u202e");
});

test.each(["note", "event"] as const)("a %s is left out, whatever it holds", (kind) => {
  expect(record({ ...entry(1), kind, body: "内部" })).toEqual([]);
});

test("a picture and a document are told apart, and the day has its year", () => {
  const file = { id: "f", name: "a.jpg", bytes: 1, width: 1, height: 1 };
  const files = (["image/jpeg", "application/pdf"] as const).map(
    (type): Entry => ({ ...entry(1), kind: "file", body: null, file: { ...file, type } }),
  );
  expect(record(...files)).toEqual(["save.image", "save.file"]);
  const [said] = recordOf({ entries: files }, { ...textsIn("zh"), t: (key: string) => key });
  expect(said?.when).toMatch(/^\d{4}年\d+月\d+日 \d\d:\d\d$/);
});

test("a text file has a title, and line ends that every editor knows", () => {
  const text = asText("题", [{ who: "您", when: "11月21日 10:05", text: "一\n二" }]);
  expect(text).toBe("\ufeff题\r\n\r\n11月21日 10:05 您\r\n一\r\n二\r\n");
});

describe("pictures", () => {
  const fits = (text: string) => Array.from(text).length <= 10;

  test("no line is wider than the picture, and nothing is lost", () => {
    const text = "一二三四五六七八九十百千 abcdefghijklmnop 好";
    const lines = pages("题", [{ who: "您", when: "", text }], fits).flat();
    expect(lines.every((line) => fits(line.text))).toBe(true);
    const shown = lines.slice(3).map((line) => line.text);
    expect(shown.join("")).toBe(text);
  });

  test("no line begins with a mark that ends a clause", () => {
    const text = "一二三四五六七八九十，百（千）。0120。";
    const lines = pages("题", [{ who: "您", when: "", text }], fits).flat();
    expect(lines.slice(3, -1).map((line) => line.text)).toEqual([
      "一二三四五六七八九",
      "十，百（千）。",
      "0120。",
    ]);
  });

  test("a long chat becomes several pictures of a height that phones can show", () => {
    const said = Array.from({ length: 100 }, () => ({ who: "您", when: "", text: "好" }));
    const all = pages("题", said, fits);
    expect(all.length).toBe(Math.ceil((2 + 300) / MOST_LINES));
    expect(Math.max(...all.map((page) => page.length))).toBe(MOST_LINES);
  });
});
