// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { LinkedText } from "./LinkedText";

test("links open elsewhere, tell nothing of where they were, and show where they lead", async () => {
  const root = document.createElement("p");
  const text = "看 https://hospital.example/a 或打 0731-8888 0999 <a href=javascript:x>\u202E";
  await act(() => render(<LinkedText text={text} />, root));
  const shown = Array.from(root.querySelectorAll("a"), (link) => [
    link.textContent,
    link.getAttribute("href"),
    link.target,
    link.rel,
  ]);
  expect(shown).toEqual([
    ["https://hospital.example/a", "https://hospital.example/a", "_blank", "noopener noreferrer"],
    // A call needs no tab.
    ["0731-8888 0999", "tel:073188880999", "", ""],
  ]);
  expect(root.textContent).toContain("<a href=javascript:x>[U+202E]");
});
