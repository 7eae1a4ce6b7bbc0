// @vitest-environment happy-dom
import axe from "axe-core";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { IdentityShown } from "../../../../widget/src/shared/frames";
import { language } from "../../shared/texts";
import { DeskContext } from "../desk/context";
import { Desk } from "../desk/desk";
import { FakeLink, NOON, row } from "../desk/testing";
import { IdentityBadge, IdentityFacts, ListedVisitor } from "./Identity";

const VERIFIED: IdentityShown = { name: "张三\u202e", at: NOON, number: "P-0042" };
const WORD = /已核实|Verified/;

let root: HTMLElement;

beforeEach(() => {
  language.value = "zh";
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

afterEach(() => render(null, root));

function shows(identity: IdentityShown | null, gone = false) {
  const shown = row("a", { label: "2FTG", identity });
  act(() => {
    render(
      <DeskContext.Provider value={new Desk(new FakeLink().asLink)}>
        <p>
          <ListedVisitor row={shown} gone={gone} />
        </p>
        <h2>
          <IdentityBadge row={shown} />
        </h2>
        <IdentityFacts row={shown} />
      </DeskContext.Provider>,
      root,
    );
  });
  const text = (selector: string) => root.querySelector(selector)?.textContent ?? "";
  return { listed: text("p"), head: text("h2"), facts: text("section") };
}

test.each(["zh", "en"] as const)(
  "in %s a verified visitor has name, number, time and source",
  async (spoken) => {
    language.value = spoken;
    const { listed, head, facts } = shows(VERIFIED);
    for (const part of [listed, head, facts]) {
      expect(part).toContain("张三");
      expect(part).toContain("U+202E");
    }
    expect(listed).toMatch(WORD);
    expect(head).toMatch(WORD);
    expect(facts).toContain("P-0042");
    expect(facts).toMatch(/由医院网站于|hospital's website/);
    const { violations } = await axe.run(root);
    expect(violations).toEqual([]);
  },
);

test("without an identity there is neither name nor badge", () => {
  expect(shows(null)).toEqual({ listed: "访客2FTG", head: "", facts: "" });
});

test("who may not read the conversation has no number", () => {
  const { number, ...name } = VERIFIED;
  expect(shows(name).facts).not.toContain("患者号");
  expect(number).toBe("P-0042");
});

test("a doubted one shows no name, and says what to do", () => {
  const { listed, head, facts } = shows({ ...VERIFIED, doubted_at: NOON });
  expect(listed).toBe("访客2FTG");
  expect(head).toBe("身份存疑");
  expect(facts).toContain("请先确认对方是谁");
  expect(listed + head + facts).not.toMatch(/张三|P-0042/);
});

test("a row that has left the list shows the label", () => {
  expect(shows(VERIFIED, true).listed).toBe("访客2FTG");
});
