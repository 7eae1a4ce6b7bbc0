// A sentence that breaks between its clauses, if anywhere.

/** Chinese has no spaces to break at; English has none of these marks. */
export function Clauses({ text }: { text: string }) {
  // No lookbehind: Safari 14 does not know it.
  const clauses = text.replace(/[。，；？](?=\S)/g, "$&\n").split("\n");
  return (
    <>
      {clauses.map((clause) => (
        <span class="clause" key={clause}>
          {clause}
        </span>
      ))}
    </>
  );
}
