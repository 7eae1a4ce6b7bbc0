import { expect, test } from "vitest";
import { dialled } from "./reveal";

test.each([
  ["13812345678", "tel:13812345678"],
  ["+442079460018", "tel:+442079460018"],
  ["073188880000-12", "tel:073188880000,12"],
  ["0731-88880000", "tel:073188880000"],
  ["138-1234-5678", "tel:13812345678"],
])("%s is dialled as %s", (phone, link) => {
  expect(dialled(phone)).toBe(link);
});
