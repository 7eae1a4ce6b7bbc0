// 图片/文件: picks what is to be sent. Pasting into the composer and dropping on it do the same.

import { Paperclip } from "lucide";
import { useRef } from "preact/hooks";
import { dragsFiles, pastedFiles } from "../../../../widget/src/shared/files/picked";
import { PDF, PICTURES } from "../../../../widget/src/shared/files/shrink";
import type { Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/desk";
import { uploadsOf } from "./staffUploads";
import { whyLocked } from "./whyNot";

/** The button in the foot of the composer. */
export function AttachButton({ row }: { row: Row }) {
  const desk = useDesk();
  const { id: conversation, locked } = row;
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="button attach"
        aria-disabled={Boolean(locked)}
        title={locked ? whyLocked(locked) : t("console.file.attach_hint")}
        onClick={() => (locked ? tellLocked(desk, locked) : picker.current?.click())}
      >
        <Icon of={Paperclip} small />
        {t("console.file.attach")}
      </button>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label={t("console.file.attach_hint")}
        multiple
        accept={[...PICTURES, PDF].join()}
        onChange={({ currentTarget }) => {
          take(desk, conversation, currentTarget.files);
          currentTarget.value = ""; // the same file may be picked again
        }}
      />
    </>
  );
}

/** What the composer of a conversation does with pasted and dropped files. */
export function fileHandlers(desk: Desk, { id: conversation, locked }: Row) {
  const given = (files: Iterable<File> | null | undefined) =>
    locked ? tellLocked(desk, locked) : take(desk, conversation, files);
  return {
    onPaste: (event: ClipboardEvent) => {
      const files = pastedFiles(event);
      if (files.length === 0) return;
      event.preventDefault();
      given(files);
    },
    onDragOver: (event: DragEvent) => {
      if (dragsFiles(event)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      if (!dragsFiles(event)) return;
      event.preventDefault();
      given(event.dataTransfer?.files);
    },
  };
}

function tellLocked(desk: Desk, locked: NonNullable<Row["locked"]>): void {
  desk.notices.tell("problem", () => whyLocked(locked));
}

function take(desk: Desk, conversation: string, files: Iterable<File> | null | undefined): void {
  const picked = Array.from(files ?? []);
  if (picked.length > 0) void uploadsOf(desk, conversation).choose(picked);
}
