// Asks the server for a 查询码, and remembers it as long as this page is open: nothing of it is stored.

import type { LookupCodeMade, LookupCodeStart } from "../../shared/frames";

const PATH = "/v1/visitor/lookup-code";

/** What the code opens: the 留言 left under a `ref`, or a conversation. */
export type Of = Partial<Pick<LookupCodeStart, "offline" | "conversation">>;

const made = new Map<string, string>();

/** The code that was made on this page, if there is one. */
export function codeOf(token: string, of: Of): string | null {
  return made.get(keyOf(token, of)) ?? null;
}

/** Makes a code. `proof`: the visitor's own four digits, when there is no phone number. Null: not now. */
export async function makeCode(token: string, of: Of, proof: string): Promise<string | null> {
  const asked: LookupCodeStart = { ...of, ...(proof !== "" && { proof }) };
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  try {
    const answer = await fetch(PATH, {
      method: "POST",
      headers,
      body: JSON.stringify(asked),
      cache: "no-store",
    });
    if (!answer.ok) return null;
    const { code } = (await answer.json()) as LookupCodeMade;
    made.set(keyOf(token, of), code);
    return code;
  } catch {
    return null;
  }
}

/** 123 456 7890, as it is read out. */
export function grouped(code: string): string {
  return code.replace(/^(\d{3})(\d{3})(\d{4})$/, "$1 $2 $3");
}

function keyOf(token: string, { offline, conversation }: Of): string {
  return [token, offline, conversation].join();
}
