// The composer: says to whom it goes and in which mode, keeps one text for each, and sends with Enter only when no
// input method is at work.

import { Lock, Send, Users } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import type { Row } from "../../../widget/src/link/frames";
import { asSent, length } from "../../../widget/src/link/words";
import { useConsole } from "./context";
import { draftOf, type Mode, typed } from "./drafts";
import { rights } from "./giving";
import { together } from "./helping";
import { Icon } from "./Icon";
import { send } from "./sending";
import { stripe } from "./stripes";
import { t, visitorName } from "./texts";
import { WaitClock } from "./WaitClock";

export function Composer({ row }: { row: Row }) {
  const console = useConsole();
  const may = rights(console, row);
  const mode = console.modeOf(row.id);
  const number = console.numbers.value.get(row.id);
  return (
    <form
      class={`composer is-${mode} ${stripe(number)}`}
      onSubmit={(event) => {
        event.preventDefault();
        send(console, row.id);
      }}
    >
      <div class="composer-head">
        <ModeSwitch row={row} mode={mode} mayReply={may.reply} mayJoin={may.join} />
        <span class="composer-to">
          {mode === "note" ? t("console.note.hidden") : t("console.reply.to", { visitor: visitorName(row) })}
        </span>
        {mode === "reply" && <Together row={row} />}
        <WaitClock row={row} />
      </div>
      {mode === "reply" && !row.visitor_here && <p class="composer-hint">{t("console.visitor_left")}</p>}
      <Input key={`${row.id}/${mode}`} row={row} mode={mode} />
    </form>
  );
}

/** Nobody answers beside a colleague without knowing it. */
function Together({ row }: { row: Row }) {
  const names = together(useConsole(), row);
  if (names.length === 0) return null;
  return (
    <span class="composer-together">
      <Icon of={Users} small />
      {t("console.together", { names: names.join(t("console.and")) })}
    </span>
  );
}

interface SwitchProps {
  row: Row;
  mode: Mode;
  mayReply: boolean;
  mayJoin: boolean;
}

function ModeSwitch({ row, mode, mayReply, mayJoin }: SwitchProps) {
  const console = useConsole();
  const choose = (chosen: Mode) => () => console.setMode(row.id, chosen);
  return (
    <fieldset class="modes">
      <legend class="unseen">{t("console.mode")}</legend>
      <button
        type="button"
        aria-pressed={mode === "reply"}
        disabled={!mayReply}
        title={mayReply ? undefined : t(mayJoin ? "console.reply.join_first" : "console.reply.owner_only")}
        onClick={choose("reply")}
      >
        {t("console.reply")}
      </button>
      <button type="button" class="is-note" aria-pressed={mode === "note"} onClick={choose("note")}>
        <Icon of={Lock} small />
        {t("console.note")}
      </button>
    </fieldset>
  );
}

function Input({ row, mode }: { row: Row; mode: Mode }) {
  const console = useConsole();
  const area = useRef<HTMLTextAreaElement>(null);
  const body = draftOf(console.drafts.value, row.id, mode);
  const limits = console.desk.value.welcome?.limits;
  const limit = (mode === "note" ? limits?.note : limits?.message) ?? 1000;
  const count = length(asSent(body));
  // A finger that opens a conversation wants to read; the keyboard would cover it.
  useEffect(() => {
    const fine = window.matchMedia("(pointer: fine)").matches;
    if (fine && row.state === "active") area.current?.focus();
  }, []);
  useEffect(() => grow(area.current), [body]);
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
        onInput={(event) => {
          console.drafts.value = typed(console.drafts.value, row.id, mode, event.currentTarget.value);
          console.wrote(row.id, mode, event.currentTarget.value !== "");
        }}
        onKeyDown={(event) => {
          if (!sends(event)) return;
          event.preventDefault();
          if (count > 0 && count <= limit) send(console, row.id);
        }}
      />
      <div class="composer-foot">
        <span class="composer-keys">
          {t(mode === "note" ? "console.composer.note_keys" : "console.composer.keys")}
        </span>
        <span class={`composer-count figures${count > limit ? " is-over" : ""}`}>
          {t("console.composer.count", { count, limit })}
        </span>
        <button type="submit" class="button is-primary" disabled={count === 0 || count > limit}>
          <Icon of={mode === "note" ? Lock : Send} small />
          {t(mode === "note" ? "console.note.send" : "console.send")}
        </button>
      </div>
    </>
  );
}

/** Enter, but never the Enter that chooses a word in an input method (229: old Chromium and Safari). */
export function sends(event: KeyboardEvent): boolean {
  const composing = event.isComposing || event.keyCode === 229;
  return event.key === "Enter" && !event.shiftKey && !event.altKey && !composing;
}

function grow(area: HTMLTextAreaElement | null): void {
  if (area === null) return;
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 160)}px`;
}
