// The text box. It says to whom the text goes, keeps one text for each mode, and sends with Enter only when no input
// method is composing, in the mode that is on the screen. When nothing can be sent any more, the text stays with the
// reason.

import { Lock, Pencil, Send, Users } from "lucide";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Row } from "../../../../widget/src/shared/frames";
import { asSent, length } from "../../../../widget/src/shared/messageText";
import { Icon } from "../../shared/Icon";
import { t, visitorName } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { rights } from "../desk/conversationActions";
import type { Desk } from "../desk/desk";
import { AttachButton, fileHandlers } from "../files/AttachButton";
import { UploadStrip } from "../files/UploadStrip";
import { stripe } from "../list/stripes";
import { WaitClock } from "../list/WaitClock";
import { together } from "../thread/helpActions";
import { ComposerHints } from "./ComposerHints";
import { draftOf, heldDraft, type Mode, typed } from "./drafts";
import { mayTurn } from "./modeSync";
import { send } from "./sending";

/** Use the row's id as `key`, so that each conversation has a box of its own. */
export function Composer({ row }: { row: Row }) {
  const desk = useDesk();
  const mode = desk.modeOf(row.id);
  const open = rights(desk, row)[mode];
  const changes = heldDraft(desk.drafts.value, row.id, mode)?.changes ?? 0;
  const number = desk.numbers.value.get(row.id);
  return (
    <form
      class={`composer is-${mode}${open ? "" : " is-shut"} ${stripe(number)}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (open) send(desk, row.id, mode, { changes });
      }}
      {...(mode === "reply" && open ? fileHandlers(desk, row) : {})}
    >
      <div class="composer-head">
        <ModeSwitch row={row} shown={mode} />
        <span class="composer-to">
          {mode === "note" ? t("console.note.hidden") : t("console.reply.to", { visitor: visitorName(row) })}
        </span>
        {mode === "reply" && <Together row={row} />}
        <WaitClock row={row} />
      </div>
      <ComposerHints row={row} mode={mode} open={open} />
      <UploadStrip row={row} open={mode === "reply" && open} />
      <Input key={mode} row={row} mode={mode} open={open} changes={changes} />
    </form>
  );
}

/** Tells the writer who else answers in this conversation. */
function Together({ row }: { row: Row }) {
  const names = together(useDesk(), row);
  if (names.length === 0) return null;
  return (
    <span class="composer-together">
      <Icon of={Users} small />
      {t("console.together", { names: names.join(t("console.and")) })}
    </span>
  );
}

function ModeSwitch({ row, shown }: { row: Row; shown: Mode }) {
  return (
    <fieldset class="modes">
      <legend class="unseen">{t("console.mode")}</legend>
      <ModeButton row={row} mode="reply" shown={shown} />
      <ModeButton row={row} mode="note" shown={shown} />
    </fieldset>
  );
}

function ModeButton({ row, mode, shown }: { row: Row; mode: Mode; shown: Mode }) {
  const desk = useDesk();
  const may = rights(desk, row);
  const waits = mode !== shown && draftOf(desk.drafts.value, row.id, mode).trim() !== "";
  const why = t(may.join ? "console.reply.join_first" : "console.reply.owner_only");
  return (
    <button
      type="button"
      class={mode === "note" ? "is-note" : undefined}
      aria-pressed={mode === shown}
      disabled={!mayTurn(desk, row, mode)}
      title={mode === "reply" && !may.reply ? why : undefined}
      onClick={() => desk.setMode(row.id, mode)}
    >
      {mode === "note" && <Icon of={Lock} small />}
      {t(mode === "note" ? "console.note" : "console.reply")}
      {waits && (
        <>
          <Icon of={Pencil} small />
          <span class="unseen">{t("console.row.draft")}</span>
        </>
      )}
    </button>
  );
}

interface InputProps {
  row: Row;
  mode: Mode;
  open: boolean;
  /** How often other windows had changed the draft when the box was drawn. */
  changes: number;
}

function Input({ row, mode, open, changes }: InputProps) {
  const desk = useDesk();
  const area = useRef<HTMLTextAreaElement>(null);
  const body = draftOf(desk.drafts.value, row.id, mode);
  const limits = desk.state.value.welcome?.limits;
  const limit = (mode === "note" ? limits?.note : limits?.message) ?? 1000;
  const count = length(asSent(body));
  const fits = open && count > 0 && count <= limit;
  useLayoutEffect(() => {
    if (desk.boxCalled === row.id) takeFocus(desk, row, area.current);
    return () => leave(true);
  }, []);
  useEffect(() => grow(area.current), [body]);
  /** The box is not left when the whole window loses the focus: the person continues where the caret is. */
  function leave(gone: boolean): void {
    const stays = !gone && document.activeElement === area.current;
    if (desk.inBox.peek() === row.id && !stays) desk.inBox.value = null;
  }
  return (
    <>
      <textarea
        ref={area}
        rows={2}
        value={body}
        aria-label={t(mode === "note" ? "console.note.label" : "console.reply.to", {
          visitor: visitorName(row),
        })}
        placeholder={t(mode === "note" ? "console.note.placeholder" : "console.reply.placeholder")}
        onFocus={() => {
          desk.inBox.value = row.id;
        }}
        onBlur={() => leave(false)}
        onInput={(event) => {
          desk.drafts.value = typed(desk.drafts.value, row.id, mode, event.currentTarget.value);
          desk.wrote(row.id, mode, open && event.currentTarget.value !== "");
        }}
        onKeyDown={(event) => {
          if (!sends(event)) return;
          event.preventDefault();
          if (fits) send(desk, row.id, mode, { changes });
        }}
      />
      <div class="composer-foot">
        {mode === "reply" && open && <AttachButton row={row} />}
        <span class="composer-keys">
          {open && t(mode === "note" ? "console.composer.note_keys" : "console.composer.keys")}
        </span>
        <span class={`composer-count figures${count > limit ? " is-over" : ""}`}>
          {t("console.composer.count", { count, limit })}
        </span>
        <button type="submit" class="button is-primary" disabled={!fits}>
          <Icon of={mode === "note" ? Lock : Send} small />
          {t(mode === "note" ? "console.note.send" : "console.send")}
        </button>
      </div>
    </>
  );
}

/**
 * Whether the key sends: Enter, but not an Enter that chooses a word in an input method (229: old Chromium and Safari).
 */
export function sends(event: KeyboardEvent): boolean {
  const composing = event.isComposing || event.keyCode === 229;
  return event.key === "Enter" && !event.shiftKey && !event.altKey && !composing;
}

/** Focuses the box, unless something is being written elsewhere: text meant for a dialog must not get into this box. */
function takeFocus(desk: Desk, row: Row, area: HTMLTextAreaElement | null): void {
  desk.boxCalled = null;
  const at = document.activeElement;
  const busy = at?.matches("input, textarea, select") || at?.closest("[role='dialog']");
  // On a touch screen the keyboard would cover the conversation that was opened to be read.
  const fine = window.matchMedia("(pointer: fine)").matches;
  const chosen = desk.stances.peek().get(row.id)?.chosen ?? false;
  if (fine && !busy && (chosen || row.state === "active")) area?.focus();
}

function grow(area: HTMLTextAreaElement | null): void {
  if (area === null) return;
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 160)}px`;
}
