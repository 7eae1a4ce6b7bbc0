// The form of a 留言: the subject, the text, and optionally a name and a phone number. Nothing in it is lost: the text is
// the chat's draft, and the other fields are kept beside it until the server has accepted them.

import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { NoticeShown } from "../../shared/frames";
import { asSent, length } from "../../shared/messageText";
import { Clauses } from "../Clauses";
import type { Failure } from "../chat/state";
import { NoticeLine } from "../consent/NoticeLine";
import { useReached } from "../hooks";
import { Icon } from "../Icon";
import { type Texts, useTexts } from "../texts";
import type { Fields, Kind } from "./fields";
import type { OfflineMessage } from "./offlineMessage";

const KINDS: Kind[] = ["question", "suggestion", "complaint"];
/** The same limits as the server's. */
const NAME_LENGTH = 40;
const PHONE_LENGTH = 20;
const FEWEST_DIGITS = 5;
/** After this long "sending" changes to "not sent, retrying", as for a message. */
const RETRYING_MS = 3_000;

interface OfflineFormProps {
  offlineMessage: Pick<OfflineMessage, "fields" | "sent" | "failure">;
  text: string;
  limit: number;
  box: RefObject<HTMLTextAreaElement | null>;
  /** Why a 留言 is offered now, in a sentence. */
  why: string;
  /** By when it will be answered, in words; empty when that is not stated. */
  answerBy: string;
  phone: string;
  troubled: boolean;
  /** The label of the way back to the chat; null when there is none. */
  back: string | null;
  /** Going back is better, because somebody answers there. */
  served: boolean;
  /** The form takes the focus when a button opened it. */
  focused: boolean;
  /** Sending agrees to it. Null where the server has none. */
  notice: NoticeShown | null;
  /** It is not sent as it is, so nothing is agreed to. */
  stays: boolean;
  onText(text: string): void;
  onFields(by: Partial<Fields>): void;
  onBack(): void;
  onSend(): void;
  /** The visitor would rather be called. */
  onCall(): void;
  /** What stands above the button and takes the place of the notice. */
  children?: ComponentChildren;
}

type Fault = "empty" | "long" | "phone";

/** The fields of a 留言, with what is wrong in them. */
export function OfflineForm(props: OfflineFormProps) {
  const {
    offlineMessage,
    text,
    limit,
    box,
    why,
    answerBy,
    back,
    served,
    focused,
    notice,
    stays,
    onText,
    onFields,
    onBack,
    onSend,
    onCall,
    children,
  } = props;
  const { t } = useTexts();
  const { fields, sent, failure } = offlineMessage;
  const [tried, setTried] = useState(false);
  const phoneBox = useRef<HTMLInputElement>(null);
  const busy = sent !== null;
  const over = length(asSent(text)) - limit;
  const faults = faultsIn(text, over, fields.phone);
  const shown = (fault: Fault) => (tried || fault === "long") && faults.includes(fault);
  useEffect(() => {
    if (focused) box.current?.focus();
  }, []);
  const submit = () => {
    setTried(true);
    if (faults.length === 0) onSend();
    else (faults[0] === "phone" ? phoneBox : box).current?.focus();
  };
  const phoneWrong = shown("phone") ? t("leave.phoneWrong") : refusedPhone(failure, t);
  useEffect(() => {
    if (failure?.code === "phone_invalid") phoneBox.current?.focus();
  }, [failure]);
  const wrong = shown("empty") ? t("leave.empty") : shown("long") ? t("leave.tooLong", { n: over }) : "";
  return (
    <form
      class="leave"
      aria-labelledby="leave-title"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) submit();
      }}
    >
      <div>
        <h2 id="leave-title">{t("leave.title")}</h2>
        {why !== "" && <p class={served ? "leave-why leave-served" : "leave-why"}>{why}</p>}
      </div>
      {!busy && (
        <button type="button" class="button" onClick={onCall}>
          {t("call.instead")}
        </button>
      )}
      <Kinds chosen={fields.kind} busy={busy} onChoose={(kind) => onFields({ kind })} />
      <Field id="leave-text" label={t("leave.text")} wrong={wrong}>
        <textarea
          id="leave-text"
          ref={box}
          rows={4}
          value={text}
          readOnly={busy}
          aria-required="true"
          aria-invalid={wrong !== ""}
          aria-describedby={wrong === "" ? undefined : "leave-text-wrong"}
          onInput={(event) => onText(event.currentTarget.value)}
        />
      </Field>
      <Field id="leave-name" label={t("leave.name")} wrong="">
        <input
          id="leave-name"
          maxLength={NAME_LENGTH}
          autocomplete="name"
          value={fields.name}
          readOnly={busy}
          onInput={(event) => onFields({ name: event.currentTarget.value })}
        />
      </Field>
      <Field id="leave-phone" label={t("leave.phone")} hint={t("leave.phoneWhy")} wrong={phoneWrong}>
        <input
          id="leave-phone"
          type="tel"
          ref={phoneBox}
          maxLength={PHONE_LENGTH}
          autocomplete="tel"
          value={fields.phone}
          readOnly={busy}
          aria-invalid={phoneWrong !== ""}
          aria-describedby={phoneWrong !== "" ? "leave-phone-hint leave-phone-wrong" : "leave-phone-hint"}
          onInput={(event) => onFields({ phone: event.currentTarget.value })}
        />
      </Field>
      {failure && failure.code !== "phone_invalid" && <Refused failure={failure} phone={props.phone} />}
      <div class="leave-foot">
        {children || (notice && <NoticeLine notice={notice} />)}
        {sent ? (
          <OnItsWay at={sent.at} troubled={props.troubled} />
        ) : (
          phoneWrong === "" && (
            <p class="hint">
              <Clauses text={reached(fields.phone, answerBy, props.phone, t)} />
            </p>
          )
        )}
        <div class="leave-actions">
          {back !== null && !busy && (
            <button type="button" class={served ? "button button-primary" : "button"} onClick={onBack}>
              {back}
            </button>
          )}
          <button type="submit" class={served ? "button" : "button button-primary"} aria-disabled={busy}>
            {t(notice && !stays ? "leave.agree" : "leave.send")}
          </button>
        </div>
      </div>
    </form>
  );
}

function Kinds({ chosen, busy, onChoose }: { chosen: Kind; busy: boolean; onChoose(kind: Kind): void }) {
  const { t } = useTexts();
  return (
    <fieldset class="kinds" disabled={busy}>
      <legend>{t("leave.kind")}</legend>
      <div class="chips">
        {KINDS.map((kind) => (
          <label key={kind} class="chip">
            <input type="radio" name="kind" checked={kind === chosen} onChange={() => onChoose(kind)} />
            <span>{t(`leave.kind.${kind}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface FieldProps {
  id: string;
  label: string;
  hint?: string;
  /** What is wrong with it, and what to do. */
  wrong: string;
  children: ComponentChildren;
}

function Field({ id, label, hint, wrong, children }: FieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children}
      {wrong !== "" && (
        <p class="missing" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

/** Why the server refused the phone number; empty when it did not. */
function refusedPhone(failure: Failure | null, t: Texts["t"]): string {
  if (failure?.code !== "phone_invalid") return "";
  return t(failure.details.why === "kind" ? "leave.phoneKind" : "leave.phoneWrong");
}

/** One true sentence: by when somebody calls, or that nobody can call without a number. */
function reached(phone: string, answerBy: string, hospital: string, t: Texts["t"]): string {
  if (asSent(phone) !== "")
    return answerBy === "" ? t("leave.callSoon") : t("leave.callBy", { when: answerBy });
  return hospital === "" ? t("leave.noPhonePlain") : t("leave.noPhone", { phone: hospital });
}

const EXPLAINED = new Set(["rate_limited", "text_invalid", "too_large"]);

function Refused({ failure: { code }, phone }: { failure: Failure; phone: string }) {
  const { t } = useTexts();
  const why = `leave.failed.${EXPLAINED.has(code) ? code : "other"}`;
  return (
    <p class="missing" role="alert">
      <Icon name="alert" size={14} /> <Clauses text={t(why, { phone })} />
    </p>
  );
}

function OnItsWay({ at, troubled }: { at: number; troubled: boolean }) {
  const { t } = useTexts();
  const late = useReached(at + RETRYING_MS) || troubled;
  return (
    <p class={late ? "status status-retrying" : "status"} role="status">
      <Icon name={late ? "retry" : "clock"} size={14} />
      {t(late ? "leave.retrying" : "status.sending")}
    </p>
  );
}

/** The faults, in the order of the fields on the screen. */
function faultsIn(text: string, over: number, phone: string): Fault[] {
  const all: Fault[] = [];
  if (asSent(text) === "") all.push("empty");
  if (over > 0) all.push("long");
  if (asSent(phone) !== "" && !isPhone(phone)) all.push("phone");
  return all;
}

/** The same rule as the server's: enough digits to call, with the separators that people use. */
function isPhone(text: string): boolean {
  return (
    text.replace(/\D/g, "").length >= FEWEST_DIGITS && /^[\d +\-()\uff08\uff09转,\uff0c]+$/.test(text.trim())
  );
}
