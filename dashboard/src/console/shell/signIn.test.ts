import { expect, test } from "vitest";
import { SESSION_ENDS, signInAddress } from "./signIn";

test.each(SESSION_ENDS)("the sign-in page learns why the session has ended: %s", (why) => {
  expect(signInAddress(`{"why":"${why}"}`)).toBe(`/sign-in?why=${why}`);
});

test.each(["{", "[]", "null", '{"why":7}', '{"why":"<b>"}', '{"why":"rich&next=//evil"}', '{"retry_ms":3}'])(
  "only a word of the list gets into the address: %s",
  (reason) => {
    expect(signInAddress(reason)).toBe("/sign-in?why=ended");
  },
);

test("without a reason the page decides by itself", () => {
  expect(signInAddress("")).toBe("/sign-in");
});
