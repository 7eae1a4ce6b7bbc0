// The privacy notice above the box, until the first text has agreed to it.

import type { NoticeShown } from "../../shared/frames";
import { useTexts } from "../texts";

/** The notice with its link. */
export function NoticeLine({ notice }: { notice: NoticeShown }) {
  const { t, named } = useTexts();
  return (
    <p class="hint">
      {named(notice)}{" "}
      {notice.link && (
        <a href={notice.link} target="_blank" rel="noopener">
          {t("agreeing.notice")}
        </a>
      )}
    </p>
  );
}
