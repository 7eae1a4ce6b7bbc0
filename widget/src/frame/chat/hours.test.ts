import { describe, expect, test } from "vitest";
import type { DepartmentHours, Standing } from "../../shared/frames";
import type { Fields, Left } from "../offline/fields";
import { viewOf } from "../view";
import { allClosed, firstToOpen, serviceOf } from "./hours";
import { START, type State } from "./state";

function hours(department: string, by: Partial<DepartmentHours> = {}): DepartmentHours {
  return { department, open: true, ...by };
}

const SHUT = [
  hours("women", { open: false, changes_at: 900 }),
  hours("children", { open: false, changes_at: 800 }),
];

describe("the hours", () => {
  test("of a department that the server did not mention count as open", () => {
    expect(serviceOf([], "women")).toBe("open");
    expect(allClosed([])).toBe(false);
  });

  test("distinguish open, closing and closed", () => {
    const all = [hours("women", { closing: true }), hours("children", { open: false, closing: true })];
    expect([serviceOf(all, "women"), serviceOf(all, "children")]).toEqual(["closing", "closed"]);
    expect(allClosed(all)).toBe(false);
  });

  test("name the department that opens first, once all are closed", () => {
    expect(firstToOpen(SHUT)?.department).toBe("children");
    expect(firstToOpen([...SHUT, hours("eyes")])).toBeNull();
  });
});

describe("the view", () => {
  const FIELDS: Fields = { kind: "question", name: "", phone: "", asked: false, waits: false, filled: null };
  const LEFT: Left = {
    department: "women",
    conversation: "c",
    body: "",
    phoneEnds: "",
    answerBy: null,
    emergency: null,
  };

  function standing(by: Partial<Standing>): Standing {
    return { type: "conversation", conversation: "c", state: "waiting", department: "women", ...by };
  }

  function view(
    state: Partial<State>,
    fields: Partial<Fields> = {},
    department = "women",
    left: Left | null = null,
  ) {
    return viewOf({ ...START, ...state }, { fields: { ...FIELDS, ...fields }, sent: null, left }, department);
  }

  test("is the form at once when the department is closed, or all are closed and none is chosen", () => {
    expect(view({ hours: SHUT })).toBe("leave");
    expect(view({ hours: SHUT }, {}, "")).toBe("leave");
    expect(view({ hours: [...SHUT, hours("eyes")] }, {}, "")).toBe("chat");
    expect(view({ hours: [...SHUT, hours("eyes")] }, {}, "eyes")).toBe("chat");
  });

  test("is the form shortly before closing, unless the visitor prefers to wait", () => {
    const soon = [hours("women", { closing: true })];
    expect(view({ hours: soon })).toBe("leave");
    expect(view({ hours: soon }, { waits: true })).toBe("chat");
  });

  test("keeps showing an active conversation, whatever the hours", () => {
    expect(view({ hours: SHUT, standing: standing({ state: "active" }) })).toBe("chat");
    expect(view({ hours: SHUT, standing: standing({}) })).toBe("chat");
  });

  test("is the form for a visitor who waits and asks for it", () => {
    expect(view({ standing: standing({}) }, { asked: true })).toBe("leave");
  });

  test("is the form after closing time, and the end again once the department has opened", () => {
    const over = standing({ state: "closed", close_reason: "closed_hours" });
    expect(view({ hours: SHUT, standing: over })).toBe("leave");
    expect(view({ hours: [hours("women")], standing: over })).toBe("ended");
  });

  test("is the form for a visitor who waited too long, until they ask again", () => {
    const over = standing({ state: "closed", close_reason: "waited_too_long" });
    expect(view({ standing: over })).toBe("leave");
    expect(view({ standing: over, continuing: true })).toBe("chat");
  });

  test("is the confirmation once the 留言 is accepted, even before its conversation ends, until a new one starts", () => {
    expect(view({ standing: standing({}) }, {}, "women", LEFT)).toBe("left");
    expect(view({ standing: standing({ state: "closed" }) }, {}, "women", LEFT)).toBe("left");
    expect(view({ standing: standing({ conversation: "d" }) }, {}, "women", LEFT)).toBe("chat");
  });
});
