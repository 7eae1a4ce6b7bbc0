// Where the visitor comes from, as the hospital's page has told it. Nothing of it is sent before the visitor's first
// message: it goes with the frame that opens a conversation, and further pages follow as long as that one is open.

import type { Page } from "../../loader/visit";
import type { PageSeen, Touch, VisitTold } from "../../shared/frames";
import { onlyText } from "../../shared/messageText";
import type { Chat } from "../chat/chat";
import { isOpen } from "../chat/selectors";
import { isPhone } from "../surroundings";

const LONGEST_ADDRESS = 500;
const LONGEST_TITLE = 120;
const LONGEST_NAME = 40;
const LONGEST_VALUE = 100;
const MOST_PARAMETERS = 12;
const MOST_PAGES = 30;
/** Of the whole visit, in bytes of UTF-8. */
const MOST_BYTES = 8 * 1024;

type Came = PageSeen & Required<Touch>;

/** Prepares the visit for the next conversation, and sends the pages that the visitor has opened during this one. */
export function follow(chat: Chat, told: unknown): void {
  const pages = checked(told).filter(({ at }) => at >= chat.door.since);
  chat.messages.visit = visitOf(pages);
  const { conversation, live } = chat.state;
  if (conversation === null || !live || !isOpen(chat.state)) return;
  const { sentVisit } = chat.messages;
  if (sentVisit !== null) {
    // It went with the frame that opened this conversation.
    chat.tabStorage.visit = { conversation, until: sentVisit };
    chat.messages.sentVisit = null;
  }
  const sent = chat.tabStorage.visit;
  if (sent?.conversation !== conversation) return;
  const fresh = pages.filter(({ at }) => at > sent.until);
  for (const { page, title } of fresh) chat.messages.tell({ type: "visit.page", conversation, page, title });
  const last = fresh[fresh.length - 1];
  if (last) chat.tabStorage.visit = { conversation, until: last.at };
}

/** The visit as the server takes it; null if the page has told nothing that makes sense. */
export function visitOf(pages: readonly Came[]): VisitTold | null {
  const [first, ...more] = pages;
  if (first === undefined) return null;
  const last = more.reverse().find((page) => isTouch(page) && !isSame(page, first));
  // A button that opened the chat is a second entry of its page.
  const trail = pages
    .filter(({ page }, place) => page !== pages[place - 1]?.page)
    .map(({ at, page, title }) => ({ at, page, title }));
  const visit = { first, ...(last && { last }), device: device(), pages: trail };
  while (trail.length > 0 && bytes(visit) > MOST_BYTES) trail.shift();
  return visit;
}

/** What of the page's message are pages, with texts that the server takes. */
export function checked(told: unknown): Came[] {
  const all: unknown[] = Array.isArray(told) ? told : [];
  const pages = all.flatMap((each) => {
    const { at, page, title, referrer, parameters } = (each ?? {}) as Partial<Record<keyof Page, unknown>>;
    const where = address(page);
    if (where === "" || !Number.isSafeInteger(at) || (at as number) < 0) return [];
    const known = { at: at as number, page: where, title: text(title, LONGEST_TITLE) };
    return [{ ...known, referrer: address(referrer), parameters: named(parameters) }];
  });
  // How the visitor came is not forgotten.
  return [...pages.slice(0, 1), ...pages.slice(1).slice(1 - MOST_PAGES)];
}

/** Whether the visitor came from elsewhere, or by an address that says so. */
function isTouch({ page, referrer, parameters }: Came): boolean {
  return Object.keys(parameters).length > 0 || (referrer !== "" && origin(referrer) !== origin(page));
}

/** Whether somebody came in the same way: by Back, or by loading the page again. */
function isSame(one: Came, other: Came): boolean {
  const way = ({ page, referrer, parameters }: Came) => JSON.stringify([page, referrer, parameters]);
  return way(one) === way(other);
}

function named(parameters: unknown): Record<string, string> {
  if (typeof parameters !== "object" || parameters === null) return {};
  const all = Object.entries(parameters).filter(([name]) => name !== "" && name.length <= LONGEST_NAME);
  return Object.fromEntries(
    all.slice(0, MOST_PARAMETERS).map(([name, value]) => [onlyText(name), text(value, LONGEST_VALUE)]),
  );
}

/** An address without query and fragment; empty if it is not one of a website. */
function address(given: unknown): string {
  const bare = text(given, LONGEST_ADDRESS).replace(/[?#].*/, "");
  return /^https?:\/\/./.test(bare) ? bare : "";
}

function origin(address: string): string {
  return address.split("/", 3).join("/");
}

function text(given: unknown, longest: number): string {
  if (typeof given !== "string") return "";
  // Cut first and cleaned afterwards: a cut may halve a character.
  return onlyText(given.slice(0, longest)).replace(/\s+/g, " ").trim();
}

function device(): VisitTold["device"] {
  if (isPhone()) return "phone";
  return window.matchMedia("(pointer: coarse)").matches ? "tablet" : "desktop";
}

function bytes(visit: VisitTold): number {
  return new TextEncoder().encode(JSON.stringify(visit)).length;
}
