// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Entry, FileShown } from "../../shared/frames";
import type { Chat } from "../chat/chat";
import { FileBubble, shownSize } from "./FileBubble";

const PICTURE: FileShown = {
  id: "f1",
  type: "image/jpeg",
  name: "image.jpg",
  bytes: 9,
  width: 800,
  height: 400,
};
const PDF: FileShown = {
  id: "f2",
  type: "application/pdf",
  name: "检查须知.pdf",
  bytes: 1_240_000,
  width: 0,
  height: 0,
};

let root: HTMLElement;
let answers: boolean[];
let asked: [string, RequestInit][];
let held: Set<string>;

beforeEach(() => {
  answers = [];
  asked = [];
  held = new Set();
  vi.stubGlobal("IntersectionObserver", undefined);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push([url, init]);
    return { ok: answers.shift() ?? true, status: 404, blob: async () => new Blob(["x"]) };
  });
  let count = 0;
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => {
    const url = `blob:${++count}`;
    held.add(url);
    return url;
  });
  vi.spyOn(URL, "revokeObjectURL").mockImplementation((url) => void held.delete(url));
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

afterEach(() => {
  render(null, root);
});

const chat = { token: "secret" } as Chat;
const image = () => root.querySelector("img");
const button = (name: string) =>
  Array.from(root.querySelectorAll("button")).find((each) => each.textContent === name);
/** Draws what the change leads to, and what the answers of the server lead to. */
async function then(change: () => void): Promise<void> {
  await act(change);
  await act(() => new Promise<void>((resolve) => setTimeout(resolve)));
}

const click = (element: HTMLElement | null | undefined) => then(() => element?.click());

function draw(file: FileShown, mine = true) {
  const author = mine
    ? { kind: "visitor" as const }
    : { kind: "consultant" as const, person: { name: "李敏", number: "012", title: "consultant" as const } };
  const entry: Entry = {
    type: "entry",
    conversation: "c",
    epoch: "e",
    seq: 1,
    id: "i",
    kind: "file",
    at: Date.UTC(2026, 10, 30, 2, 21),
    author,
    body: "[图片]",
    file,
  };
  return then(() =>
    render(
      <FileBubble
        entry={entry}
        mine={mine}
        first
        last
        delivered={false}
        who={mine ? "您" : "咨询员 李敏"}
        chat={chat}
      />,
      root,
    ),
  );
}

test("a picture is fetched with the visitor's token, and named by who sent it and when", async () => {
  await draw(PICTURE);
  expect(asked).toMatchObject([["/v1/visitor/files/f1", { headers: { authorization: "Bearer secret" } }]]);
  expect(image()?.getAttribute("src")).toBe("blob:1");
  expect(image()?.alt).toMatch(/^图片，由您发送，\d\d:21$/);
});

test("whoever sent a picture need not hear it again", async () => {
  await draw(PICTURE);
  expect(root.querySelector("li")?.getAttribute("aria-live")).toBe("off");
  await draw(PICTURE, false);
  expect(root.querySelector("li")?.hasAttribute("aria-live")).toBe(false);
});

test("nothing of a picture stays in memory when it leaves the screen", async () => {
  await draw(PICTURE);
  expect(held.size).toBe(1);
  await act(async () => render(null, root));
  expect(held.size).toBe(0);
});

test("a picture that did not load says so, and can be fetched again", async () => {
  answers = [false, true];
  await draw(PICTURE);
  expect(root.querySelector("[role=alert]")?.textContent).toContain("图片没有加载出来。");
  await click(button("重试"));
  expect(image()?.getAttribute("src")).toBe("blob:1");
});

test("large, it is a dialog that Escape and ✕ close, and the focus comes back", async () => {
  await draw(PICTURE);
  const small = root.querySelector("button");
  for (const close of ["Escape", "✕"]) {
    small?.focus();
    await click(small);
    const dialog = document.querySelector<HTMLElement>("[role=dialog]");
    expect(dialog?.getAttribute("aria-label")).toBe(image()?.alt);
    const first = dialog?.querySelector("button");
    expect(document.activeElement).toBe(first);
    if (close === "✕") await click(first);
    else dialog?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    expect(document.querySelector("[role=dialog]")).toBeNull();
    expect(document.activeElement).toBe(small);
  }
});

test("Escape in the large picture does not close the chat behind it", async () => {
  await draw(PICTURE);
  await click(root.querySelector("button"));
  const heard = vi.fn();
  document.addEventListener("keydown", heard);
  document
    .querySelector("[role=dialog]")
    ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  document.removeEventListener("keydown", heard);
  expect(heard).not.toHaveBeenCalled();
});

test("the large picture goes with the chat", async () => {
  await draw(PICTURE);
  await click(root.querySelector("button"));
  await act(async () => render(null, root));
  expect(document.querySelector("[role=dialog]")).toBeNull();
});

test("a document is fetched when it is wanted, and then both ways are links", async () => {
  await draw(PDF, false);
  expect(root.textContent).toContain("检查须知.pdf1.2 MB");
  expect(asked).toEqual([]);
  await click(button("保存"));
  expect(asked.map(([url]) => url)).toEqual(["/v1/visitor/files/f2"]);
  const links = Array.from(root.querySelectorAll("a")).map((each) => [
    each.textContent,
    each.getAttribute("href"),
    each.getAttribute("download"),
  ]);
  expect(links).toEqual([
    ["打开", "blob:1", null],
    ["保存", "blob:1", "检查须知.pdf"],
  ]);
});

test("a document that cannot be had says so, and another tap tries again", async () => {
  answers = [false, true];
  await draw(PDF, false);
  await click(button("保存"));
  expect(root.querySelector("[role=alert]")?.textContent).toBe("文件没有下载成功，请再点一次。");
  await click(button("保存"));
  expect(root.querySelectorAll("a")).toHaveLength(2);
});

test.each([
  [800, 400, 240, 120],
  [100, 60, 100, 60],
  [4000, 10, 240, 44],
  [0, 0, 44, 44],
])("a picture of %i × %i takes %i × %i", (width, height, wide, high) => {
  expect(shownSize(width, height)).toEqual({ width: wide, height: high });
});
