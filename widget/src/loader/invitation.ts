// Whether the launcher may invite the visitor of this page now. Pure. No method of an array: pages replace them.

/** A site's rules, as the hospital's file sets them. */
export interface Rules {
  /** Seconds on the page. */
  after_s: number;
  /** Pages seen in the visit, this one included. */
  pages: number;
  /** The visit must have come from one of these hosts or their subdomains; empty: from anywhere. */
  referrers: string[];
  /** The page's tag must name one of these departments; empty: any page. */
  departments: string[];
  /** Departments for children. */
  minors: string[];
}

export interface Facts {
  /** Seconds on this page. */
  seconds: number;
  pages: number;
  /** The host from which the visit came; empty: unknown, or the address was typed. */
  from: string;
  /** The department in the page's tag; empty: none. */
  department: string;
  /** The tag says that the page is for minors. */
  isForMinors: boolean;
  isElder: boolean;
  /** The visitor asks for less motion, as many who use a screen reader do. */
  isStill: boolean;
  /** The launcher is there, and the chat is not open. */
  isReady: boolean;
  /** There is a conversation, in whichever tab. */
  isRunning: boolean;
  /** Somebody was invited in this visit. */
  wasInvited: boolean;
  /** Until when nobody is invited: after a refusal, a chat, or 长辈版. In ms. */
  refusedUntil: number;
  /** Whether this browser can remember a refusal. */
  remembers: boolean;
  /** In ms. */
  now: number;
}

/** Whether all rules are met and nothing speaks against it. Only the server knows whether anybody has room. */
export function mayInvite(rules: Rules, facts: Facts): boolean {
  if (!facts.remembers || facts.wasInvited || facts.refusedUntil > facts.now) return false;
  if (facts.isForMinors || has(rules.minors, facts.department)) return false;
  if (facts.isElder || facts.isStill || facts.isRunning || !facts.isReady) return false;
  if (facts.seconds < rules.after_s || facts.pages < rules.pages) return false;
  if (rules.departments.length > 0 && !has(rules.departments, facts.department)) return false;
  return rules.referrers.length === 0 || isFrom(rules.referrers, facts.from);
}

function has(all: string[], wanted: string): boolean {
  return all.includes(wanted);
}

function isFrom(hosts: string[], from: string): boolean {
  for (const host of hosts) if (from === host || from.endsWith(`.${host}`)) return true;
  return false;
}
