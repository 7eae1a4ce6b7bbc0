// The visitor's chat as the screen uses it: a state, and what can be done. Wires link, session and storage to the
// pure state; decides nothing that `conversation` could decide.

import type { Language } from "../../shared/catalogue";
import type { VisitorServerFrame } from "../../shared/frames";
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

/** The close code of a session that ended. */
const SESSION_ENDED = 4401;
/** Signed out or deleted: this browser's token is worth nothing any more. */
const REVOKED = 4510;
/** A second session that ends within this time is no accident: stop instead of asking for a third. */
const RENEW_MS = 60_000;

export class Chat {
  state: State = START;
  connection: Connection = { state: "starting", stoppedWith: null, since: Date.now() };
  /** Whether the chat outlives this page. */
  readonly lasts: boolean;
  readonly tabStorage: TabStorage;
  readonly offlineMessage: OfflineMessage;
  readonly messages: Messages;
  /** The unsent text, kept in the tab until it is sent or left. */
  draft: string;

  /** Held here, and not looked up: another person may have got another one since. */
  private token: string | null = null;
  private discarded = false;
  /** The end that the visitor wants, until the server has it. */
  private ending: Promise<unknown> | null = null;
  /** The server takes nothing but a rating: the end that was asked for has been carried out. */
  private onlyRates = false;
  private readonly link: VisitorLink;
  private readonly session: Session;
  private readonly changed = new Set<() => void>();
  private watched = false;
  /** The server passes on to the other tabs what is seen here; an earlier one would refuse it. */
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
    private readonly door: Doorkeeper,
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
    this.messages = new Messages(this.link, this, (happening) => this.happened(happening));
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

  /** Texts that would be lost if the tab were closed now. */
  get unsent(): boolean {
    return (
      this.offlineMessage.sent !== null ||
      this.state.pending.some(({ accepted, failure }) => !accepted && !failure)
    );
  }

  /** The visitor has ended it, in this tab. */
  get over(): boolean {
    return this.state.over;
  }

  /** Nothing can be stored at present: what the visitor sends waits, and is tried again. */
  get troubled(): boolean {
    return this.link.trouble !== null;
  }

  subscribe(changed: () => void): () => void {
    this.changed.add(changed);
    return () => this.changed.delete(changed);
  }

  async start(): Promise<void> {
    // The visitor can write meanwhile.
    this.token = this.session.token ?? (await this.session.begin(() => this.connect("away", null)));
    if (!this.discarded) this.link.start();
  }

  /** Somebody else may look at this screen now. Nothing of it goes on, but an end that the server has not heard of. */
  discard(): void {
    this.discarded = true;
    this.changed.clear();
    this.session.stop();
    this.tabStorage.stop();
    this.link.keepNothing();
    if (this.ending === null) this.link.stop();
    else void this.ending.then(() => this.link.stop());
  }

  /** Another page of this tab has gone on with the chat: this one must touch nothing any more. */
  leave(): void {
    this.link.stop();
  }

  /** The visitor wants it back after it had stopped. */
  restart(): void {
    void this.start();
  }

  get serverNow(): number {
    return this.link.serverNow();
  }

  /** Sends what the visitor wrote. `department` counts when it opens a conversation. */
  send(written: string, department: string): void {
    const body = asSent(written);
    if (body === "") return;
    this.typingSign.sent();
    this.offlineMessage.dismiss();
    this.messages.send(body, department);
  }

  write(draft: string): void {
    this.draft = this.tabStorage.draft = draft;
    this.tell();
  }

  typing(on: boolean): void {
    if (isOpen(this.state) && this.state.standing)
      this.typingSign.tells(this.state.standing.conversation, on);
  }

  /** At once, whether or not the server can be reached: the visitor may leave this computer to somebody else. */
  end(): void {
    const { standing } = this.state;
    if (standing === null || !isOpen(this.state)) return;
    const { conversation } = standing;
    this.finish();
    // Refused means that it ended already, which is what was asked for.
    const asked = this.link.request({ type: "conversation.close", ref: newRef(), conversation }).catch(ended);
    this.ending = asked.then(() => {
      this.ending = null;
    });
  }

  /** Whether the visitor did not want to be asked for a rating of this conversation today. */
  get ratingDismissed(): boolean {
    const { dismissed } = this.tabStorage;
    return dismissed?.conversation === this.state.conversation && dismissed?.day === dayOf(this.serverNow);
  }

  dismissRating(): void {
    const { conversation } = this.state;
    this.tabStorage.dismissed = conversation === null ? null : { conversation, day: dayOf(this.serverNow) };
    this.tell();
  }

  /** `part`: of whom; none for whoever answered last. Rejects with `RefusedError`. */
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

  /** Whether the visitor sees the chat. */
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

  /** Whether an end was asked for whose answer may be lost: then the token may have ended with it. */
  private get isEnding(): boolean {
    return this.over || this.offlineMessage.sent?.frame.conversation !== undefined;
  }

  /** Whether a 留言 `instead` of waiting in this conversation, which was taken, has ended it. */
  private isEnded(instead: string | null): boolean {
    const { standing } = this.state;
    if (instead === null) return false;
    if (this.onlyRates) return true;
    const isIt = standing?.conversation === instead;
    return isIt && (standing.state === "waiting" || standing.closed_by === "visitor");
  }

  /** Whether the visitor has ended it in another tab, or long ago: then there is nothing here to be shown. */
  private endedElsewhere(frame: VisitorServerFrame, instead: string | null): boolean {
    const standing = frame.type === "welcome" ? frame.standing : frame.type === "conversation" ? frame : null;
    if (this.over || standing?.state !== "closed" || standing.closed_by !== "visitor") return false;
    return standing.conversation !== instead && this.door.ended(true);
  }

  /** Of what was written nothing is left, here or stored; the rating is held by this tab alone. */
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

  /** Whether something else follows than to say that it has stopped. */
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
    // What it still hears while it stops is nothing that the next person has begun.
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
