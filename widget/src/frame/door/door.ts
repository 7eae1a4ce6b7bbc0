// Who may see the chat: whoever was here, and nobody who comes to the same browser after them. Asks when that cannot be
// known; until the answer nothing of the chat is on the screen, and after a reload not even connected to.

import type { Language } from "../../shared/catalogue";
import type { Boot } from "../boot";
import { Chat } from "../chat/chat";
import { endSession } from "../chat/session";
import type { Storages } from "../storage";
import type { Surroundings } from "../surroundings";
import type { Doorkeeper } from "./doorkeeper";
import { Person } from "./person";

/** A second session that is ended from outside within this time is no accident: the next one waits. */
const AGAIN_MS = 60_000;
/** A moving pointer touches sixty times a second. */
const TOUCHED_MS = 1_000;

export class Door implements Doorkeeper {
  /** 接着刚才的咨询, or somebody else? */
  asks = false;
  /** Null while it asks, after a reload. */
  chat: Chat | null = null;
  /** Another one: the screen begins anew, with nothing of before. */
  turn = 0;

  private readonly person: Person;
  private readonly changed = new Set<() => void>();
  private started = false;
  /** When this tab last looked at a touch, by its age. */
  private touchedAt = Number.NEGATIVE_INFINITY;
  /** When the chat had last been touched, as it began to ask; ms by the server. */
  private askedAt = 0;
  /** What was only chosen is forgotten already. */
  private isUntouched = false;
  private lostAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly boot: Boot,
    private readonly storages: Storages,
    private readonly language: () => Language,
    private readonly around: Surroundings,
  ) {
    const kinds = { local: storages.local.storage, tab: storages.tab.storage };
    this.person = new Person(kinds, boot.site, around.clock, around.isPhone);
    // Nothing was begun that somebody could go on with, so there is nothing to ask.
    if (this.person.isAway && !this.person.begun) this.sendAway();
    this.decide();
  }

  subscribe(changed: () => void): () => void {
    this.changed.add(changed);
    return () => this.changed.delete(changed);
  }

  start(): void {
    this.started = true;
    this.around.onLook(() => this.look());
    this.around.onTouch(() => this.touched());
    void this.chat?.start();
  }

  /** 接着刚才的咨询. */
  goOn(): void {
    // Somebody has answered in another tab, with something else.
    this.look();
    if (!this.asks) return;
    this.person.confirm();
    this.open();
  }

  /** 换人了，重新开始. */
  change(): void {
    this.look();
    if (!this.asks) return;
    this.sendAway();
    this.renew();
  }

  /** The page has put the chat away. After an end whoever opens it next may be somebody else. */
  putAway(): void {
    if (this.chat?.over) this.renew();
  }

  look(): void {
    if (this.person.isReplaced) {
      this.person.join();
      this.renew();
    } else if (this.asks) {
      // Answered in another tab. That a clock was wrong is no answer.
      if (this.person.lastTouch > this.askedAt && !this.person.isAway) this.open();
    } else if (this.isLeft) this.close();
  }

  // What the chat tells.

  begins(): void {
    this.person.begin();
  }

  finished(): void {
    this.person.finish();
  }

  again(): void {
    this.renew();
  }

  ended(wasLive: boolean): boolean {
    const isReplaced = this.person.isReplaced;
    if (!wasLive && !isReplaced) return false;
    if (isReplaced) this.person.join();
    else this.person.finish();
    const now = this.around.clock.age();
    const isAgain = now - this.lostAt < AGAIN_MS;
    this.lostAt = now;
    this.renew(isAgain ? AGAIN_MS : 0);
    return true;
  }

  private get isLeft(): boolean {
    return this.chat?.over ? this.person.isAwayHere : this.person.isAway;
  }

  /** Nobody has touched it for long. */
  private close(): void {
    if (this.chat?.over) this.renew();
    else if (this.person.begun) this.ask();
    else this.forgetChoices();
  }

  private ask(): void {
    this.asks = true;
    this.askedAt = this.person.lastTouch;
    this.chat?.watch(false);
    this.drawAnew();
  }

  /** Nothing was begun, only chosen; once, until it is touched again. */
  private forgetChoices(): void {
    if (this.isUntouched) return;
    this.isUntouched = true;
    this.drawAnew();
  }

  private open(): void {
    this.asks = false;
    if (this.chat === null) this.enter(0);
    this.drawAnew();
  }

  private touched(): void {
    const now = this.around.clock.age();
    if (now - this.touchedAt < TOUCHED_MS) return;
    this.touchedAt = now;
    this.look();
    if (this.asks) return;
    this.isUntouched = false;
    this.person.touch();
  }

  /** Nothing of the person before is left in this browser, and the server lets nobody in with what that one had. */
  private sendAway(): void {
    for (const token of this.person.leave()) void endSession(token, this.around.world);
  }

  /** Everything anew, `later` ms from now. */
  private renew(later = 0): void {
    this.chat?.discard();
    this.chat = null;
    this.decide(later);
    this.drawAnew();
  }

  private decide(later = 0): void {
    this.asks = this.person.isAway && this.person.begun;
    this.askedAt = this.person.lastTouch;
    if (!this.asks) this.enter(later);
  }

  private enter(later: number): void {
    const chat = new Chat(this.boot, this.storages, this.language, this.around, this);
    this.chat = chat;
    if (!this.started) return;
    if (later === 0) void chat.start();
    else this.around.world.setTimer(() => void chat.start(), later);
  }

  private drawAnew(): void {
    this.turn += 1;
    for (const changed of [...this.changed]) changed();
  }
}
