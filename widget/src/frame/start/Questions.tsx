// The quick questions of the site: buttons below the greeting, and the answers that the hospital approved, marked as
// automatic. They are answered here, so that they need neither a consultant nor a place in the queue.

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { QuickAnswer } from "../../shared/frames";
import type { Chat } from "../chat/chat";
import { useTexts } from "../texts";
import { Row } from "../transcript/Row";

interface QuestionsProps {
  chat: Chat;
  box: RefObject<HTMLTextAreaElement | null>;
}

/** The questions that were not asked yet, as buttons. */
export function Questions({ chat, box }: QuestionsProps) {
  const { t, language } = useTexts();
  const { answered } = chat.messages;
  // Later conversations begin below the earlier one, where the visitor has seen the answers.
  if (chat.state.standing !== null) return null;
  const open = (chat.state.site?.questions ?? []).filter(({ id }) => !answered.includes(id));
  if (open.length === 0) return null;
  const ask = (id: string, kind: string, words: string) => {
    if (kind === "other") {
      chat.write([chat.draft, words].filter(Boolean).join("\n"));
      box.current?.focus();
    } else {
      answered.push(id);
      chat.messages.tell({ type: "question.tap", question: id });
      chat.write(chat.draft); // draws the screen anew
    }
  };
  return (
    <section class="questions" aria-label={t("quick.label")}>
      {open.map(({ id, kind, question_zh, question_en }) => {
        const words = language === "zh" ? question_zh : question_en;
        return (
          <button type="button" key={id} class="button" onClick={() => ask(id, kind, words)}>
            {words}
          </button>
        );
      })}
    </section>
  );
}

/** What was asked and answered: in the transcript's words if there is one, else as the site has them now. */
export function Answers({ chat: { state, messages } }: { chat: Chat }) {
  const { t, language } = useTexts();
  const { entries, site, over } = state;
  const opened = entries.find(({ event }) => event?.name === "opened")?.event;
  const told = opened?.name === "opened" ? (opened.answered ?? []) : null;
  const isTold = told !== null;
  // From now on they are in the transcript, and a later conversation must not begin with them again.
  useEffect(() => {
    if (isTold) messages.answered.length = 0;
  }, [isTold]);
  const here = (site?.questions ?? [])
    .filter(({ id }) => messages.answered.includes(id))
    .map((each) => ({
      kind: each.kind,
      question: language === "zh" ? each.question_zh : each.question_en,
      answer: (language === "zh" ? each.answer_zh : each.answer_en) ?? "",
    }));
  const shown: QuickAnswer[] = told ?? here;
  const last = useRef<HTMLElement>(null);
  // On a small screen the answer would come below what is visible.
  useEffect(() => {
    if (here.length > 0) last.current?.closest("li")?.scrollIntoView({ block: "nearest" });
  }, [here.length]);
  if (over) return null;
  return (
    <>
      {shown.map(({ question, answer }) => [
        <Row key={question} side="mine" first last>
          <p class="bubble">
            <span class="sr-only">{t("log.says", { who: t("log.you") })}</span>
            {question}
          </p>
        </Row>,
        <Row key={`${question} answer`} side="theirs" first last>
          <p class="bubble">
            <small class="automatic" ref={last}>
              {t("quick.automatic")}
            </small>
            {answer}
          </p>
        </Row>,
      ])}
    </>
  );
}
