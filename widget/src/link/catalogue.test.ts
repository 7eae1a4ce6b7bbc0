import { expect, test } from "vitest";
import { Catalogue } from "./catalogue";

const texts = {
  zh: { "hello.name": "{name}您好", "queue.ahead": ["还有 {n} 位"] },
  en: { "hello.name": "Hello {name}", "queue.ahead": ["{n} person", "{n} people"] },
};

test("the language chooses the text and the number its form", () => {
  const catalogue = new Catalogue(texts, "zh");
  expect(catalogue.t("queue.ahead", { n: 2 })).toBe("还有 2 位");
  catalogue.language = "en";
  expect(catalogue.t("queue.ahead", { n: 1 })).toBe("1 person");
  expect(catalogue.t("queue.ahead", { n: 0 })).toBe("0 people");
});

test("a name that looks like a placeholder stays a name", () => {
  expect(new Catalogue(texts, "en").t("hello.name", { name: "{n}" })).toBe("Hello {n}");
});
