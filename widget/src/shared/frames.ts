// Made by `chatserver schema --typescript` from chatserver/wire. Do not edit.

export const VERSION = 1

/** Done and stored. `repeat`: it was done before under this ref, and this is the first answer again. `seq`: the place of the entry it made (0: none); `fence`: the current one, for staff; `answer_by` (ms): the latest time by which a 留言 is answered, or by which a call is made that is promised from `call_from` (ms) on; `emergency`: the kind of emergency that the words of a 留言 or a call-back sound like. */
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
  call_from?: number | null
  emergency?: string | null
}

/** Something that needs a person's attention, without the visitor's text. `id`: the conversation's, or the 留言's. `kind`: emergency; overdue (a visitor has waited too long for an answer); silent (two owners in a row did not answer); offline (a 留言 that sounds like an emergency). `emergency` and `level` as in the event; `since` (ms): when it began; `may_open`: whether this reader may open or take it. */
export interface Alarm {
  id: string
  kind: "callback" | "emergency" | "offline" | "overdue" | "silent"
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

/** I have seen the alarm with this `id`. Its sound stops on every screen; that of an emergency for 60 s. The alarm of a conversation stays until the visitor is answered, it is dismissed or the conversation ends; that of a 留言 until it is settled or its owner acknowledges the alarm. */
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

/** All alarms of this session, sent completely after each change, and after `welcome` if there are any. */
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

/** Who wrote or caused an entry; `person` if it was a consultant. */
export interface Author {
  kind: "consultant" | "system" | "visitor"
  person?: Person | null
}

/** 在线 / 忙碌 / 小休 / 离线, with an optional reason. */
export interface AvailabilitySet {
  type: "availability.set"
  ref: string
  availability: "break" | "busy" | "offline" | "online"
  reason?: string
}

/** I have signed out. The socket is closed with 1000. Everything else, such as the grace period, is as after a lost connection. */
export interface Bye {
  type: "bye"
}

/** Ask for my open call-back. Answered by `callback`. */
export interface CallbackGet {
  type: "callback.get"
  ref: string
}

/** The call-backs of my groups: the open ones, and those that ended today. The list works like `conversations`. */
export interface CallbackList {
  type: "callbacks"
  version: number
  whole?: boolean
  put?: CallbackShown[]
  gone?: string[]
}

/** Report what came of the call. After the first `not_reached` it is promised for the next day; the second ends it. `do_not_call`: 不再联系. `note` is for staff, and needed with `reached`. */
export interface CallbackReport {
  type: "callback.report"
  ref: string
  id: string
  result: "do_not_call" | "not_reached" | "reached"
  note?: string
}

/** 回电: please call me at this number. `part` counts unless `day` is `soonest`; `may_name`: the hospital's name may be said to whoever answers; `body`: what it is about, in a few words; `department` and `visit` as in `offline.leave`; `consent` as in `message.post`; `asked`: the SHA-256 of the consent to the call that was shown. A second one replaces the first. Answered by `accepted` with `call_from` and `answer_by`, between which the call is promised. */
export interface CallbackRequest {
  type: "callback.request"
  ref: string
  phone: string
  day?: "soonest" | "today" | "tomorrow"
  part?: "afternoon" | "evening" | "morning"
  may_name?: boolean
  name?: string
  body?: string
  department?: string | null
  language?: "en" | "zh"
  conversation?: string | null
  consent?: ConsentSent[]
  asked?: string | null
  visit?: VisitTold | null
}

/** The visitor asked to be called, at this number (masked), between `from_at` and `due_at` (ms); both are missing if it does not open within the next weeks. */
export interface CallbackRequestedEvent {
  name: "callback_requested"
  phone: string
  from_at?: number | null
  due_at?: number | null
}

/** Ask for the complete phone number of a call-back that I have taken. Answered by `phone`. Each request is recorded, and their number per hour is limited. */
export interface CallbackReveal {
  type: "callback.reveal"
  ref: string
  id: string
}

/** 回电: a call that a visitor asked for. `phone` is masked, and empty while `lock` says why nobody may call; its owner gets the complete number by `callback.reveal`. `from_at`, `due_at`: when the call is promised (ms); `soonest`: the visitor wants it as soon as possible; `was_stopped`: an earlier one to this number ended with 不再联系; `emergency` and `level`: the kind of emergency that the topic sounds like, and how urgent. */
export interface CallbackShown {
  id: string
  site: string
  department: string
  group: string
  language: string
  asked_at: number
  from_at: number
  due_at: number
  state?: "done" | "not_reached" | "open" | "withdrawn"
  phone?: string
  soonest?: boolean
  may_name?: boolean
  name?: string
  topic?: string
  owner?: Person | null
  conversation?: string | null
  attempts?: number
  tried_at?: number | null
  ended_at?: number | null
  ended_by?: Person | null
  do_not_call?: boolean
  note?: string
  was_stopped?: boolean
  lock?: "abuse_alert" | null
  emergency?: string | null
  level?: "attention" | "critical" | null
}

/** Take this call-back: I call. */
export interface CallbackTake {
  type: "callback.take"
  ref: string
  id: string
}

/** The visitor's open call-back; without `id` there is none. `phone`: masked; `call_from`, `answer_by` (ms): when the call is promised, missing if it does not open within the next weeks. */
export interface CallbackTold {
  type: "callback"
  ref: string
  id?: string | null
  phone?: string
  call_from?: number | null
  answer_by?: number | null
}

/** The visitor does not want to be called any more. */
export interface CallbackWithdraw {
  type: "callback.withdraw"
  ref: string
  id: string
}

/** The name and version of the client program, for the logs. */
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

/** A colleague, for the transfer picker. `why_not`: why nothing can be offered to them now; `shift`: their current shift, or the next one today. */
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

/** 协助 (`help`): ask a colleague to read along and help in notes. 三方会话 (`join`): ask them to answer, too. */
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

/** Join as the second consultant, whose name the visitor sees. For colleagues who were asked to join, and for supervisors. */
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

/** Stop taking part. With `consultant`, the owner removes that colleague. */
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

/** The list of colleagues. It works like `conversations`. */
export interface ColleagueList {
  type: "colleagues"
  version: number
  whole?: boolean
  put?: Colleague[]
  gone?: string[]
}

/** The visitor left a complaint as a 留言, and is not asked to rate this conversation. */
export interface ComplaintLeftEvent {
  name: "complaint_left"
}

/** The visitor decided on one kind of consent, or staff (`by`) asked for it. */
export interface ConsentChangedEvent {
  name: "consent_changed"
  consent: "behalf" | "guardian" | "health" | "notice"
  decision: "asked" | "given" | "refused" | "withdrawn"
  version?: string | null
  sha256?: string | null
  language?: string | null
  by?: Person | null
}

/** A decision that comes with a message. `text`: the SHA-256 of what was shown. A message is never refused because of it: a text that the server does not know is ignored. */
export interface ConsentSent {
  kind: "behalf" | "health" | "notice"
  decision: "given" | "refused"
  text: string
}

/** The visitor gives, refuses or withdraws a consent. Staff mark that the visitor asks for somebody else (`behalf`) or that a guardian must agree (`guardian`), with `asked`, and take that back with `withdrawn`. `text`: the SHA-256 of what was shown; a withdrawal needs none, and staff name none. */
export interface ConsentSet {
  type: "consent.set"
  ref: string
  conversation: string
  kind: "behalf" | "guardian" | "health" | "notice"
  decision: "asked" | "given" | "refused" | "withdrawn"
  text?: string | null
}

/** The latest decision of one kind, made `at` (ms). */
export interface ConsentShown {
  kind: "behalf" | "guardian" | "health" | "notice"
  decision: "asked" | "given" | "refused" | "withdrawn"
  at: number
  version: string
}

/** A supervisor assigns a waiting conversation to a consultant. Beyond what that consultant could claim, it needs `above`; without it, it is refused with `no_room`. */
export interface ConversationAssign {
  type: "conversation.assign"
  ref: string
  conversation: string
  fence: number
  consultant: string
  above?: boolean
}

/** 接入: take a conversation from the queue. Exactly one claim succeeds; the others are refused with `offer_gone`, which names the new owner. */
export interface ConversationClaim {
  type: "conversation.claim"
  ref: string
  conversation: string
}

/** End the conversation. Visitors send neither `fence` nor `outcome`; staff send both. */
export interface ConversationClose {
  type: "conversation.close"
  ref: string
  conversation: string
  fence?: number | null
  outcome?: "answered" | "booked" | "competitor" | "contact_left" | "harassment" | "left_midway" | "not_medical" | "returning_patient" | "test" | null
}

/** A visitor who chose no department confirms one that the site offers. Nothing happens if the department is known already. */
export interface ConversationDepartment {
  type: "conversation.department"
  ref: string
  conversation: string
  department: string
}

/** Ask for the entries after `after`, and for all later ones as they come. Answered by `following`. */
export interface ConversationFollow {
  type: "conversation.follow"
  ref: string
  conversation: string
  epoch?: string
  after?: number
}

/** 优先接待: a supervisor moves a waiting conversation forward in the queue. */
export interface ConversationForward {
  type: "conversation.forward"
  ref: string
  conversation: string
}

/** The console's list of conversations. `whole`: `put` is the complete list; otherwise `put` adds or replaces rows and `gone` removes them, on top of `version - 1`. A client that holds another version sends `list.get`. */
export interface ConversationList {
  type: "conversations"
  version: number
  whole?: boolean
  put?: Row[]
  gone?: string[]
}

/** The first message of a new conversation. If the visitor has an open one, the message goes there. Without a `department`, or with one that the site no longer offers, the department is `unsure`. `consent`: what the visitor decided with it. `answered`: the ids of the quick questions that the widget answered before. `visit`: where the visitor comes from; a malformed one is ignored, and a repeat may bring a longer trail. */
export interface ConversationOpen {
  type: "conversation.open"
  ref: string
  body: string
  department?: string | null
  language?: "en" | "zh"
  consent?: ConsentSent[]
  answered?: string[]
  visit?: VisitTold | null
}

/** Rate a consultant who answered, within 24 h after the end; a second rating replaces the first. Without a `part` it is for the one who answered last. */
export interface ConversationRate {
  type: "conversation.rate"
  ref: string
  conversation: string
  stars: number
  tags?: string[]
  comment?: string
  part?: number | null
}

/** The owner gives the conversation back to the head of the queue, with a note for the next owner. */
export interface ConversationRelease {
  type: "conversation.release"
  ref: string
  conversation: string
  fence: number
  note: string
}

/** 重新打开: reopen a conversation that a deadline or staff ended, until `reopen_until` of its row. It is assigned to me at once, as by a claim. Refused with `asked_anew` when the visitor has started a new conversation since. */
export interface ConversationReopen {
  type: "conversation.reopen"
  ref: string
  conversation: string
  fence: number
}

/** My screen has shown the conversation up to and including `seq`. Not answered, not stored; sent on to my other sessions. */
export interface ConversationSeen {
  type: "conversation.seen"
  conversation: string
  seq: number
}

/** Stop following a conversation. */
export interface ConversationUnfollow {
  type: "conversation.unfollow"
  conversation: string
}

/** The visitor asked that this conversation be deleted. */
export interface DeletionRequestedEvent {
  name: "deletion_requested"
}

/** `by` recorded what became of that. */
export interface DeletionSettledEvent {
  name: "deletion_settled"
  result: "kept" | "told" | "withdrawn"
  by: Person
}

/** A visitor who was unsure confirmed the department. With a `group`, the waiting conversation moved there. */
export interface DepartmentChosenEvent {
  name: "department_chosen"
  department: string
  group?: string | null
  previous_group?: string | null
  closes_at?: number | null
}

/** Whether a department is open. `changes_at`: when that changes (none: not within the next weeks); `closing`: it closes so soon that new visitors are offered a 留言 first; `answer_by`: the latest time by which a 留言 left now is answered. `service`: a consultant is free, all are busy, nobody is there, or it is closed. */
export interface DepartmentHours {
  department: string
  open: boolean
  closing?: boolean
  changes_at?: number | null
  answer_by?: number | null
  service?: "busy" | "closed" | "free" | "nobody" | null
}

/** Correct the department, to one that the site offers. The conversation stays in its group; a transfer moves it. */
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

/** An unsent text of mine, saved `at` (ms); every change has a later `at`. */
export interface Draft {
  conversation: string
  mode: "note" | "reply"
  body: string
  at?: number
}

/** Refused, because another draft was saved since that version. `current`: the draft that is saved now. */
export interface DraftConflict {
  error: HttpRefusal
  current: Draft
}

/** Save a text over HTTP. `version`: the `at` of the saved draft that this one continues (0: none). */
export interface DraftPut {
  body: string
  version: number
}

/** Save an unsent text on the server, per conversation and mode; an empty `body` deletes it. `after`: the `at` of the saved draft that this one continues (0: none); refused when another one was saved since. Without `after`, the saved one is replaced. `turned`: the `at` of a draft of the other mode that became this one and is deleted. Answered by `accepted` with its `at`. */
export interface DraftSave {
  type: "draft.save"
  ref: string
  conversation: string
  mode: "note" | "reply"
  body: string
  after?: number | null
  turned?: number | null
}

/** Another session of mine saved a draft; with an empty `body` and no `at`: it was sent or deleted there. A client whose user is typing keeps its own text and says so. */
export interface DraftShown {
  type: "draft"
  conversation: string
  mode: "note" | "reply"
  body: string
  at?: number
}

/** Another conversation of the same visitor. `readable`: the reader may read it. */
export interface EarlierConversation {
  id: string
  started_at: number
  department: Named
  outcome?: string | null
  readable?: boolean
}

/** 误报: a supervisor marks the emergency as a false alarm. */
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

/** The visitor left a 留言 that speaks of an emergency, and is not asked to rate this conversation. */
export interface EmergencyLeftEvent {
  name: "emergency_left"
}

/** The visitor's words sound like an emergency. */
export interface EmergencyNoticedEvent {
  name: "emergency_noticed"
  emergency: string
  level?: "attention" | "critical" | null
  crowded?: boolean
}

/** Words that the hospital added to those of an emergency. They count only in the departments `only_in` (empty: in all), and never in those of `not_in`. */
export interface EmergencyWords {
  kind: "body" | "mind" | "protect"
  level: "attention" | "critical"
  words: string[]
  only_in: string[]
  not_in: string[]
}

/** Several consecutive entries of one conversation: a replay. */
export interface Entries {
  type: "entries"
  conversation: string
  epoch: string
  entries: Entry[]
}

/** One entry of a transcript. Clients apply it only when `seq` is their last one plus one; they drop a smaller one, and hold a larger one and send `history.get`. `body` for messages and notes, `event` for events, `file` for files, whose `body` is a word for clients that do not know files. */
export interface Entry {
  type: "entry"
  conversation: string
  epoch: string
  seq: number
  id: string
  kind: "event" | "file" | "message" | "note"
  at: number
  author: Author
  body?: string | null
  event?: Event | null
  file?: FileShown | null
  ref?: string | null
}

export type Event = OpenedEvent | AssignedEvent | RungEvent | RingMissedEvent | TransferOfferedEvent | TransferDeclinedEvent | TransferEndedEvent | TransferredEvent | ReturnedToQueueEvent | ReplyOverdueEvent | WentInactiveEvent | IdleWarnedEvent | ClosedEvent | ReopenedEvent | OutcomeSetEvent | RatedEvent | MovedForwardEvent | OverflowedEvent | GroupChangedEvent | DepartmentChosenEvent | DepartmentSetEvent | EmergencyNoticedEvent | EmergencyDismissedEvent | AlarmAcknowledgedEvent | NobodyAnsweredEvent | ColleagueAskedEvent | ColleagueJoinedEvent | ColleagueLeftEvent | ConsentChangedEvent | CallbackRequestedEvent | IdentifiedEvent | IdentityDoubtedEvent | ComplaintLeftEvent | EmergencyLeftEvent | DeletionRequestedEvent | DeletionSettledEvent

/** The answer to a file that was sent: its entry, the place of the entry as its sender counts, and the file. */
export interface FilePosted {
  entry: string
  seq: number
  file: FileShown
}

/** A file of an entry. Its content is at `/v1/visitor/files/{id}` or `/v1/staff/files/{id}`. `width` and `height` are in pixels, and 0 for a PDF. `intimate`: staff see it blurred until they tap it. */
export interface FileShown {
  id: string
  type: "application/pdf" | "image/jpeg" | "image/png" | "image/webp"
  name: string
  bytes: number
  width: number
  height: number
  intimate?: boolean
}

/** The answer to `conversation.follow`; the entries follow, ended by `live`. */
export interface Followed {
  type: "following"
  ref: string
  following: Following
}

/** A conversation whose entries follow. `recovered`: they complete the client's copy. When false, the client drops its copy and starts from these entries; `why` is the reason: epoch, ahead, or gap_too_big (then page backwards). */
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

/** A group, how it receives conversations, and whether I am a member. */
export interface GroupShown {
  id: string
  zh: string
  en: string
  mode: string
  mine: boolean
}

/** The last seq of one conversation, in this reader's count. */
export interface Head {
  conversation: string
  epoch: string
  head: number
}

/** The answer to `heads.get`. Conversations that the session may not read are left out. */
export interface Heads {
  type: "heads"
  ref: string
  heads: Head[]
}

/** Ask whether anything was missed, for instance after the computer slept. Answered by `heads` and the missing entries. */
export interface HeadsGet {
  type: "heads.get"
  ref: string
  at?: Position[]
}

/** The answer to `history.get`. `more`: there are more entries in that direction. */
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

/** The opening hours of the site's departments, sent when they change. */
export interface Hours {
  type: "hours"
  departments: DepartmentHours[]
}

/** Why a request was refused. `details` has the data of the code, for example `retry_ms`. */
export interface HttpRefusal {
  code: string
  retry: "later" | "no" | "same"
  details: Record<string, string | number>
}

/** The body of every refusal under `/v1/`. */
export interface HttpRefused {
  error: HttpRefusal
}

/** The hospital's own website says that the visitor has this name and this patient number. */
export interface IdentifiedEvent {
  name: "identified"
  visitor_name: string
  visitor_number: string
}

/** The hospital's own website has named somebody else during the same conversation. */
export interface IdentityDoubtedEvent {
  name: "identity_doubted"
}

/** The visitor's name and patient number, verified by the hospital's own website since `at` (ms). Without `number` the reader may see only the row. `doubted_at`: when the website named somebody else; from then on it is not certain who writes. */
export interface IdentityShown {
  name: string
  at: number
  number?: string | null
  doubted_at?: number | null
}

/** The visitor was warned that the conversation will be closed. */
export interface IdleWarnedEvent {
  name: "idle_warned"
  ends_at: number
}

/** Limits that clients keep by themselves: code points, and frames sent but not yet accepted. */
export interface Limits {
  message: number
  note: number
  unaccepted?: number
}

/** The line has ended, with the close code and the reason that a WebSocket would have. */
export interface LineEnd {
  code: number
  reason: string
}

/** Ask for a complete list again, after a gap in its versions. */
export interface ListGet {
  type: "list.get"
  ref: string
  list: "callbacks" | "colleagues" | "conversations" | "offline"
}

/** The replay of this conversation ends at `seq`; what follows is new. */
export interface Live {
  type: "live"
  conversation: string
  epoch: string
  seq: number
}

/** The process runs. */
export interface Liveness {
  live?: boolean
}

/** The ten digits, which are sent only here. `ends_at`: until when they open the answer (ms). */
export interface LookupCodeMade {
  code: string
  ends_at: number
}

/** Ask for a 查询码: for the 留言 that was left under `offline`, or for a `conversation`. `proof`: four digits of the visitor's own choice, which are needed unless the 留言 has a phone number. */
export interface LookupCodeStart {
  offline?: string | null
  conversation?: string | null
  proof?: string
}

/** My account and my state. `availability` may be `paused`, which the system sets after missed rings. `reason`: the reason given for it; `shift`: my current shift, or the next one today. */
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

/** My state, after any change to it. */
export interface MeChanged {
  type: "me"
  me: Me
}

/** Send a message. Answered by `accepted` after it is stored. Staff give the `fence` they last saw, and in `draft` the `at` of the draft that the message was: that draft is deleted in the same transaction, and if it has changed since, the message is refused. A visitor's may bring decisions on `consent`. */
export interface MessagePost {
  type: "message.post"
  ref: string
  conversation: string
  body: string
  fence?: number | null
  draft?: number | null
  consent?: ConsentSent[]
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

/** Write an internal note, which the visitor never sees. `draft` as in `message.post`. */
export interface NotePost {
  type: "note.post"
  ref: string
  conversation: string
  body: string
  draft?: number | null
}

/** The site's privacy notice. `text_zh` and `text_en`: the SHA-256 of each text, which an agreement names. `address`: of the campus, for visitors who refuse; `health_words`: the site's own, beside the built-in ones. */
export interface NoticeShown {
  version: string
  zh: string
  en: string
  text_zh: string
  text_en: string
  link?: string
  address?: string
  health_words?: string[]
}

/** Accept an offer to me: a ring or a transfer. */
export interface OfferAccept {
  type: "offer.accept"
  ref: string
  conversation: string
  offer: string
}

/** Decline an offer. Declining a transfer needs a `reason`. */
export interface OfferDecline {
  type: "offer.decline"
  ref: string
  conversation: string
  offer: string
  reason?: string
}

/** An open offer on a row. `mine`: it is addressed to me, or to a group of mine and I have not declined it. */
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

/** Withdraw my transfer offer. */
export interface OfferWithdraw {
  type: "offer.withdraw"
  ref: string
  conversation: string
  offer: string
}

/** 留言: leave a message that is answered later. With `conversation` it is linked to that one, which ends if it is still waiting. `department` as in `conversation.open`; `consent` as in `message.post`; `visit` as in `conversation.open`, kept if there is no conversation. Answered by `accepted` with `answer_by`. */
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
  consent?: ConsentSent[]
  visit?: VisitTold | null
}

/** The 留言 of my groups: the open ones, and those settled today. The list works like `conversations`. */
export interface OfflineList {
  type: "offline"
  version: number
  whole?: boolean
  put?: OfflineShown[]
  gone?: string[]
}

/** Ask for the complete phone number of a 留言 that I have taken. Answered by `phone`. Each request is recorded, and their number per hour is limited. */
export interface OfflineReveal {
  type: "offline.reveal"
  ref: string
  id: string
}

/** Mark a 留言 as done, with its result and a note for staff. `answer`: what the visitor reads with the 查询码. */
export interface OfflineSettle {
  type: "offline.settle"
  ref: string
  id: string
  result: "answered" | "nothing_to_do" | "unreachable"
  note: string
  answer?: string
}

/** 留言: a message that a visitor left. `phone` is masked; its owner gets the complete number by `offline.reveal`. `due_at`: when it should be answered (ms). `emergency` and `level`: the kind of emergency its words sound like, and how urgent; `crowded`: many emergencies came from one address. */
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
  answer?: string
}

/** Take this 留言: I answer it. */
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
  answered?: QuickAnswer[]
}

/** Record how a conversation ended, or correct that. Possible for its last owner and for supervisors, for 7 days. */
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

/** A page of the site that the visitor opened `at` (ms). */
export interface PageSeen {
  page: string
  at: number
  title?: string
}

/** A colleague beside the owner: reading along (`help`), asked to join, or joined. `note`: why they were asked. */
export interface ParticipantShown {
  person: Person
  asked_for: "help" | "join"
  joined?: boolean
  note?: string
}

/** A consultant. `id` is sent to staff only; `part` after the end, to say whom a rating is for. */
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

/** How far a client has read one conversation: every entry up to and including `after`, under `epoch`. */
export interface Position {
  conversation: string
  epoch: string
  after: number
}

/** A quick question was tapped, and answered by the client itself. Not answered; it is counted, without saying who tapped it. Sent too often it is dropped. */
export interface QuestionTap {
  type: "question.tap"
  question: string
}

/** A question that was answered automatically before the first message. `automatic` is always true: nobody wrote the answer, and it counts as no reply. */
export interface QuickAnswer {
  kind: "address" | "hours" | "other" | "price" | "registration"
  question: string
  answer: string
  automatic?: boolean
}

/** A question that the widget offers before the first message. It shows the answer at once, as an automatic reply. A question of the kind `other` has none: its words are put into the box to write in. */
export interface QuickQuestion {
  id: string
  kind: "address" | "hours" | "other" | "price" | "registration"
  question_zh: string
  question_en: string
  answer_zh?: string
  answer_en?: string
}

/** A consultant who answered and can be rated until `until` (ms), as `part`. `stars`: the rating given so far. */
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

/** Whether the node can serve. If not, `why` is the reason in one word, and clients wait `retry_ms` before they ask again. */
export interface Readiness {
  ready: boolean
  why?: string | null
  retry_ms?: number | null
}

/** Refused; nothing was stored. `ref` is missing when the frame had no readable one. */
export interface Refused {
  type: "refused"
  code: string
  retry: "later" | "no" | "same"
  ref?: string | null
  retry_ms?: number | null
  details?: Record<string, string | number>
}

/** The region of the visitor's address, by the data of the day `data_date` (YYYY-MM-DD). */
export interface RegionShown {
  province: string
  city?: string
  data_date?: string
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

/** One conversation in the console's list. `label` names the visitor (访客 and four characters); `unanswered_since`: when the first message came that nobody has answered (ms); `head`: its last seq; `rank_at`: of the waiting rows of a group, the one with the smallest value is next, then by `id`; `emergency` and `level`: the kind and level of a noticed emergency; `crowded`: many emergencies came from one address, so this one has no priority. `supervisor_alarmed`: whether a connected supervisor sees its alarm (none: there is no alarm); `acknowledged_by` and `acknowledged_at` (ms): who has acknowledged it. After the end, `closed_by`: visitor, consultant or system; `outcome`: the recorded outcome; `reopen_until`: until when staff may reopen it (ms). `consent`: the visitor's consent to the notice and to the use of health data; without it, nothing was recorded. `behalf`, `guardian`: where the visitor asks for somebody else, or a guardian must agree. `locked`: why health data and files are locked. `identity`: who the visitor is, if the hospital's own website has signed it. */
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
  consent?: "agreed" | "not_asked" | "refused" | "withdrawn" | null
  behalf?: "asked" | "given" | "refused" | "withdrawn" | null
  guardian?: "asked" | "given" | "refused" | "withdrawn" | null
  locked?: "guardian_refused" | "health_refused" | "health_withdrawn" | "notice_withdrawn" | null
  identity?: IdentityShown | null
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

/** Another session of mine has shown the conversation up to and including `seq`, so it is no longer unread here. */
export interface Seen {
  type: "seen"
  conversation: string
  seq: number
}

/** Refused, because somebody else changed the setting since that version. `current`: what holds now. */
export interface SettingConflict {
  error: HttpRefusal
  current: SettingShown
}

/** Change a setting. `version`: the one that this change continues (0: nobody has changed it yet). `value`: its fields; a field that is missing gets its default. */
export interface SettingPut {
  version: number
  value: Record<string, string | number>
}

/** A version of a setting: what it holds, when (ms) it was made, and by whom; 0 and empty for the defaults. */
export interface SettingShown {
  name: string
  version: number
  value: Record<string, string | number>
  at: number
  actor: string
}

/** 签到: check in for my shift, from five minutes before it begins. This also sets me to 在线. */
export interface ShiftCheckIn {
  type: "shift.check_in"
  ref: string
}

/** 班次: a shift; all times in ms. `check_in_from`: when 签到 opens; `receives_from`: when new conversations arrive. */
export interface ShiftShown {
  name: string
  starts_at: number
  ends_at: number
  check_in_from: number
  receives_from: number
  checked_in_at?: number | null
}

/** How often each thing happened since the last report: the chat's button was `shown`, the chat was `opened`, an invitation was shown (`invited`) and `accepted`. */
export interface SiteCounted {
  shown?: number
  opened?: number
  invited?: number
  accepted?: number
}

/** Counters of a page, without anything that identifies the visitor. `page`: its path; `referrer`: the host of the website that led to the site; `parameters`: those of the landing page that are on the list, without keywords. */
export interface SiteCountsPost {
  site: string
  page: string
  counts: SiteCounted
  referrer?: string
  parameters?: Record<string, string>
}

/** What the widget needs to know of its site: departments and groups by name, the campus's phone numbers, and the quick questions. */
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
  questions?: QuickQuestion[]
}

/** The words of an emergency, and for each department of the site the words that suggest it. */
export interface SiteWords {
  emergency: EmergencyWords[]
  departments: Record<string, string[]>
}

/** A skill and its level, 1 to 5. */
export interface SkillShown {
  id: string
  level: number
}

/** When the waiting clock changes its colour (ms): first reply and follow-up, each amber, red, alarm. `above_capacity`: how many conversations beyond the capacity one may claim. */
export interface StaffClocks {
  first: [number, number, number]
  follow_up: [number, number, number]
  ring_ms: number
  transfer_ms: number
  above_capacity: number
}

export type StaffFrame = StaffHello | ConversationFollow | ConversationUnfollow | ConversationClaim | ConversationReopen | OutcomeSet | MessagePost | NotePost | TransferOffer | OfferAccept | OfferDecline | OfferWithdraw | ConversationClose | AvailabilitySet | ConversationAssign | ConversationForward | ConversationRelease | ColleagueAsk | ColleagueJoin | ColleagueLeave | DepartmentSet | ConsentSet | EmergencyDismiss | AlarmAcknowledge | ShiftCheckIn | OfflineTake | OfflineSettle | OfflineReveal | CallbackTake | CallbackReport | CallbackReveal | DraftSave | ListGet | HistoryGet | HeadsGet | Typing | ConversationSeen | Pong | Bye

/** The first frame, within 5 s. The session cookie of the upgrade says who it is. `instance` as for visitors. */
export interface StaffHello {
  type: "hello"
  version: number
  client: Client
  resume?: Position[]
  instance?: string | null
}

export type StaffServerFrame = StaffWelcome | Followed | Unfollowed | ConversationList | ColleagueList | OfflineList | CallbackList | PhoneShown | Alarms | MeChanged | DraftShown | Accepted | Refused | Entry | Entries | Live | History | Heads | TypingShown | Seen | Ping

/** The answer to a staff `hello`. All lists (`conversations`, `colleagues`, `offline`) follow completely, then the resumed conversations. `takes_seen` as for visitors. */
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

/** The status of the visitor's conversation. While it waits, `ahead`: how many are before it in the queue; `wait_ms`: the estimated wait, if there is a reliable estimate; `service`: a consultant is free, all are busy, nobody is here, or it is closed (`nobody` says the third, for older clients). `rose`: the place in the queue has just become worse, and why. `message_offered`: the wait is so long that a 留言 is offered first. `joined`: who answers beside `served_by`. After the end, `served_by` is the consultant who answered last; `rating_until` (ms) is present when the visitor is asked to rate them or did (`stars`); `rateable`: everybody who can be rated, that consultant last; `reopen_until` (ms): how long a message reopens it. `consents`: what the visitor agreed to, refused or withdrew, and what staff ask for. */
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
  consents?: ConsentShown[]
}

/** How the visitor came to the site `at` (ms, by the visitor's clock): the `page` they landed on, the `referrer`, and the parameters of the address that are on the list. The server drops the others. */
export interface Touch {
  at: number
  page: string
  title?: string
  referrer?: string
  parameters?: Record<string, string>
}

/** How the visitor came, for staff. `referrer`: the host of the website that led here; `keyword`: what the visitor searched for, or the keyword that was bid on; `entry`: the name of the button or link by which they came (`e=`). */
export interface TouchShown {
  at: number
  source: Named
  page: string
  title?: string
  referrer?: string
  keyword?: string
  entry?: string
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

/** 转接: offer the conversation to a colleague or a group (exactly one of the two), with a note that says why. */
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

/** I have started or stopped typing. The text itself is not sent. Not answered, not stored. */
export interface Typing {
  type: "typing"
  conversation: string
  on: boolean
}

/** The other side has started or stopped typing. Clients drop it by themselves after 6 s. */
export interface TypingShown {
  type: "typing"
  conversation: string
  on: boolean
  by?: Person | null
}

/** The session may no longer read the conversation; `last` is the seq of the last entry that was sent. If it may again on this connection, the entries continue from there, ended by `live`. `why`: closed; given (it has another owner); queued (it waits again); left (the reader no longer takes part); not_found (named in `resume`, but not readable). */
export interface Unfollowed {
  type: "unfollowed"
  conversation: string
  why: "closed" | "given" | "left" | "not_found" | "queued"
  last?: number
}

/** The visitor opened another page of the site during the conversation. Not answered; sent too often it is dropped. */
export interface VisitPage {
  type: "visit.page"
  conversation: string
  page: string
  title?: string
}

/** Where the visitor of a conversation, a 留言 or a call-back came from; `conversation` is empty for the latter two. Without `first`, the page reported nothing. `visits`: how many conversations this visitor has had, with this one; `earlier`: the latest of the others, newest first. `locked`: pages and keywords are left out, because the visitor has refused or withdrawn consent. */
export interface VisitShown {
  conversation: string
  visits?: number
  first?: TouchShown | null
  last?: TouchShown | null
  pages?: PageSeen[]
  device?: "desktop" | "phone" | "tablet" | null
  region?: RegionShown | null
  earlier?: EarlierConversation[]
  locked?: boolean
}

/** What the hospital's page kept about the visit until the first message. `first`: how the visitor came; `last`: how they came again later in the same visit; `pages`: the trail, oldest first. As UTF-8 it takes at most 8 KiB; a client leaves out the oldest pages until the whole frame fits into its 16 KiB. */
export interface VisitTold {
  first: Touch
  device: "desktop" | "phone" | "tablet"
  last?: Touch | null
  pages?: PageSeen[]
}

export type VisitorFrame = VisitorHello | ConversationOpen | OfflineLeave | CallbackRequest | CallbackWithdraw | CallbackGet | MessagePost | ConversationClose | ConversationDepartment | ConversationRate | ConsentSet | HistoryGet | HeadsGet | Typing | ConversationSeen | VisitPage | QuestionTap | VisitorIdentify | Pong | Bye

/** The first frame, within 5 s. `resume`: the client's position in each conversation that it holds. `rating`: if the visitor ended the conversation, and the token with it, connect nevertheless, only to rate. `instance`: a random id of the loaded page, the same for all its connections. `notice`: this client can show a privacy notice, so the `welcome` brings it. */
export interface VisitorHello {
  type: "hello"
  version: number
  token: string
  client: Client
  resume?: Position[]
  rating?: boolean
  instance?: string | null
  notice?: boolean
}

/** The hospital's own website says who its visitor is. `token`: a JWT of at most 2,048 characters that it has signed. Staff see the name and the patient number from then on; it opens no earlier conversation and gives no right. */
export interface VisitorIdentify {
  type: "visitor.identify"
  ref: string
  conversation: string
  token: string
}

/** One request of a line. `got`: how many of the server's frames the client has received on this line. `at`: how many frames the client had sent before `texts`, each of which is a frame as it would be sent over a WebSocket; those that the server has taken already are skipped. */
export interface VisitorPoll {
  got: number
  at: number
  texts: string[]
}

/** The answer. `taken`: how many of the client's frames the server has taken. `texts`: the server's frames after the first `got`. After `end` the client opens a new line or stops, as the close code says. */
export interface VisitorPolled {
  taken: number
  texts: string[]
  end?: LineEnd | null
}

export type VisitorServerFrame = VisitorWelcome | Standing | Hours | CallbackTold | Accepted | Refused | Entry | Entries | Live | History | Heads | TypingShown | Seen | Ping

/** Ask for a token for a new visitor of a site. `touch`: this is a phone, which belongs to one person; a desktop, a tablet or a kiosk may be anybody's. `own`: the visitor has said that this device is their own. */
export interface VisitorSessionStart {
  site: string
  language: "en" | "zh"
  touch: boolean
  own?: boolean
}

/** The token, which is sent only here. `ends_at`: when it ends if nothing happens (ms). */
export interface VisitorSessionStarted {
  token: string
  ends_at: number
}

/** The answer to a visitor's `hello`. `standing`: the latest conversation, if there is one; its entries follow, ended by `live`. `ends_at`: when the token expires without activity. `takes_seen`: this server knows `conversation.seen`; earlier ones refuse it. `rating`: the visitor ended the conversation, and the token with it; until `ends_at` only a rating is accepted, and nothing is sent. `notice`: the site's privacy notice. */
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
  notice?: NoticeShown | null
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
