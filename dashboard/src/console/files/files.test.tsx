// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer, Put } from "../../../../widget/src/shared/files/put";
import type { Entry, FileShown } from "../../../../widget/src/shared/frames";
import { language } from "../../shared/texts";
import { DeskContext } from "../desk/context";
import { Desk } from "../desk/desk";
import { answer, entry, FakeLink, row } from "../desk/testing";
import { App } from "../shell/App";
import { uploadsOf } from "./staffUploads";

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

let link: FakeLink;
let desk: Desk;
let root: HTMLElement;
let sent: { url: string; answer(answer: Answer): void }[];

const put: Put = ({ url }) => {
  let resolve = (_: Answer): void => {};
  const promised = new Promise<Answer>((done) => {
    resolve = done;
  });
  sent.push({ url, answer: resolve });
  return { answer: promised, stop: () => resolve({ kind: "unknown" }) };
};
const read = async () => ({
  width: 9,
  height: 9,
  drawn: async () => new Blob(["j"], { type: "image/jpeg" }),
});
const tools = { read, put, show: () => "blob:1", unshow: () => {} };

beforeEach(async () => {
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  sessionStorage.clear();
  language.value = "zh";
  sent = [];
  link = new FakeLink();
  desk = new Desk(link.asLink);
  for (const id of ["aaaa", "bbbb"]) uploadsOf(desk, id, tools);
  root = document.createElement("div");
  document.body.replaceChildren(root);
  await act(() => {
    render(
      <DeskContext.Provider value={desk}>
        <App />
      </DeskContext.Provider>,
      root,
    );
    link.greet([row("aaaa", { fence: 4 }), row("bbbb")]);
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  render(null, root);
});

const text = () => root.textContent ?? "";
const button = (name: string) =>
  Array.from(root.querySelectorAll("button")).find((each) => each.textContent === name);
const click = (element: HTMLElement | null | undefined) => act(() => element?.click());
const open = (id: string, ...entries: Entry[]) =>
  act(() => {
    desk.select(id);
    if (entries.length > 0) {
      link.hear({ type: "entries", conversation: id, epoch: "e", entries, from_seq: 1, to_seq: 9 } as never);
    }
    link.hear({ type: "live", conversation: id, epoch: "e", head: entries.length } as never);
  });
const choose = (id: string) =>
  act(() => uploadsOf(desk, id).choose([new File(["x"], "a.png", { type: "image/png" })]));

test("before it is sent, a file says to whom, and only where it was picked", async () => {
  await open("aaaa");
  await choose("aaaa");
  expect(text()).toContain("发给 访客aaaa");
  expect(sent).toEqual([]);
  await open("bbbb");
  expect(text()).not.toContain("发给 访客");
  await open("aaaa");
  await click(button("发送给 访客aaaa"));
  expect(sent.map(({ url }) => url.split("?")[0])).toEqual([
    `/v1/staff/conversations/aaaa/files/${uploadsOf(desk, "aaaa").items[0]?.ref}`,
  ]);
  expect(sent[0]?.url).toContain("fence=4");
});

test("progress is said in words and as a bar, a failure in a sentence that can be acted upon", async () => {
  await open("aaaa");
  await choose("aaaa");
  await click(button("发送给 访客aaaa"));
  expect(root.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe("0");
  expect(text()).toContain("正在发送 0%");
  await act(async () => {
    sent[0]?.answer({ kind: "refused", code: "file_storage", retryMs: null });
  });
  expect(root.querySelector(".files-why[role=alert]")?.textContent).toContain("服务器暂时无法保存文件");
  await click(button("重试"));
  expect(sent.map(({ url }) => url)).toEqual([sent[0]?.url, sent[0]?.url]);
  await act(async () => {
    sent[1]?.answer({ kind: "stored" });
  });
  expect(root.querySelector(".composer > .unseen[role=status]")?.textContent).toBe("已发送 1 个文件");
  expect(uploadsOf(desk, "aaaa").items).toEqual([]);
});

test("notes have no button for files, because a file always goes to the visitor", async () => {
  await open("aaaa");
  expect(button("图片/文件")).toBeDefined();
  await act(() => desk.setMode("aaaa", "note"));
  expect(button("图片/文件")).toBeUndefined();
});

test("a picture is shown, and large on demand", async () => {
  await open("aaaa", entry("aaaa", 1, { kind: "file", body: "[图片]", file: PICTURE }));
  const image = root.querySelector<HTMLImageElement>(".lines img");
  expect(image?.getAttribute("src")).toBe("/v1/staff/files/f1");
  expect(image?.alt).toMatch(/^图片，由访客aaaa发送，/);
  await click(image?.closest("button"));
  expect(root.querySelector("[role=dialog] img")?.getAttribute("src")).toBe("/v1/staff/files/f1");
});

test("whoever sent an intimate picture sees it at once", async () => {
  await open(
    "aaaa",
    answer("aaaa", 1, { kind: "file", body: "[图片]", file: { ...PICTURE, intimate: true } }),
  );
  expect(root.querySelector(".lines .picture")?.classList.contains("is-veiled")).toBe(false);
});

test("an intimate picture is blurred until somebody wants to see it", async () => {
  await open(
    "aaaa",
    entry("aaaa", 1, { kind: "file", body: "[图片]", file: { ...PICTURE, intimate: true } }),
  );
  const picture = () => root.querySelector<HTMLElement>(".lines .picture");
  expect(picture()?.classList.contains("is-veiled")).toBe(true);
  expect(picture()?.textContent).toBe("点击查看");
  await click(picture());
  expect(picture()?.classList.contains("is-veiled")).toBe(false);
  expect(root.querySelector("[role=dialog]")).toBeNull();
});

test("against a consent no file is shown, and none can be sent, each with the reason", async () => {
  await act(() =>
    link.hear({ type: "conversations", version: 2, put: [row("aaaa", { locked: "health_refused" })] }),
  );
  await open("aaaa", entry("aaaa", 1, { kind: "file", body: "[图片]", file: PICTURE }));
  expect(root.querySelector(".lines img")).toBeNull();
  expect(root.querySelector(".lines .bubble")?.textContent).toContain("访客不同意使用健康信息");
  await click(button("图片/文件"));
  expect(desk.notices.shown.value.map(({ text }) => text())).toEqual([
    "访客不同意使用健康信息，图片和文件不能发送，也不能查看。",
  ]);
});

test("a document is a line with its name, its size, and a download", async () => {
  await open("aaaa", answer("aaaa", 1, { kind: "file", body: "[文件]", file: PDF }));
  expect(root.querySelector(".document")?.textContent).toContain("检查须知.pdf1.2 MB");
  expect(root.querySelector(".document a")?.getAttribute("href")).toBe("/v1/staff/files/f2");
});

test("the list says in the reader's language that a picture came last", async () => {
  await act(() => {
    link.greet([row("aaaa", { last_line: "[图片]" })]);
    language.value = "en";
  });
  expect(root.querySelector(".row-words")?.textContent).toBe("[Picture]");
});
