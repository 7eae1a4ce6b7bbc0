import { expect, test } from "vitest";
import { type Facts, mayInvite, type Rules } from "./invitation";

const RULES: Rules = { after_s: 30, pages: 1, referrers: [], departments: [], minors: ["pediatrics"] };
const FACTS: Facts = {
  seconds: 30,
  pages: 1,
  from: "",
  department: "",
  isForMinors: false,
  isElder: false,
  isStill: false,
  isReady: true,
  isRunning: false,
  wasInvited: false,
  refusedUntil: 0,
  remembers: true,
  now: 1_000_000,
};

test.each<[string, Partial<Rules>, Partial<Facts>, boolean]>([
  ["thirty seconds on the first page", {}, {}, true],
  ["less time", {}, { seconds: 29.9 }, false],
  ["a longer time that the hospital wants", { after_s: 60 }, { seconds: 59 }, false],
  ["the first of two pages", { pages: 2 }, {}, false],
  ["the second of two pages", { pages: 2 }, { pages: 2 }, true],
  ["from a listed host", { referrers: ["baidu.com"] }, { from: "baidu.com" }, true],
  ["from its subdomain", { referrers: ["so.com", "baidu.com"] }, { from: "m.baidu.com" }, true],
  ["from a host that ends alike", { referrers: ["baidu.com"] }, { from: "notbaidu.com" }, false],
  ["from nowhere", { referrers: ["baidu.com"] }, {}, false],
  ["on a listed department's page", { departments: ["dental", "skin"] }, { department: "skin" }, true],
  ["on another department's page", { departments: ["dental"] }, { department: "skin" }, false],
  ["on a page without a department", { departments: ["dental"] }, {}, false],
  ["on a page of children", {}, { department: "pediatrics" }, false],
  ["also where the rules list it", { departments: ["pediatrics"] }, { department: "pediatrics" }, false],
  ["on a page for minors by its tag", {}, { isForMinors: true }, false],
  ["in 长辈版", {}, { isElder: true }, false],
  ["to somebody who asks for less motion", {}, { isStill: true }, false],
  ["without a launcher, or while the chat is open", {}, { isReady: false }, false],
  ["while there is a conversation", {}, { isRunning: true }, false],
  ["once more in this visit", {}, { wasInvited: true }, false],
  ["while silence is kept", {}, { refusedUntil: 1_000_001 }, false],
  ["after the silence", {}, { refusedUntil: 1_000_000 }, true],
  ["where nothing can be remembered", {}, { remembers: false }, false],
])("%s", (_, rules, facts, expected) => {
  expect(mayInvite({ ...RULES, ...rules }, { ...FACTS, ...facts })).toBe(expected);
});
