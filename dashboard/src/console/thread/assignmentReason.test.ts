import { expect, test } from "vitest";
import type { Event } from "../../../../widget/src/shared/frames";
import { language } from "../../shared/texts";
import { assignmentReason } from "./assignmentReason";
import examples from "./assignmentReason.examples.json";

const skills = [{ id: "pregnancy", zh: "孕产", en: "Pregnancy" }];

test.each(examples)("the numbers are one sentence: $zh", ({ how, why, zh, en }) => {
  const event = { name: "assigned", how, why } as Event;
  language.value = "zh";
  expect(assignmentReason(event, skills)).toBe(zh);
  language.value = "en";
  expect(assignmentReason(event, skills)).toBe(en);
});

test("an event without numbers says nothing", () => {
  expect(assignmentReason({ name: "assigned" }, [])).toBeNull();
  expect(assignmentReason({ name: "assigned", why: "" }, [])).toBeNull();
});
