// 请给我回电: the visitor asks to be called. The number is read back before it is sent; what the server promised is shown
// afterwards, and can be taken back. Nothing that was typed is lost until the server has it.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Accepted, CallbackRequest, CallbackTold, ConsentSent } from "../../shared/frames";
import { RefusedError } from "../../shared/link/outbox";
import { newRef } from "../../shared/link/ref";
import { asSent } from "../../shared/messageText";
import type { Chat } from "../chat/chat";
import { isOpen } from "../chat/selectors";
import consents from "../consent/asked.json";
import { agreement } from "../consent/notice";
import { Dialog } from "../leaving/Dialog";
import { useTexts } from "../texts";
import { Check } from "./Check";
import { Form } from "./Form";
import { EMPTY, type Fields, masked, type PromisedCall, stillPossible } from "./fields";
import { Promised } from "./Promised";
import "./callback.css";

/** `look`: asks the server whether there is one; `gone`: it was withdrawn. */
type Step = "look" | "form" | "check" | "promised" | "gone";

interface CallbackProps {
  chat: Chat;
  /** The chosen department, or empty. */
  department: string;
  onClose(): void;
}

/** The dialog, step by step. */
export function Callback({ chat, department, onClose }: CallbackProps) {
  const { t, language } = useTexts();
  const [fields, setFields] = useState<Fields>(() =>
    stillPossible({ ...EMPTY, ...chat.tabStorage.callback }, chat.serverNow),
  );
  const [step, setStep] = useState<Step>("look");
  const [promised, setPromised] = useState<PromisedCall | null>(null);
  const [failure, setFailure] = useState<RefusedError | null>(null);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<ConsentSent[]>([]);
  const here = useRef(true);
  useEffect(() => {
    // Offline there is no answer: then the form is shown, because what is asked here replaces an earlier one.
    const timer = setTimeout(() => setStep((now) => (now === "look" ? "form" : now)), LOOK_MS);
    void chat.messages.request<CallbackTold>({ type: "callback.get", ref: newRef() }).then(
      (told) => {
        if (!here.current) return;
        if (told.id) {
          chat.door.begins();
          setPromised({
            id: told.id,
            phone: told.phone ?? "",
            from: told.call_from ?? null,
            until: told.answer_by ?? null,
          });
        }
        setStep((now) => (now === "look" ? (told.id ? "promised" : "form") : now));
      },
      () => here.current && setStep((now) => (now === "look" ? "form" : now)),
    );
    return () => {
      here.current = false;
      clearTimeout(timer);
    };
  }, []);

  const change = (by: Partial<Fields>) => {
    const next = stillPossible({ ...fields, ...by }, chat.serverNow);
    setFields(next);
    chat.tabStorage.callback = next;
    // There may be no conversation, and the next person at this browser must not find the number.
    chat.door.begins();
    setFailure(null);
  };
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      const answer = await chat.messages.request<Accepted>(frameOf(chat, fields, department, language, said));
      chat.tabStorage.callback = null;
      if (!here.current) return;
      setPromised({
        id: answer.id ?? "",
        phone: masked(fields.phone),
        from: answer.call_from ?? null,
        until: answer.answer_by ?? null,
      });
      setFields(EMPTY);
      setStep("promised");
    } catch (error) {
      if (!here.current || !(error instanceof RefusedError)) return;
      setFailure(error);
      if (error.code === "phone_invalid" || error.code === "too_large" || error.code === "text_invalid")
        setStep("form");
    } finally {
      if (here.current) setBusy(false);
    }
  };
  const withdraw = async (id: string) => {
    setBusy(true);
    try {
      await chat.messages.request<Accepted>({ type: "callback.withdraw", ref: newRef(), id });
      if (here.current) setStep("gone");
    } catch (error) {
      if (here.current && error instanceof RefusedError) setFailure(error);
    } finally {
      if (here.current) setBusy(false);
    }
  };
  const title = step === "check" ? "call.check" : "call.title";
  return (
    <Dialog title={t(title)} onClose={onClose}>
      {step === "look" && <p role="status">{t("log.loading")}</p>}
      {step === "form" && (
        <Form
          chat={chat}
          department={department}
          fields={fields}
          failure={failure}
          onChange={change}
          onClose={onClose}
          onNext={(agreed) => {
            setSaid(agreed);
            setStep("check");
          }}
        />
      )}
      {step === "check" && (
        <Check
          chat={chat}
          fields={fields}
          busy={busy}
          failure={failure}
          onBack={() => setStep("form")}
          onSend={() => void send()}
        />
      )}
      {step === "promised" && promised && (
        <Promised
          promised={promised}
          now={chat.serverNow}
          busy={busy}
          failure={failure}
          onWithdraw={() => void withdraw(promised.id)}
          onAnew={() => setStep("form")}
          onClose={onClose}
        />
      )}
      {step === "gone" && (
        <>
          <p role="status">{t("call.gone")}</p>
          <div class="dialog-actions">
            <button type="button" class="button button-primary" onClick={onClose}>
              {t("more.close")}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

/** How long the form waits for the server to say whether there is a call-back already, in ms. */
const LOOK_MS = 2_000;

function frameOf(
  chat: Chat,
  fields: Fields,
  department: string,
  language: "zh" | "en",
  said: ConsentSent[],
): CallbackRequest {
  const { state } = chat;
  const frame: CallbackRequest = { type: "callback.request", ref: newRef(), phone: fields.phone.trim() };
  frame.language = language;
  frame.day = fields.day;
  if (fields.day !== "soonest") frame.part = fields.part;
  if (fields.mayName) frame.may_name = true;
  if (asSent(fields.name) !== "") frame.name = asSent(fields.name);
  if (asSent(fields.topic) !== "") frame.body = asSent(fields.topic);
  const about = state.standing && isOpen(state) ? state.standing.department : department;
  if (about !== "") frame.department = about;
  if (state.conversation !== null && isOpen(state)) frame.conversation = state.conversation;
  const agreed = state.notice ? [agreement(state.notice, language)] : [];
  const consent = [...agreed, ...said].slice(0, 3);
  if (consent.length > 0) frame.consent = consent;
  frame.asked = consents.callback[language].sha256;
  if (chat.messages.visit) frame.visit = chat.messages.visit;
  return frame;
}
