// Which privacy notice the next text agrees to.

import type { Language } from "../../shared/catalogue";
import type { ConsentSent, NoticeShown } from "../../shared/frames";
import type { State } from "../chat/state";

/** The notice that the next text agrees to; null when it is agreed to. `opens`: the text opens a conversation. */
export function noticeDue({ notice, standing, pending }: State, opens: boolean): NoticeShown | null {
  if (notice === null || pending.some(({ consent }) => consent)) return null;
  const agreed = standing?.consents?.some(
    ({ kind, decision, version }) => kind === "notice" && decision === "given" && version === notice.version,
  );
  return agreed && !opens ? null : notice;
}

/** The agreement to a notice that was shown in this language. */
export function agreement(notice: NoticeShown, language: Language): ConsentSent {
  return { kind: "notice", decision: "given", text: notice[`text_${language}`] };
}
