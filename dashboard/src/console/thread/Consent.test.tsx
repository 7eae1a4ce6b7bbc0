// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Row } from "../../../../widget/src/shared/frames";
import { refusalSentence } from "../../shared/refusalText";
import { language } from "../../shared/texts";
import { Desk } from "../desk/desk";
import { FakeLink, row } from "../desk/testing";
import { askConsent, ConsentBadge } from "./Consent";

let root: HTMLElement;

beforeEach(() => {
  language.value = "zh";
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

afterEach(() => render(null, root));

function badges(differs: Partial<Row>): string[] {
  act(() => render(<ConsentBadge row={row("a", differs)} />, root));
  return Array.from(root.querySelectorAll(".badge"), (each) => each.textContent ?? "");
}

test.each([
  [{}, ["未记录"]],
  [{ consent: "not_asked" }, ["未询问健康信息"]],
  [{ consent: "agreed" }, ["已同意"]],
  [{ consent: "refused", locked: "health_refused" }, ["不同意健康信息"]],
  [{ consent: "withdrawn", locked: "notice_withdrawn" }, ["已撤回同意"]],
  [{ consent: "agreed", behalf: "given" }, ["已同意", "代问，已征得本人同意"]],
  [{ consent: "agreed", behalf: "withdrawn" }, ["已同意"]],
  [{ consent: "agreed", guardian: "asked" }, ["已同意", "等待监护人同意"]],
] as [Partial<Row>, string[]][])("%o is shown as it stands", (differs, shown) => {
  expect(badges(differs)).toEqual(shown);
});

test("what is locked says why", () => {
  badges({ consent: "refused", locked: "health_refused" });
  expect(root.querySelector(".badge")?.getAttribute("title")).toContain("图片和健康资料已锁定");
});

test("asking names the kind, and a refusal because of an alert of abuse says so", async () => {
  const link = new FakeLink();
  const desk = new Desk(link.asLink);
  void askConsent(desk, row("a"), "guardian");
  expect(link.asked.at(-1)?.frame).toMatchObject({
    type: "consent.set",
    kind: "guardian",
    decision: "asked",
  });
  expect(refusalSentence({ code: "forbidden", details: { rule: "abuse_alert" } })).toContain("疑似受侵害");
});
