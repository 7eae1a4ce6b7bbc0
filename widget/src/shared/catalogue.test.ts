import { expect, test } from "vitest";
import { Catalogue } from "./catalogue";

const texts = {
  zh: { "hello.name": "{name}您好", "queue.ahead": ["还有 {n} 位"] },
  en: { "hello.name": "Hello {name}", "queue.ahead": ["{n} person", "{n} people"] },
};

test("the language chooses the text, and the number chooses its form", () => {
  const catalogue = new Catalogue(texts, "zh");
  expect(catalogue.t("queue.ahead", { n: 2 })).toBe("还有 2 位");
  catalogue.language = "en";
  expect(catalogue.t("queue.ahead", { n: 1 })).toBe("1 person");
  expect(catalogue.t("queue.ahead", { n: 0 })).toBe("0 people");
});

test("texts that are added later are found beside the others", () => {
  const catalogue = new Catalogue({ zh: texts.zh }, "zh");
  catalogue.add("zh", { "rating.ask": "请评价" });
  catalogue.add("en", texts.en);
  expect([catalogue.t("rating.ask"), catalogue.t("hello.name", { name: "李" })]).toEqual([
    "请评价",
    "李您好",
  ]);
  catalogue.language = "en";
  expect(catalogue.t("hello.name", { name: "Li" })).toBe("Hello Li");
});

test("a name that looks like a placeholder is shown as it is", () => {
  expect(new Catalogue(texts, "en").t("hello.name", { name: "{n}" })).toBe("Hello {n}");
});
