// The invitation: a small card beside the launcher. It covers nothing but its own place, takes no focus, and makes no
// sound. The server sends this script only while somebody has room.

import { styled } from "./elements";
import type { Invited } from "./invite";

const WORDS = {
  zh: ["需要帮忙吗？可以在线问咨询员。", "现在咨询", "暂不需要", "关闭"],
  en: ["Can we help? You can ask our staff online.", "Ask now", "Not now", "Close"],
} as const;

/** The launcher's height and the space above it. */
const ABOVE_PX = 68;
const WIDTH_PX = 320;
/** Its height with two lines of text. */
const HEIGHT_PX = 140;
const BUTTON =
  "min-width:44px;min-height:44px;padding:0 14px;border:1px solid;border-radius:22px;background:none;color:inherit;font:inherit;cursor:pointer";

/** Shows the card. */
export function showCard({ root, launcher, may, shown, accept, refuse }: Invited): void {
  if (!may()) return;
  const [lead, now, later, closing] = WORDS[(root.host as HTMLElement).lang === "en" ? "en" : "zh"];
  const card = styled(
    "div",
    `position:fixed;box-sizing:border-box;width:${WIDTH_PX}px;max-width:calc(100vw - 40px);padding:8px 8px 16px 16px;border-radius:12px;background:#fff;background:Canvas;color:#000;color:CanvasText;color-scheme:light dark;box-shadow:0 6px 24px #0f172a47;text-align:start`,
  );
  beside(card.style, launcher.style);
  const close = button("×", `${BUTTON};float:right;padding:0;border:0;font-size:24px`);
  const text = styled("p", "margin:10px 8px 12px 0");
  const yes = button(now, `${BUTTON};border:0;margin-right:8px;font-weight:600`);
  const no = button(later, BUTTON);
  yes.style.background = launcher.style.background;
  yes.style.color = launcher.style.color;
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", lead);
  text.setAttribute("role", "status");
  close.setAttribute("aria-label", closing);
  card.append(close, text, yes, no);
  // Opened, hidden by the page, or printed: the card goes with the launcher.
  const watching = new MutationObserver(() => launcher.hidden && remove());
  watching.observe(launcher, { attributes: true, attributeFilter: ["hidden"] });
  close.onclick = no.onclick = dismiss;
  yes.onclick = () => {
    remove();
    accept();
  };
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    dismiss();
  });
  root.append(card);
  // Put in afterwards, so that screen readers announce it when they have nothing else to say; its place is kept.
  const unseen = styled("span", "visibility:hidden");
  unseen.textContent = lead;
  text.append(unseen);
  requestAnimationFrame(() => {
    text.textContent = lead;
  });
  shown();

  function dismiss(): void {
    const held = card.contains(root.activeElement);
    refuse();
    remove();
    if (held) launcher.focus();
  }

  function remove(): void {
    watching.disconnect();
    card.remove();
  }
}

/** Puts the card above the launcher, closer to the edges where the window is too small. */
function beside(card: CSSStyleDeclaration, { left, right, bottom }: CSSStyleDeclaration): void {
  const side = left ? "left" : "right";
  const within = (wanted: string, whole: string, px: number) =>
    `min(${wanted}, max(20px, calc(${whole} - ${px + 20}px)))`;
  // The first are for browsers that do not know min().
  card[side] = "20px";
  card.bottom = "88px";
  card[side] = within(left || right, "100vw", WIDTH_PX);
  card.bottom = within(`calc(${bottom} + ${ABOVE_PX}px)`, "100vh", HEIGHT_PX);
}

function button(words: string, css: string): HTMLButtonElement {
  const made = styled("button", css);
  made.type = "button";
  made.textContent = words;
  return made;
}

const host = document.getElementById("hchat") as (HTMLElement & { invited?: Invited }) | null;
if (host?.invited) {
  const { invited } = host;
  delete host.invited; // this script runs once
  showCard(invited);
}
