// What the panel shows until the chat's frame is ready: a close button, and after a while the phone numbers and a retry
// button. It knows neither the frame nor the timers.

import type { tel as Tel } from "../shared/phone";
import type { styled as Styled } from "./elements";
import { PANEL_WORDS } from "./panelWords";
import type { Language } from "./words";

const BUTTON =
  "padding:9px 12px;border:1px solid;border-radius:8px;background:none;color:inherit;font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer";

/** Makes the small panel. */
export function smallPanel(styled: typeof Styled, tel: typeof Tel, onClose: () => void, onAgain: () => void) {
  const element = styled("div", "padding:16px");
  const close = styled("button", `${BUTTON};float:right;margin:-8px;border:0;font-size:24px`);
  const lead = styled("div");
  const body = styled("div");
  const call = styled("a", BUTTON);
  const emergency = styled("a", BUTTON);
  const again = styled("button", `${BUTTON};border:0;background:#0f766e;color:#fff`);
  close.textContent = "×";
  close.onclick = onClose;
  emergency.href = "tel:120";
  again.onclick = onAgain;
  body.append(call, emergency, again);
  element.append(close, lead, body);

  /**
   * `away`: the chat should be ready by now. `phone`: the hospital's number, if it is known; `before`:
   * what stands before it.
   */
  function say(language: Language, away: boolean | undefined, phone: string, before: string): void {
    const [, closing, leading, emergent, retry] = PANEL_WORDS[language];
    close.setAttribute("aria-label", closing);
    body.style.cssText = away ? "clear:both;display:grid;gap:8px;padding-top:8px" : "display:none";
    lead.textContent = away ? leading : "";
    call.textContent = before + phone;
    call.href = tel(phone);
    call.hidden = !phone;
    emergency.textContent = emergent;
    again.textContent = retry;
  }

  return [element, close, say] as const;
}
