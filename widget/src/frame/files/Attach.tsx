// The button that picks pictures. Pasting and dropping them does the same.

import { ImagePlus } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { dragsFiles, pastedFiles } from "../../shared/files/picked";
import { PICTURES } from "../../shared/files/shrink";
import type { Chat } from "../chat/chat";
import { Drawn } from "../Icon";
import { useTexts } from "../texts";
import { uploadsOf } from "./visitorUploads";

/** The button in front of the text box. */
export function Attach({ chat }: { chat: Chat }) {
  const { t } = useTexts();
  const picker = useRef<HTMLInputElement>(null);
  const take = (files: Iterable<File> | null | undefined) => {
    const picked = Array.from(files ?? []);
    if (picked.length > 0) void uploadsOf(chat).choose(picked);
  };
  const dragged = useDropped(take);
  return (
    <>
      <button
        type="button"
        class="attach"
        aria-label={t("file.attachHint")}
        onClick={() => picker.current?.click()}
      >
        <Drawn node={ImagePlus} size={20} />
        {t("file.attach")}
      </button>
      {/* Without HEIC in the list, an iPhone hands over a JPEG. */}
      <input
        ref={picker}
        type="file"
        hidden
        aria-label={t("file.attachHint")}
        multiple
        accept={PICTURES.join()}
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          currentTarget.value = ""; // the same picture may be picked again
        }}
      />
      {dragged && (
        <p class="drop" aria-hidden="true">
          {t("file.drop")}
        </p>
      )}
    </>
  );
}

/** Takes what is pasted or dropped anywhere in the chat. Returns whether files are being dragged over it. */
function useDropped(take: (files: Iterable<File> | null | undefined) => void): boolean {
  const [dragged, setDragged] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!dragsFiles(event)) return;
      event.preventDefault();
      setDragged(true);
    };
    const left = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) setDragged(false);
    };
    const dropped = (event: DragEvent) => {
      if (!dragsFiles(event)) return;
      event.preventDefault();
      setDragged(false);
      take(event.dataTransfer?.files);
    };
    const pasted = (event: ClipboardEvent) => {
      const files = pastedFiles(event);
      if (files.length === 0) return;
      event.preventDefault();
      take(files);
    };
    document.addEventListener("dragover", over);
    document.addEventListener("dragleave", left);
    document.addEventListener("drop", dropped);
    document.addEventListener("paste", pasted);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("dragleave", left);
      document.removeEventListener("drop", dropped);
      document.removeEventListener("paste", pasted);
    };
  }, [take]);
  return dragged;
}
