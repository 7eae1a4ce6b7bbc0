// The files in what a person pastes or drops.

/** The files of a paste; none when it has text, because then the text is meant. */
export function pastedFiles({ clipboardData }: Pick<ClipboardEvent, "clipboardData">): File[] {
  if (clipboardData === null || Array.from(clipboardData.types).includes("text/plain")) return [];
  return Array.from(clipboardData.files);
}

/** Whether what is dragged are files. */
export function dragsFiles({ dataTransfer }: Pick<DragEvent, "dataTransfer">): boolean {
  return dataTransfer !== null && Array.from(dataTransfer.types).includes("Files");
}

/** A size in the usual unit, such as 1.2 MB. */
export function sizeText(bytes: number): string {
  if (bytes >= 1_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${Math.max(1, Math.round(bytes / 1000))} KB`;
}
