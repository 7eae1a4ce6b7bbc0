// Watches the rules of a site that invites. The server puts this script before the panel's for such a site only. While the
// rules are not met it fetches nothing; when they are met it fetches the card (`card.ts`), once on each page. The server
// sends the card only if somebody has room at that moment.

import { chatMark } from "./chatMark";
import { mayInvite, type Rules } from "./invitation";
import { refusedMark, visitMark } from "./invitationMarks";
import { kept } from "./marks";
import type { Host, Parts } from "./parts";

/** Silence after a refusal, and after a chat: whoever has had one knows where it is, and it may have ended badly. */
export const SILENCE_MS = 24 * 60 * 60_000;
/** As long as 长辈版 is on. The mark does not say why. */
const ELDER_MS = 3_650 * SILENCE_MS;

/** A timer may be this early. */
const EARLY_MS = 50;

interface Visit {
  pages: number;
  from: string;
  invited?: boolean;
}

/** What the card gets. */
export interface Invited {
  root: ShadowRoot;
  launcher: HTMLButtonElement;
  /** Whether the visitor may still be invited. */
  may(): boolean;
  /** The card was shown. */
  shown(): void;
  accept(): void;
  refuse(): void;
}

/** Watches this page. */
export function watch(host: Host, parts: Parts, rules: Rules): void {
  const [site, department, mode, , , , origin, root, launcher, , , run, api] = parts;
  const begun = performance.now();
  const visit = visited();
  visit.pages++;
  visitMark(JSON.stringify(visit));
  api.push(["on", "open", () => refusedMark(Date.now() + SILENCE_MS)]);
  addEventListener("message", ({ origin: from, source, data }) => {
    const frame = root.querySelector("iframe");
    if (from !== origin || !frame || source !== frame.contentWindow || !data || data.type !== "quiet") return;
    const usual = Date.now() + SILENCE_MS;
    if (data.on) refusedMark(Date.now() + ELDER_MS);
    else if (refusedMark() > usual) refusedMark(usual);
  });
  setTimeout(look, rules.after_s * 1000 + EARLY_MS);

  function may(): boolean {
    const asked = new URLSearchParams(location.search).get("mode");
    return mayInvite(rules, {
      seconds: (performance.now() - begun) / 1000,
      pages: visit.pages,
      from: visit.from,
      department,
      isForMinors: document.querySelector("script[data-site][data-minors=true]") !== null,
      isElder: (mode || asked) === "elder",
      isStill: matchMedia("(prefers-reduced-motion:reduce)").matches,
      isReady: !launcher.hidden,
      isRunning: chatMark(kept, site) > Date.now(),
      wasInvited: visited().invited === true,
      refusedUntil: refusedMark(),
      remembers: visitMark() !== "" && refusedMark(refusedMark() || 1) > 0,
      now: Date.now(),
    });
  }

  function look(): void {
    // Nobody is disturbed while they write, and a hidden page has nobody to invite.
    if (document.hidden || isWriting()) {
      const once = { once: true };
      if (document.hidden) document.addEventListener("visibilitychange", look, once);
      else document.addEventListener("focusout", () => setTimeout(look, 1_000), once);
      return;
    }
    if (!may()) return;
    const invited: Invited = {
      root,
      launcher,
      may,
      shown() {
        visitMark(JSON.stringify({ ...visit, invited: true }));
        told("invited", "invitation");
      },
      accept() {
        told("accepted");
        api.push(["open"]);
      },
      refuse: () => void refusedMark(Date.now() + SILENCE_MS),
    };
    Object.assign(host, { invited });
    const query = new URLSearchParams({ site, department });
    run(`/widget-invitation.js?${query}`);
  }

  function told(kind: "invited" | "accepted", event = ""): void {
    if (host.count) host.count(kind);
    if (event && host.happens) host.happens(event);
  }
}

/** The visit so far; a new one remembers where it came from. */
function visited(): Visit {
  try {
    const { pages, from, invited } = JSON.parse(visitMark());
    return { pages: Number(pages) || 0, from: `${from}`, invited: invited === true };
  } catch {
    return { pages: 0, from: hostOf(document.referrer) };
  }
}

function hostOf(address: string): string {
  try {
    const { host, hostname } = new URL(address);
    return host === location.host ? "" : hostname;
  } catch {
    return "";
  }
}

function isWriting(): boolean {
  const held = document.activeElement;
  return !!held?.matches("input,textarea,select,[contenteditable]");
}

const host: Host | null = document.getElementById("hchat");
if (host?.kit && host.rules) watch(host, host.kit, host.rules);
