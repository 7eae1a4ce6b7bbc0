// The visitor's chat as the screen uses it: wires link, session and storage to the pure state of `conversation`.

import type { Language } from "../../shared/catalogue";
import type { ConsentSent, VisitorServerFrame } from "../../shared/frames";
import { newRef } from "../../shared/link/ref";
import type { World } from "../../shared/link/world";
import { asSent } from "../../shared/messageText";
import { dayOf } from "../../shared/zone";
import type { Boot } from "../boot";
import type { Doorkeeper } from "../door/doorkeeper";
import { OfflineMessage } from "../offline/offlineMessage";
import type { Storages } from "../storage";
import type { Surroundings } from "../surroundings";
import { type Connection, type VisitorLink, visitorLink } from "./connection";
import { next } from "./conversation";
import { isUnserved } from "./hours";
import { ended, Messages } from "./messages";
import { isOpen, showsAnswers } from "./selectors";
import { Session } from "./session";
import { type Happening, START, type State } from "./state";
import { TabStorage } from "./tabStorage";
import { StaffTyping, TypingSign } from "./typing";

/** Close code: the session has ended. */
const SESSION_ENDED = 4401;
/** Close code: signed out or deleted; this browser's token is invalid. */
const REVOKED = 4510;
/** When a second session ends within this time, something is wrong: the chat stops instead of asking for a third. */
const RENEW_MS = 60_000;

/** One visitor's chat in one tab, from its start until it is discarded. */
export class Chat {
  state: State = START;
  connection: Connection = { state: "starting", stoppedWith: null, since: Date.now() };
  /** Whether the chat survives this page. */
  readonly lasts: boolean;
  readonly tabStorage: TabStorage;
  readonly offlineMessage: OfflineMessage;
  readonly messages: Messages;
  /** The unsent text, kept in the tab until it is sent or left as a 留言. */
  draft: string;

  /** Kept here and not read from storage, where another person's token may be by now. */
  token: string | null = null;
  private discarded = false;
  /** The request to end the conversation, until the server has answered it. */
  private ending: Promise<unknown> | null = null;
  /** The server accepts only ratings, because it has ended the conversation on the visitor's request. */
  private onlyRates = false;
  private readonly link: VisitorLink;
  private readonly session: Session;
  private readonly changed = new Set<() => void>();
  private watched = false;
  /** Whether the server passes on to other tabs what was seen here; an older server would refuse the frame. */
  private takesSeen = false;
  private renewedAt = 0;
  private readonly typingSign: TypingSign;
  private readonly staffTyping: StaffTyping;
  private readonly world: World;

  constructor(
    boot: Boot,
    { local, tab }: Storages,
    readonly language: () => Language,
    private readonly around: Pick<Surroundings, "world" | "isPhone" | "clock">,
    readonly door: Doorkeeper,
  ) {
    const { world, isPhone } = around;
    this.world = world;
    this.lasts = local.lasts;
    this.tabStorage = new TabStorage(tab.storage, boot.site);
    this.session = new Session(local.storage, boot.site, language, isPhone, world);
    this.link = visitorLink(boot, tab.storage, world, () => ({
      token: this.token ?? "",
      rating: this.isEnding,
    }));
    this.draft = this.tabStorage.draft;
    this.offlineMessage = new OfflineMessage(this.link, this.tabStorage, this, () => this.tell());
    this.messages = new Messages(this.link, this, this.tabStorage, (happening) => this.happened(happening));
    this.staffTyping = new StaffTyping(world, () => this.happened({ kind: "stoppedTyping" }));
    this.typingSign = new TypingSign((conversation, on) =>
      this.link.tell({ type: "typing", conversation, on }),
    );
    this.link.onState(() => this.linkChanged());
    this.link.onTrouble(() => this.tell());
    this.link.onFrame((frame) => this.heard(frame));
    this.link.onReset((conversation) => this.happened({ kind: "reset", conversation }));
    for (const pending of this.tabStorage.failed) this.happened({ kind: "wrote", pending });
    this.messages.recall();
  }

  /** Whether texts would be lost if the tab were closed now. */
  get unsent(): boolean {
    return (
      this.offlineMessage.sent !== null ||
      this.state.pending.some(({ accepted, failure }) => !accepted && !failure)
    );
  }

  /** Whether the visitor has ended the conversation in this tab. */
  get over(): boolean {
    return this.state.over;
  }

  /** Whether nothing can be stored at present: what the visitor sends waits and is retried. */
  get troubled(): boolean {
    return this.link.trouble !== null;
  }

  subscribe(changed: () => void): () => void {
    this.changed.add(changed);
    return () => this.changed.delete(changed);
  }

  async start(): Promise<void> {
    // The visitor can write before the session exists.
    this.token = this.session.token ?? (await this.session.begin(() => this.connect("away", null)));
    if (!this.discarded) this.link.start();
  }

  /**
   * Stops everything, because somebody else may look at this screen now. Only a request to end the conversation
   * continues until the server has answered it.
   */
  discard(): void {
    this.discarded = true;
    this.changed.clear();
    this.session.stop();
    this.tabStorage.stop();
    this.link.keepNothing();
    if (this.ending === null) this.link.stop();
    else void this.ending.then(() => this.link.stop());
  }

  /** Another page of this tab has continued the chat, so this one must not change anything any more. */
  leave(): void {
    this.link.stop();
  }

  /** The visitor asks to reconnect after the link has stopped. */
  restart(): void {
    void this.start();
  }

  get serverNow(): number {
    return this.link.serverNow();
  }

  /** Sends what the visitor wrote. `department` is used when this opens a conversation. */
  send(written: string, department: string, consent: ConsentSent[] = []): void {
    const body = asSent(written);
    if (body === "") return;
    this.typingSign.sent();
    this.offlineMessage.dismiss();
    this.messages.send(body, department, consent);
  }

  write(draft: string): void {
    this.draft = this.tabStorage.draft = draft;
    this.tell();
  }

  typing(on: boolean): void {
    if (isOpen(this.state) && this.state.standing)
      this.typingSign.tells(this.state.standing.conversation, on);
  }

  /** Ends it on this screen at once, also without a network: the visitor may leave this computer to somebody else. */
  end(): void {
    const { standing } = this.state;
    if (standing === null || !isOpen(this.state)) return;
    const { conversation } = standing;
    this.finish();
    // A refusal means that it has ended already.
    const asked = this.link.request({ type: "conversation.close", ref: newRef(), conversation }).catch(ended);
    this.ending = asked.then(() => {
      this.ending = null;
    });
  }

  /** Whether the visitor dismissed the request for a rating of this conversation today. */
  get ratingDismissed(): boolean {
    const { dismissed } = this.tabStorage;
    return dismissed?.conversation === this.state.conversation && dismissed?.day === dayOf(this.serverNow);
  }

  dismissRating(): void {
    const { conversation } = this.state;
    this.tabStorage.dismissed = conversation === null ? null : { conversation, day: dayOf(this.serverNow) };
    this.tell();
  }

  /** Rates a part; null rates the person who answered last. Rejects with `RefusedError`. */
  async rate(part: number | null, stars: number, tags: string[], comment: string): Promise<void> {
    const { conversation } = this.state;
    if (conversation === null) return;
    const rating = { stars, tags, comment, ...(part === null ? {} : { part }) };
    await this.link.request({ type: "conversation.rate", ref: newRef(), conversation, ...rating });
    if (this.over) this.happened({ kind: "rated", part, stars });
  }

  goOn(): void {
    if (this.over) this.door.again();
    else this.happened({ kind: "continues" });
  }

  /** Records whether the visitor sees the chat. */
  watch(watched: boolean): void {
    this.watched = watched;
    if (watched) this.happened({ kind: "looked" });
  }

  private heard(frame: VisitorServerFrame): void {
    if (this.discarded) return;
    if (frame.type === "welcome") {
      this.onlyRates = frame.rating ?? false;
      this.around.clock.sync(frame.now);
    }
    const instead = this.offlineMessage.sent?.frame.conversation ?? null;
    if (this.offlineMessage.heard(frame)) {
      if (frame.type === "accepted" && this.isEnded(instead)) this.finish();
      return;
    }
    if (this.endedElsewhere(frame, instead)) return;
    if (frame.type === "refused" && frame.ref) {
      this.messages.refused(frame.ref, {
        code: frame.code,
        again: frame.retry !== "no",
        details: frame.details ?? {},
      });
      return;
    }
    if (frame.type === "typing") this.staffTyping.heard(frame.on);
    if (frame.type === "welcome") this.takesSeen = frame.takes_seen ?? false;
    const before = this.state.conversation;
    const wasOpen = isOpen(this.state);
    this.happened({ kind: "frame", frame, watched: this.watched });
    const { conversation } = this.state;
    const seen = this.tabStorage.seen;
    if (conversation !== before && conversation !== null && seen?.conversation === conversation)
      this.happened({ kind: "remembered", seen: seen.seq });
    if (before !== null && conversation !== before) this.link.forget(before);
    if (wasOpen && !isOpen(this.state)) this.offlineMessage.ended();
    if (this.state.live && isUnserved(this.state)) this.offlineMessage.fillIn();
  }

  /** Whether an end was requested whose answer may be lost: the token may have ended with it. */
  private get isEnding(): boolean {
    return this.over || this.offlineMessage.sent?.frame.conversation !== undefined;
  }

  /** Whether an accepted 留言, left `instead` of waiting in this conversation, has ended it. */
  private isEnded(instead: string | null): boolean {
    const { standing } = this.state;
    if (instead === null) return false;
    if (this.onlyRates) return true;
    const isIt = standing?.conversation === instead;
    return isIt && (standing.state === "waiting" || standing.closed_by === "visitor");
  }

  /**
   * Whether the visitor has ended the conversation in another tab or long ago. Then nothing of it may be shown here.
   */
  private endedElsewhere(frame: VisitorServerFrame, instead: string | null): boolean {
    const standing = frame.type === "welcome" ? frame.standing : frame.type === "conversation" ? frame : null;
    if (this.over || standing?.state !== "closed" || standing.closed_by !== "visitor") return false;
    return standing.conversation !== instead && this.door.ended(true);
  }

  /** Removes everything that was written, on the screen and from storage. Only this tab keeps what the rating needs. */
  private finish(): void {
    this.door.finished();
    this.tabStorage.stop();
    this.link.keepNothing();
    this.offlineMessage.finish();
    this.draft = "";
    this.happened({ kind: "finished" });
  }

  private linkChanged(): void {
    const { state, stoppedWith } = this.link;
    const wasLive = this.connection.state === "live";
    if (state !== "live") this.state = next(this.state, { kind: "disconnected" });
    if (state === "stopped" && stoppedWith === SESSION_ENDED && this.sessionEnded(wasLive)) return;
    if (stoppedWith === REVOKED) this.expire();
    this.connect(state, stoppedWith);
  }

  /** Handles the end of the session. Returns false when the screen must say that the chat has stopped. */
  private sessionEnded(wasLive: boolean): boolean {
    if (this.discarded) return true;
    if (this.over) {
      this.happened({ kind: "unrateable" });
      return true;
    }
    if (this.door.ended(wasLive)) return true;
    const now = this.world.now();
    if (now - this.renewedAt <= RENEW_MS) return false;
    this.renewedAt = now;
    void this.renew();
    return true;
  }

  private async renew(): Promise<void> {
    this.expire();
    this.connect("starting", null);
    await this.start();
  }

  private expire(): void {
    this.session.forget(this.token);
    if (this.state.conversation !== null) this.link.forget(this.state.conversation);
    this.happened({ kind: "expired" });
  }

  private happened(happening: Happening): void {
    const before = this.state;
    this.state = next(before, happening);
    if (this.state === before) return;
    const { pending, conversation, seen } = this.state;
    if (pending !== before.pending)
      this.tabStorage.failed = pending.filter(({ failure }) => failure !== null);
    if (seen !== before.seen && seen !== null && conversation !== null) {
      this.tabStorage.seen = { conversation, seq: seen };
      if (this.watched && this.takesSeen && showsAnswers(before, this.state))
        this.link.tell({ type: "conversation.seen", conversation, seq: seen });
    }
    this.tell();
  }

  private connect(state: Connection["state"], stoppedWith: number | null): void {
    const since = this.connection.state === "live" ? Date.now() : this.connection.since;
    this.connection = { state, stoppedWith, since };
    this.tell();
  }

  private tell(): void {
    // Frames that arrive while it stops do not mean that the next person has begun something.
    if (this.discarded) return;
    if (this.isBegun) this.door.begins();
    for (const changed of [...this.changed]) changed();
  }

  private get isBegun(): boolean {
    const { standing, pending, over } = this.state;
    return (
      !over && (standing !== null || pending.length > 0 || this.draft !== "" || this.offlineMessage.isBegun)
    );
  }
}
