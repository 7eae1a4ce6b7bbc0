// Decides who may see the chat: the person who was here, but nobody who uses the same browser after them. It asks when
// it cannot know. Until the answer nothing of the chat is on the screen, and after a reload the chat is not even
// connected.

import type { Language } from "../../shared/catalogue";
import type { Boot } from "../boot";
import { Chat } from "../chat/chat";
import { endSession } from "../chat/session";
import type { Storages } from "../storage";
import type { Surroundings } from "../surroundings";
import type { Doorkeeper } from "./doorkeeper";
import { Person } from "./person";

/** When a second session is ended from outside within this time, something is wrong: the next one waits. */
const AGAIN_MS = 60_000;
/** Leaving a page takes so long, on a slow network. */
const QUITTING_MS = 5_000;
/** A moving pointer fires sixty events a second; one touch in this time is enough. */
const TOUCHED_MS = 1_000;

/** Opens, closes and replaces the chat, depending on who sits at this browser. */
export class Door implements Doorkeeper {
  /** Whether it asks: 接着刚才的咨询, or somebody else? */
  asks = false;
  /** Null while it asks after a reload. */
  chat: Chat | null = null;
  /** Changes when the screen must be drawn from the beginning, without anything from before. */
  turn = 0;

  private readonly person: Person;
  private readonly changed = new Set<() => void>();
  private started = false;
  /** When this tab last recorded a touch, by the page's age. */
  private touchedAt = Number.NEGATIVE_INFINITY;
  /** When the chat was last touched before it began to ask, in ms by the server's clock. */
  private askedAt = 0;
  /** Choices were already reset since the last touch. */
  private isUntouched = false;
  private lostAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly boot: Boot,
    private readonly storages: Storages,
    private readonly language: () => Language,
    private readonly around: Surroundings,
    /** Nothing that was begun in this browser can be continued any more. `left`: whoever comes now is somebody else. */
    private readonly gone: (left: boolean) => void,
  ) {
    const kinds = { local: storages.local.storage, tab: storages.tab.storage };
    this.person = new Person(kinds, boot.site, around.clock, around.isPhone);
    // Nothing was begun that somebody could continue, so there is nothing to ask.
    if (this.person.isAway && !this.person.begun) {
      const { clock } = around;
      this.sendAway(clock.machine() - Math.max(0, clock.now() - this.person.lastTouch));
    }
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

  /** The answer 接着刚才的咨询: continue. */
  goOn(): void {
    // Somebody has given another answer in another tab.
    this.look();
    if (!this.asks) return;
    this.person.confirm();
    this.open();
  }

  /** The answer 换人了，重新开始: somebody else, start again. */
  change(): void {
    this.look();
    if (this.asks) this.clear();
  }

  /**
   * 快速离开 and 清除本机记录: nothing stays in this browser, and its tokens are ended on the server. `quits`: the page is
   * left, too. Until the next one comes, its script may note it once more, and it must not belong to the next person.
   */
  clear(quits = false): void {
    this.sendAway(this.around.clock.machine() + (quits ? QUITTING_MS : 0));
    this.tellGone(true);
    this.renew();
  }

  /** The page has minimised the chat. After an end the next person who opens it may be somebody else. */
  putAway(): void {
    if (this.chat?.over) this.renew();
  }

  look(): void {
    if (this.person.isReplaced) {
      this.person.join();
      this.renew();
    } else if (this.asks) {
      // Answered in another tab. A corrected clock does not count as an answer.
      if (this.person.lastTouch > this.askedAt && !this.person.isAway) this.open();
    } else if (this.isLeft) this.close();
  }

  // What the chat reports, and asks.

  get since(): number {
    return this.person.since;
  }

  begins(): void {
    this.person.begin();
  }

  finished(): void {
    this.person.finish();
    this.tellGone();
  }

  again(): void {
    this.renew();
  }

  ended(wasLive: boolean): boolean {
    const isReplaced = this.person.isReplaced;
    if (!wasLive && !isReplaced) return false;
    if (isReplaced) this.person.join();
    else this.finished();
    const now = this.around.clock.age();
    const isAgain = now - this.lostAt < AGAIN_MS;
    this.lostAt = now;
    this.renew(isAgain ? AGAIN_MS : 0);
    return true;
  }

  private tellGone(left = false): void {
    this.gone(left);
  }

  private get isLeft(): boolean {
    return this.chat?.over ? this.person.isAwayHere : this.person.isAway;
  }

  /** The chat was not touched for a long time. */
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

  /** Resets choices when nothing was begun; once, until the next touch. */
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

  /** Removes everything of the previous person from this browser, and ends their tokens on the server. */
  private sendAway(since?: number): void {
    for (const token of this.person.leave(since)) void endSession(token, this.around.world);
    this.tellGone();
  }

  /** Starts with a new chat, `later` ms from now. */
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
