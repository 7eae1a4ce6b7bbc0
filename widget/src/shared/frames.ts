// Made by `chatserver schema --typescript` from chatserver/wire. Do not edit.

export const VERSION = 1

/** Done and stored. `repeat`: it had been done before under this ref; this is the first answer again. `seq` is the place of the entry it made (0: none), `fence` the present one for staff, `answer_by` (ms) when a 留言 will be answered at the latest, `emergency` of which kind its words are, if they are such. */
export interface Accepted {
  type: "accepted"
  ref: string
  conversation?: string
  seq?: number
  id?: string
  at?: number
  fence?: number | null
  repeat?: boolean
  answer_by?: number | null
  emergency?: string | null
}

/** Something that calls for a person, without a word of the visitor's. `id` is that of the conversation, or of the 留言. `kind`: emergency; overdue (a visitor waits too long for an answer); silent (nobody of two answered); offline (a 留言 with words of an emergency). `emergency` and `level` are those of the words; `since` (ms) when it began; `may_open`: whether its reader may open or take it. */
export interface Alarm {
  id: string
  kind: "emergency" | "offline" | "overdue" | "silent"
  label: string
  group: string
  department: string
  since: number
  state: "active" | "left" | "waiting"
  emergency?: string | null
  level?: "attention" | "critical" | null
  owner?: Person | null
  acknowledged_by?: Person | null
  acknowledged_at?: number | null
  may_open?: boolean
}

/** I have seen this alarm, by its `id`. Its tone is silent for 60 s at everybody's screen; only an answer to the visitor, a dismissal or the end takes the alarm away. */
export interface AlarmAcknowledge {
  type: "alarm.acknowledge"
  ref: string
  id: string
}

/** Somebody has seen the alarm. */
export interface AlarmAcknowledgedEvent {
  name: "alarm_acknowledged"
  by: Person
  alarm: string
}

/** All alarms that this session should know of, whole each time they change; sent after `welcome` when there are any. */
export interface Alarms {
  type: "alarms"
  alarms?: Alarm[]
}

/** A consultant became the owner. */
export interface AssignedEvent {
  name: "assigned"
  group: string
  consultant: Person
  by?: Person | null
  how?: string | null
  why?: string | Why | null
  fence?: number | null
}

/** Who wrote or caused an entry; `person` when that is a consultant. */
export interface Author {
  kind: "consultant" | "system" | "visitor"
  person?: Person | null
}

/** 在线 / 忙碌 / 小休 / 离线, with a reason if wanted. */
export interface AvailabilitySet {
  type: "availability.set"
  ref: string
  availability: "break" | "busy" | "offline" | "online"
  reason?: string
}

/** I leave (signed out). The socket is closed with 1000; grace and linger run as for any leaving. */
export interface Bye {
  type: "bye"
}

/** What program speaks, for the logs. */
export interface Client {
  name: string
  version: string
}

/** The conversation ended. */
export interface ClosedEvent {
  name: "closed"
  by: string
  reason: string
  outcome?: "answered" | "booked" | "competitor" | "contact_left" | "harassment" | "left_midway" | "not_medical" | "returning_patient" | "test" | null
}

/** A colleague, for the transfer picker. `why_not`: why nothing can be offered to him now; `shift`: the one that runs, or comes next today. */
export interface Colleague {
  id: string
  name: string
  number: string
  title: string
  role: string
  groups: string[]
  availability: string
  present: boolean
  load: number
  capacity: number
  why_not?: string | null
  skills?: SkillShown[]
  languages?: string[]
  shift?: ShiftShown | null
}

/** 协助 (`help`): a colleague reads along and answers in notes. 三方会话 (`join`): he is asked to join, too. */
export interface ColleagueAsk {
  type: "colleague.ask"
  ref: string
  conversation: string
  consultant: string
  asked_for: "help" | "join"
  note: string
}

/** A colleague was asked to help or to join. */
export interface ColleagueAskedEvent {
  name: "colleague_asked"
  consultant: Person
  by: Person
  note: string
  asked_for: "help" | "join"
}

/** Join as the second consultant, named to the visitor: whoever was asked to, or a supervisor. */
export interface ColleagueJoin {
  type: "colleague.join"
  ref: string
  conversation: string
}

/** A second consultant answers, too. */
export interface ColleagueJoinedEvent {
  name: "colleague_joined"
  group: string
  consultant: Person
}

/** I am out of it again; with `consultant`, the owner lets a colleague go. */
export interface ColleagueLeave {
  type: "colleague.leave"
  ref: string
  conversation: string
  consultant?: string | null
}

/** A colleague no longer takes part. */
export interface ColleagueLeftEvent {
  name: "colleague_left"
  consultant: Person
  by?: Person | null
  joined?: boolean | null
}

/** The colleagues, in the same manner. */
export interface ColleagueList {
  type: "colleagues"
  version: number
  whole?: boolean
  put?: Colleague[]
  gone?: string[]
}

/** A supervisor gives a waiting conversation to somebody by hand; beyond what he could claim himself only with `above`, else refused with `no_room`. */
export interface ConversationAssign {
  type: "conversation.assign"
  ref: string
  conversation: string
  fence: number
  consultant: string
  above?: boolean
}

/** 接入: take it from the queue. Exactly one wins; the others get `offer_gone` with who. */
export interface ConversationClaim {
  type: "conversation.claim"
  ref: string
  conversation: string
}

/** End it. A visitor sends neither `fence` nor `outcome`; staff send both. */
export interface ConversationClose {
  type: "conversation.close"
  ref: string
  conversation: string
  fence?: number | null
  outcome?: "answered" | "booked" | "competitor" | "contact_left" | "harassment" | "left_midway" | "not_medical" | "returning_patient" | "test" | null
}

/** Send me this conversation's entries from after `after` on, and what comes. Answered by `following`. */
export interface ConversationFollow {
  type: "conversation.follow"
  ref: string
  conversation: string
  epoch?: string
  after?: number
}

/** 优先接待: a supervisor puts a waiting conversation further ahead. */
export interface ConversationForward {
  type: "conversation.forward"
  ref: string
  conversation: string
}

/** The console's list. `whole`: these are all; else `put` replaces or adds rows and `gone` removes them, on top of `version - 1`. Another version held: send `list.get`. */
export interface ConversationList {
  type: "conversations"
  version: number
  whole?: boolean
  put?: Row[]
  gone?: string[]
}

/** The first message of a new conversation. When one is open already, the message goes into that. Without a `department`, or with one that the site no longer offers, it is for `unsure`. */
export interface ConversationOpen {
  type: "conversation.open"
  ref: string
  body: string
  department?: string | null
  language?: "en" | "zh"
}

/** Rate whoever answered, after the end, within 24 h; a second rating replaces the first. Without a `part` it is for whoever answered last. */
export interface ConversationRate {
  type: "conversation.rate"
  ref: string
  conversation: string
  stars: number
  tags?: string[]
  comment?: string
  part?: number | null
}

/** The owner gives it back, to the head of the queue, with a note for whoever comes next. */
export interface ConversationRelease {
  type: "conversation.release"
  ref: string
  conversation: string
  fence: number
  note: string
}

/** 重新打开: go on with what the clock or staff ended, while the visitor could (`reopen_until` of the row). It is mine at once, as by a claim. Refused with `asked_anew` when the visitor has asked something new since. */
export interface ConversationReopen {
  type: "conversation.reopen"
  ref: string
  conversation: string
  fence: number
}

/** I have this on my screen up to and with `seq`. Not answered, not stored; my other sessions are told. */
export interface ConversationSeen {
  type: "conversation.seen"
  conversation: string
  seq: number
}

/** No more of it. */
export interface ConversationUnfollow {
  type: "conversation.unfollow"
  conversation: string
}

/** Whether a department is served at this hour. `changes_at`: when it closes, or opens again (none: not within the next weeks); `closing`: that is so near that newcomers are offered a 留言 first; `answer_by`: when a 留言 left now will be answered at the latest. `service`: whether somebody has a free place now, all are busy, nobody is there, or it is closed. */
export interface DepartmentHours {
  department: string
  open: boolean
  closing?: boolean
  changes_at?: number | null
  answer_by?: number | null
  service?: "busy" | "closed" | "free" | "nobody" | null
}

/** It is about this department, one of those the site offers. It stays in its group; a transfer moves it. */
export interface DepartmentSet {
  type: "department.set"
  ref: string
  conversation: string
  department: string
}

/** Staff corrected the department. */
export interface DepartmentSetEvent {
  name: "department_set"
  department: string
  previous: string
  by: Person
}

/** An unsent text of mine, as kept `at` (ms); each change of it has a later one. */
export interface Draft {
  conversation: string
  mode: "note" | "reply"
  body: string
  at?: number
}

/** Keep what is being written, on the server, per conversation and mode; empty forgets it. `after`: the `at` of the kept draft that it grew from (0: there was none); refused when another one is kept by now. Without it, whatever is kept is replaced. `turned`: the `at` of the draft of the other mode that it was until now, forgotten with this. Answered by `accepted` with its `at`. */
export interface DraftSave {
  type: "draft.save"
  ref: string
  conversation: string
  mode: "note" | "reply"
  body: string
  after?: number | null
  turned?: number | null
}

/** A draft of mine was kept from another of my sessions; with an empty `body` and without `at`: it was sent or emptied there. Whoever is writing there keeps the own text, and is told. */
export interface DraftShown {
  type: "draft"
  conversation: string
  mode: "note" | "reply"
  body: string
  at?: number
}

/** 误报: a supervisor says that it is no emergency. */
export interface EmergencyDismiss {
  type: "emergency.dismiss"
  ref: string
  conversation: string
}

/** A supervisor marked the emergency as a false alarm. */
export interface EmergencyDismissedEvent {
  name: "emergency_dismissed"
  by: Person
}

/** The visitor's words sound like an emergency. */
export interface EmergencyNoticedEvent {
  name: "emergency_noticed"
  emergency: string
  level?: "attention" | "critical" | null
  crowded?: boolean
}

/** Several entries of one conversation at once, in order, without holes: a replay. */
export interface Entries {
  type: "entries"
  conversation: string
  epoch: string
  entries: Entry[]
}

/** One line of a transcript. Apply it only when `seq` is the last applied plus one: smaller, drop it; larger, hold it and ask `history.get`. `body` for messages and notes, `event` for events. */
export interface Entry {
  type: "entry"
  conversation: string
  epoch: string
  seq: number
  id: string
  kind: "event" | "message" | "note"
  at: number
  author: Author
  body?: string | null
  event?: Event | null
  ref?: string | null
}

export type Event = OpenedEvent | AssignedEvent | RungEvent | RingMissedEvent | TransferOfferedEvent | TransferDeclinedEvent | TransferEndedEvent | TransferredEvent | ReturnedToQueueEvent | ReplyOverdueEvent | WentInactiveEvent | IdleWarnedEvent | ClosedEvent | ReopenedEvent | OutcomeSetEvent | RatedEvent | MovedForwardEvent | OverflowedEvent | GroupChangedEvent | DepartmentSetEvent | EmergencyNoticedEvent | EmergencyDismissedEvent | AlarmAcknowledgedEvent | NobodyAnsweredEvent | ColleagueAskedEvent | ColleagueJoinedEvent | ColleagueLeftEvent

/** The answer to `conversation.follow`; the entries follow, ended by `live`. */
export interface Followed {
  type: "following"
  ref: string
  following: Following
}

/** One conversation whose entries will come. `recovered`: what follows completes what you hold; else drop your copy and take what comes as the whole; `why`: epoch, ahead, or gap_too_big (then page backwards). */
export interface Following {
  conversation: string
  epoch: string
  head: number
  recovered: boolean
  why?: string | null
}

/** Another group serves the department now. */
export interface GroupChangedEvent {
  name: "group_changed"
  group: string
  previous_group: string
  closes_at?: number | null
}

/** A group, how it receives, and whether I am in it. */
export interface GroupShown {
  id: string
  zh: string
  en: string
  mode: string
  mine: boolean
}

/** The last place of one conversation, as this reader counts. */
export interface Head {
  conversation: string
  epoch: string
  head: number
}

/** The answer to `heads.get`; conversations that may not be read are not named. */
export interface Heads {
  type: "heads"
  ref: string
  heads: Head[]
}

/** Ask "am I current?", after a wake-up. Answered by `heads`, and by what is missing. */
export interface HeadsGet {
  type: "heads.get"
  ref: string
  at?: Position[]
}

/** The answer to `history.get`. `more`: there is more in the direction asked. */
export interface History {
  type: "history"
  ref: string
  conversation: string
  epoch: string
  entries: Entry[]
  more: boolean
}

/** Ask for entries after `after` (oldest first), or the last ones before `before`. Answered by `history`. */
export interface HistoryGet {
  type: "history.get"
  ref: string
  conversation: string
  after?: number | null
  before?: number | null
  limit?: number
}

/** The hours of the site's departments as they are now; sent when something of them changes. */
export interface Hours {
  type: "hours"
  departments: DepartmentHours[]
}

/** The visitor was warned that the conversation will be closed. */
export interface IdleWarnedEvent {
  name: "idle_warned"
  ends_at: number
}

/** Numbers a client should know before it is refused: code points, and frames sent but not yet accepted. */
export interface Limits {
  message: number
  note: number
  unaccepted?: number
}

/** Send me a list whole again; I have missed something. */
export interface ListGet {
  type: "list.get"
  ref: string
  list: "colleagues" | "conversations" | "offline"
}

/** The replay of this conversation is over at `seq`; what comes now is new. */
export interface Live {
  type: "live"
  conversation: string
  epoch: string
  seq: number
}

/** Who I am and how I stand. `availability` may be `paused`: the system did that after missed rings. `reason`: what was said about it; `shift`: mine that runs or comes next today. */
export interface Me {
  id: string
  name: string
  number: string
  title: string
  role: string
  groups: string[]
  capacity: number
  load: number
  availability: string
  availability_since: number
  misses?: number
  reason?: string
  shift?: ShiftShown | null
}

/** How I stand, after any change to it. */
export interface MeChanged {
  type: "me"
  me: Me
}

/** Say something. Answered by `accepted` after it is stored. Staff carry the `fence` they last saw, and in `draft` the `at` of the draft it was: the draft is forgotten with it, and one that is another by now refuses it. */
export interface MessagePost {
  type: "message.post"
  ref: string
  conversation: string
  body: string
  fence?: number | null
  draft?: number | null
}

/** A supervisor moved the conversation forward in the queue. */
export interface MovedForwardEvent {
  name: "moved_forward"
  by: Person
}

/** A group, department or site by its names. */
export interface Named {
  id: string
  zh: string
  en: string
}

/** The conversation had several owners, and none of them answered. */
export interface NobodyAnsweredEvent {
  name: "nobody_answered"
  consultants: Person[]
}

/** Write an internal note; the visitor can never see it. `draft` as in `message.post`. */
export interface NotePost {
  type: "note.post"
  ref: string
  conversation: string
  body: string
  draft?: number | null
}

/** Take what is held out to me: a ring or a transfer. */
export interface OfferAccept {
  type: "offer.accept"
  ref: string
  conversation: string
  offer: string
}

/** Do not take it. A transfer wants a `reason`. */
export interface OfferDecline {
  type: "offer.decline"
  ref: string
  conversation: string
  offer: string
  reason?: string
}

/** An open offer on a row. `mine`: held out to me (or to my group, and I have not declined). */
export interface OfferShown {
  id: string
  kind: "ring" | "transfer"
  ends_at: number
  mine: boolean
  by?: Person | null
  consultant?: Person | null
  group?: string | null
  note?: string
}

/** Take my transfer offer back. */
export interface OfferWithdraw {
  type: "offer.withdraw"
  ref: string
  conversation: string
  offer: string
}

/** 留言: leave a message for when somebody serves again. With `conversation` it is linked to that, which ends if it still waits. `department` as in `conversation.open`. Answered by `accepted` with `answer_by`. */
export interface OfflineLeave {
  type: "offline.leave"
  ref: string
  kind: "complaint" | "question" | "suggestion"
  body: string
  department?: string | null
  name?: string
  phone?: string
  language?: "en" | "zh"
  conversation?: string | null
}

/** The 留言 of my groups that are open, and those settled today; in the manner of `conversations`. */
export interface OfflineList {
  type: "offline"
  version: number
  whole?: boolean
  put?: OfflineShown[]
  gone?: string[]
}

/** Show me the whole phone number of this 留言, which is mine to call. Answered by `phone`; written down, and so many in an hour. */
export interface OfflineReveal {
  type: "offline.reveal"
  ref: string
  id: string
}

/** It is done: how, and what was said or found. */
export interface OfflineSettle {
  type: "offline.settle"
  ref: string
  id: string
  result: "answered" | "nothing_to_do" | "unreachable"
  note: string
}

/** 留言: one message that was left. `phone` is masked; its owner asks for the whole one by `offline.reveal`; `due_at`: when it should be answered. `emergency` and `level`: of which kind its words are, and how urgent; `crowded`: many such came from one address. */
export interface OfflineShown {
  id: string
  site: string
  department: string
  group: string
  kind: "complaint" | "question" | "suggestion"
  language: string
  body: string
  left_at: number
  due_at: number
  name?: string
  phone?: string
  owner?: Person | null
  conversation?: string | null
  settled_at?: number | null
  settled_by?: Person | null
  result?: "answered" | "nothing_to_do" | "unreachable" | null
  note?: string
  emergency?: string | null
  level?: "attention" | "critical" | null
  crowded?: boolean
}

/** I see to this 留言 from now on. */
export interface OfflineTake {
  type: "offline.take"
  ref: string
  id: string
}

/** The visitor asked, and the conversation waits in its group's queue. */
export interface OpenedEvent {
  name: "opened"
  department: string
  group?: string | null
  language: string
  greeting: string
  preferred?: string | null
  closes_at?: number | null
}

/** Say how a conversation ended, or correct that: whoever had it last, or a supervisor, for 7 days. */
export interface OutcomeSet {
  type: "outcome.set"
  ref: string
  conversation: string
  outcome: "answered" | "booked" | "competitor" | "contact_left" | "harassment" | "left_midway" | "not_medical" | "returning_patient" | "test"
}

/** Staff recorded or corrected the outcome. */
export interface OutcomeSetEvent {
  name: "outcome_set"
  previous?: string | null
  by: Person
  outcome: "answered" | "booked" | "competitor" | "contact_left" | "harassment" | "left_midway" | "not_medical" | "returning_patient" | "test"
}

/** The conversation waited too long and moved to the group that helps out. */
export interface OverflowedEvent {
  name: "overflowed"
  group: string
  previous_group: string
}

/** A colleague who takes part beside the owner: reading along (`help`), asked to join, or joined. `note`: why. */
export interface ParticipantShown {
  person: Person
  asked_for: "help" | "join"
  joined?: boolean
  note?: string
}

/** Who answers. `id` is told to staff only; `part` after the end, to name whom a rating is for. */
export interface Person {
  name: string
  number: string
  title: "consultant" | "nurse" | "physician"
  id?: string | null
  part?: number | null
}

/** The answer to `offline.reveal`. */
export interface PhoneShown {
  type: "phone"
  ref: string
  id: string
  phone: string
}

/** Answer with `pong` and the same `n`. */
export interface Ping {
  type: "ping"
  n: number
}

/** The answer to `ping`. */
export interface Pong {
  type: "pong"
  n: number
}

/** How far a client has read one conversation: every entry up to and with `after`, under `epoch`. */
export interface Position {
  conversation: string
  epoch: string
  after: number
}

/** Somebody who answered and can be rated (`part`) until `until` (ms); `stars`: the rating given. */
export interface Rateable {
  part: number
  person: Person
  until: number
  stars?: number | null
}

/** The visitor rated a consultant. */
export interface RatedEvent {
  name: "rated"
  consultant: Person
  stars: number
  tags: string[]
  comment: string
  part?: number | null
}

/** Not done, nothing stored. `ref` is missing when the frame had none that could be read. */
export interface Refused {
  type: "refused"
  code: string
  retry: "later" | "no" | "same"
  ref?: string | null
  retry_ms?: number | null
  details?: Record<string, string | number>
}

/** The conversation is open again. */
export interface ReopenedEvent {
  name: "reopened"
  by?: Person | null
  fence?: number | null
  closes_at?: number | null
}

/** The visitor has waited too long for an answer. */
export interface ReplyOverdueEvent {
  name: "reply_overdue"
  consultant: Person
  waited_ms: number
}

/** The conversation lost its owner and waits again. */
export interface ReturnedToQueueEvent {
  name: "returned_to_queue"
  consultant?: Person | null
  reason: string
  note?: string | null
  fence?: number | null
}

/** The consultant did not accept the ring. */
export interface RingMissedEvent {
  name: "ring_missed"
  consultant: Person
  reason: string
  offer: string
}

/** One conversation in the console's list. `label` names the visitor (访客 and four characters); `unanswered_since`: the first message that nobody has answered, the waiting clock; `head`: its last seq; `rank_at`: while it waits, the smallest of its group is given next, then by `id`; `emergency`: the kind of words that made it one, and their `level`; `crowded`: many such came from one address, so it has no priority. `supervisor_alarmed`: whether a supervisor who is connected has its alarm (none: there is no alarm), and who acknowledged that. After the end, `closed_by`: visitor, consultant or system; `outcome`: how it ended, if that was said; `reopen_until`: until when staff may go on with it (ms). */
export interface Row {
  id: string
  label: string
  site: string
  department: string
  group: string
  language: string
  state: "active" | "closed" | "waiting"
  opened_at: number
  queued_at: number
  fence: number
  head: number
  last_line: string
  last_at: number
  visitor_here: boolean
  owner?: Person | null
  offer?: OfferShown | null
  unanswered_since?: number | null
  replied?: boolean
  overdue?: boolean
  inactive?: boolean
  priority?: "emergency" | "forward" | "normal" | "returned"
  emergency?: string | null
  level?: "attention" | "critical" | null
  crowded?: boolean
  rank_at?: number | null
  participants?: ParticipantShown[]
  hops?: number
  closed_at?: number | null
  closed_by?: string | null
  outcome?: "answered" | "booked" | "competitor" | "contact_left" | "harassment" | "left_midway" | "not_medical" | "returning_patient" | "test" | null
  reopen_until?: number | null
  ended_unanswered?: boolean
  supervisor_alarmed?: boolean | null
  acknowledged_by?: Person | null
  acknowledged_at?: number | null
}

/** The conversation was offered to one consultant. */
export interface RungEvent {
  name: "rung"
  consultant: Person
  why: string | Why
  offer: string
  ends_at: number
  fence: number
}

/** Another of my sessions has had this on its screen up to and with `seq`: it is unread here no longer. */
export interface Seen {
  type: "seen"
  conversation: string
  seq: number
}

/** 签到: I am here for my shift; makes me 在线, too. From five minutes before it begins. */
export interface ShiftCheckIn {
  type: "shift.check_in"
  ref: string
}

/** 班次: one shift of somebody (ms). `check_in_from`: 签到 opens; `receives_from`: new conversations come. */
export interface ShiftShown {
  name: string
  starts_at: number
  ends_at: number
  check_in_from: number
  receives_from: number
  checked_in_at?: number | null
}

/** What the widget needs of its site: its departments and their groups by name; the campus's phones. */
export interface SiteShown {
  id: string
  zh: string
  en: string
  greeting_zh: string
  greeting_en: string
  phone: string
  emergency_phone: string
  departments: Named[]
  groups: Named[]
}

/** What somebody knows well, and how well: 1 to 5. */
export interface SkillShown {
  id: string
  level: number
}

/** When the waiting clock changes colour (ms): first reply and follow-up, each amber, red, alarm; and how much above the capacity one may claim. */
export interface StaffClocks {
  first: [number, number, number]
  follow_up: [number, number, number]
  ring_ms: number
  transfer_ms: number
  above_capacity: number
}

export type StaffFrame = StaffHello | ConversationFollow | ConversationUnfollow | ConversationClaim | ConversationReopen | OutcomeSet | MessagePost | NotePost | TransferOffer | OfferAccept | OfferDecline | OfferWithdraw | ConversationClose | AvailabilitySet | ConversationAssign | ConversationForward | ConversationRelease | ColleagueAsk | ColleagueJoin | ColleagueLeave | DepartmentSet | EmergencyDismiss | AlarmAcknowledge | ShiftCheckIn | OfflineTake | OfflineSettle | OfflineReveal | DraftSave | ListGet | HistoryGet | HeadsGet | Typing | ConversationSeen | Pong | Bye

/** The first frame, within 5 s. Who it is comes from the session cookie of the upgrade. `instance` as for visitors. */
export interface StaffHello {
  type: "hello"
  version: number
  client: Client
  resume?: Position[]
  instance?: string | null
}

export type StaffServerFrame = StaffWelcome | Followed | Unfollowed | ConversationList | ColleagueList | OfflineList | PhoneShown | Alarms | MeChanged | DraftShown | Accepted | Refused | Entry | Entries | Live | History | Heads | TypingShown | Seen | Ping

/** The answer to a staff `hello`; both lists follow whole, then what was resumed. `takes_seen` as for visitors. */
export interface StaffWelcome {
  type: "welcome"
  version: number
  connection: string
  now: number
  ping_ms: number
  limits: Limits
  clocks: StaffClocks
  me: Me
  groups: GroupShown[]
  departments: Named[]
  sites: Named[]
  skills?: Named[]
  drafts?: Draft[]
  following?: Following[]
  offered?: Record<string, string[]>
  takes_seen?: boolean
}

/** How the visitor's conversation stands now. While it is waiting, `ahead`: how many wait before him, `wait_ms` the estimate when there is an honest one, `service` whether somebody has a place free, all are busy, nobody is here, or it is outside the opening hours; `nobody` is the third of these, for older clients. After the end, `rating_until` and `reopen_until` (ms). `rose`: his place has just become worse, and why. `message_offered`: the wait is so long that a 留言 is offered before anything else. `joined`: who answers beside `served_by`. After the end `served_by` is whoever answered last, and `rating_until` is there when that one is asked about or was rated (`stars`); `rateable`: everybody who can be rated, that one last. */
export interface Standing {
  type: "conversation"
  conversation: string
  state: "active" | "closed" | "waiting"
  department: string
  served_by?: Person | null
  group?: string | null
  ahead?: number | null
  wait_ms?: number | null
  nobody?: boolean
  service?: "busy" | "closed" | "free" | "nobody" | null
  closed_by?: string | null
  close_reason?: string | null
  rating_until?: number | null
  reopen_until?: number | null
  stars?: number | null
  rose?: "emergency" | "forward" | "normal" | "returned" | null
  message_offered?: boolean
  joined?: Person[]
  rateable?: Rateable[]
}

/** A colleague declined the transfer. */
export interface TransferDeclinedEvent {
  name: "transfer_declined"
  consultant: Person
  reason: string
  offer: string
}

/** The offer of a transfer is over, and nobody accepted it. */
export interface TransferEndedEvent {
  name: "transfer_ended"
  reason: string
  offer: string
}

/** 转接: hold it out to a colleague or a group (exactly one of the two), with a note why. */
export interface TransferOffer {
  type: "transfer.offer"
  ref: string
  conversation: string
  fence: number
  note: string
  consultant?: string | null
  group?: string | null
}

/** The conversation was offered to a colleague or to a group. */
export interface TransferOfferedEvent {
  name: "transfer_offered"
  group?: string | null
  consultant?: Person | null
  by: Person
  note: string
  offer: string
  ends_at: number
}

/** A colleague accepted the transfer and is the owner now. */
export interface TransferredEvent {
  name: "transferred"
  group: string
  consultant: Person
  previous?: Person | null
  note?: string | null
  offer?: string | null
  fence?: number | null
}

/** I am, or am no longer, writing; never what. Not answered, not stored. */
export interface Typing {
  type: "typing"
  conversation: string
  on: boolean
}

/** The other side is, or is no longer, writing. Forget it after 6 s by yourself. */
export interface TypingShown {
  type: "typing"
  conversation: string
  on: boolean
  by?: Person | null
}

/** It may not be read any more; `last` is the seq of the last entry that was sent. If it may be read again on this connection, the entries go on from there, ended by `live`. `why`: closed; given (somebody else has it); queued (it waits again); left (its reader takes no part any more); not_found (named in `resume`, and not to be read). */
export interface Unfollowed {
  type: "unfollowed"
  conversation: string
  why: "closed" | "given" | "left" | "not_found" | "queued"
  last?: number
}

export type VisitorFrame = VisitorHello | ConversationOpen | OfflineLeave | MessagePost | ConversationClose | ConversationRate | HistoryGet | HeadsGet | Typing | ConversationSeen | Pong | Bye

/** The first frame, within 5 s. `resume`: what of which conversations is held already. `rating`: when the visitor has ended it, and the token with it, come in all the same, to rate and for nothing else. `instance`: made at random by each page that is loaded, the same at each of its connections. */
export interface VisitorHello {
  type: "hello"
  version: number
  token: string
  client: Client
  resume?: Position[]
  rating?: boolean
  instance?: string | null
}

export type VisitorServerFrame = VisitorWelcome | Standing | Hours | Accepted | Refused | Entry | Entries | Live | History | Heads | TypingShown | Seen | Ping

/** The answer to a visitor's `hello`. `standing` is his latest conversation, if he has one; its entries follow, ended by `live`. `ends_at`: when the token ends if he does nothing. `takes_seen`: `conversation.seen` is known here; an earlier server refuses it. `rating`: he has ended it, and the token with it; nothing but a rating is taken here, until `ends_at`, and nothing is told. */
export interface VisitorWelcome {
  type: "welcome"
  version: number
  connection: string
  now: number
  ping_ms: number
  ends_at: number
  limits: Limits
  site: SiteShown
  hours?: DepartmentHours[]
  following?: Following[]
  standing?: Standing | null
  takes_seen?: boolean
  rating?: boolean
}

/** Nobody has written for a while. */
export interface WentInactiveEvent {
  name: "went_inactive"
}

/** The numbers behind an assignment (docs/routing.md): `load` of `capacity` before it; `among`: how many had room; `idle_ms`: how long ago the consultant last got a conversation; `waited_ms`: how long it had waited; `preferred`: they served this visitor before; `skill` and `level`: asked for, and `lacking` when nobody with the skill was free in time; `again`: they had missed or declined it, and nobody else was available. `emergency`: assigned at once, regardless of these numbers; `availability`: what the consultant had chosen (none: 在线). */
export interface Why {
  load: number
  capacity: number
  among?: number
  waited_ms?: number
  idle_ms?: number | null
  preferred?: boolean
  skill?: string | null
  level?: number | null
  lacking?: boolean
  again?: boolean
  emergency?: boolean
  availability?: string | null
}
