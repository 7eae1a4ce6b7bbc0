// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import { Linked } from "./Linked";

test("an address opens a tab of its own that knows nothing of this one, a phone number none", () => {
  const root = document.createElement("div");
  render(<Linked text="请看 https://www.hospital.example/map 或拨打 138 1234 5678" />, root);
  const links = [...root.querySelectorAll("a")].map(({ attributes }) =>
    Object.fromEntries([...attributes].map(({ name, value }) => [name, value])),
  );
  expect(links).toEqual([
    { href: "https://www.hospital.example/map", target: "_blank", rel: "noopener noreferrer" },
    { href: "tel:13812345678" },
  ]);
});
