import { expect, test } from "vitest";
import type { Event } from "../../../../widget/src/shared/frames";
import { language } from "../../shared/texts";
import { wang } from "../desk/testing";
import { assignmentReason } from "./assignmentReason";
import examples from "./assignmentReason.examples.json";

const skills = [{ id: "pregnancy", zh: "孕产", en: "Pregnancy" }];

test.each(examples)("the numbers become one sentence: $zh", ({ how, why, zh, en }) => {
  const event = { name: "assigned", how, why } as Event;
  language.value = "zh";
  expect(assignmentReason(event, skills)).toBe(zh);
  language.value = "en";
  expect(assignmentReason(event, skills)).toBe(en);
});

test("an event without numbers has no such sentence", () => {
  const assigned = { name: "assigned", group: "women", consultant: wang } as const;
  expect(assignmentReason(assigned, [])).toBeNull();
  expect(assignmentReason({ ...assigned, why: "" }, [])).toBeNull();
});
