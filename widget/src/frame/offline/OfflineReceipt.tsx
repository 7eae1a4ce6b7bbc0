// Confirms that a 留言 was accepted: by when somebody calls, or that nobody can call, and what was written.

import { useEffect, useRef } from "preact/hooks";
import { Clauses } from "../Clauses";
import { Icon } from "../Icon";
import { LookupCode } from "../leaving/LookupCode";
import { OwnDevice } from "../leaving/OwnDevice";
import { ending } from "../moments";
import { useTexts } from "../texts";
import type { Left } from "./fields";

interface OfflineReceiptProps {
  /** The token of who left it. */
  token: string | null;
  left: Left;
  department: string;
  phone: string;
  now: number;
  /** Somebody serves: the visitor can ask at once. */
  open: boolean;
  onGoOn(): void;
}

/** The confirmation after a 留言. */
export function OfflineReceipt({ token, left, department, phone, now, open, onGoOn }: OfflineReceiptProps) {
  const texts = useTexts();
  const { t } = texts;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The form that had the focus is gone.
    if (document.activeElement === document.body && document.hasFocus()) title.current?.focus();
  }, []);
  const promised = left.answerBy === null ? "" : ending(left.answerBy, now, texts);
  return (
    <section class="ending left-note">
      <div role="status">
        <h2 ref={title} tabIndex={-1}>
          <Icon name="check" />
          {t("left.title")}
        </h2>
        <p>
          <Clauses text={how(left.phoneEnds, phone)} />
        </p>
      </div>
      {left.body !== "" && (
        <figure class="left-words">
          <figcaption class="hint">
            {t("left.words")}
            {department !== "" && ` · ${department}`}
          </figcaption>
          <blockquote>{left.body}</blockquote>
        </figure>
      )}
      {left.ref !== undefined && token !== null && (
        <LookupCode
          token={token}
          of={{ offline: left.ref }}
          ends={left.phoneEnds}
          now={left.isNew === true && left.phoneEnds !== ""}
        />
      )}
      <button type="button" class="button" onClick={onGoOn}>
        {t(open ? "ending.anew" : "left.another")}
      </button>
      <OwnDevice token={token} />
    </section>
  );

  /** Promises a call only to visitors who left a number. */
  function how(ends: string, hospital: string): string {
    if (ends !== "")
      return promised === "" ? t("left.callSoon", { ends }) : t("left.callBy", { ends, when: promised });
    return hospital === "" ? t("left.noPhonePlain") : t("left.noPhone", { phone: hospital });
  }
}
