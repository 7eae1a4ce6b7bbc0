// The phone number of a 留言 or call-back: masked until its owner asks for it.

import type { CallbackReveal, OfflineReveal, PhoneShown } from "../../../../widget/src/shared/frames";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { newRef } from "../../../../widget/src/shared/link/ref";
import { tel } from "../../../../widget/src/shared/phone";
import { refusalSentence } from "../../shared/refusalText";
import { t } from "../../shared/texts";
import { refusalOf } from "../composer/sending";
import type { Desk } from "../desk/desk";

/** The command that asks for the number. */
export type Reveal = (CallbackReveal | OfflineReveal)["type"];

/** 显示号码. Resolves with the reason in a sentence when the number is not shown, else null. */
export async function showPhone(desk: Desk, type: Reveal, id: string): Promise<string | null> {
  try {
    const { phone } = await desk.link.request<PhoneShown>({ type, ref: newRef(), id });
    desk.phones.value = new Map(desk.phones.value).set(id, phone);
    return null;
  } catch (error) {
    if (error instanceof RefusedError && error.code === "rate_limited" && error.retryMs !== undefined)
      return t("console.offline.phone.limited", { n: Math.ceil(error.retryMs / 60_000) });
    return refusalSentence(refusalOf(error));
  }
}

/** A whole number and its extension, as the server stores them. In numbers of earlier versions a hyphen may mean nothing. */
const EXTENDED = /^(\+?\d{10,})-(\d{1,8})$/;

/** The link that dials a number: digits, with a leading plus. The extension follows after a pause. */
export function dialled(phone: string): string {
  const [, number, extension] = EXTENDED.exec(phone) ?? [];
  return number ? `${tel(number)},${extension}` : tel(phone);
}
