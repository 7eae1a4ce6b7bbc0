// A sentence that breaks only between its clauses.

/**
 * Splits at Chinese punctuation, since Chinese has no spaces to break at. English has none of these marks and is not
 * split.
 */
export function Clauses({ text }: { text: string }) {
  // No lookbehind: Safari 14 does not support it.
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
