import { expect, test } from "vitest";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { refusalSentence } from "../../shared/refusalText";
import { language } from "../../shared/texts";
import { settleAll } from "../offline/offline";
import type { Desk } from "./desk";
import { dismissAll } from "./supervisorActions";
import { row } from "./testing";

type Asked = { id?: string; conversation?: string };

/** A desk whose server refuses these conversations, and the list of what it was asked. */
function refusing(...refused: string[]): { desk: Desk; asked: string[] } {
  const asked: string[] = [];
  const request = (frame: Asked): Promise<unknown> => {
    const id = frame.id ?? frame.conversation ?? "";
    asked.push(id);
    return refused.includes(id)
      ? Promise.reject(new RefusedError({ type: "refused", code: "conversation_closed", retry: "no" }))
      : Promise.resolve({ type: "accepted" });
  };
  return { desk: { link: { request } } as unknown as Desk, asked };
}

const ALL = {
  settled: (desk: Desk, ids: string[]) => settleAll(desk, ids, "answered", ""),
  dismissed: (desk: Desk, ids: string[]) =>
    dismissAll(
      desk,
      ids.map((id) => row(id)),
    ),
};

for (const [name, act] of Object.entries(ALL)) {
  test(`one that is refused keeps none of the others from being ${name}`, async () => {
    const { desk, asked } = refusing("a", "c");
    const refusal = await act(desk, ["a", "b", "c", "d"]);
    expect(asked).toEqual(["a", "b", "c", "d"]);
    language.value = "zh";
    expect(refusal && refusalSentence(refusal)).toMatch(/^共 4 项，其中 2 项未完成：/);
    expect(await act(refusing().desk, ["a", "b"])).toBeNull();
    expect((await act(refusing("a").desk, ["a"]))?.code).toBe("conversation_closed");
  });
}
