// To the sign-in page, with a word of a fixed list for why; the page has the sentence.

/** Close codes after which only signing in again helps. */
export const SIGN_IN_AGAIN = [4401, 4510];

/** As chatserver/store/session_ends.py names them. Whatever else the server may say one day is `ended`. */
export const SESSION_ENDS = ["expired", "signed_out", "disabled", "password", "changed", "restored", "ended"];

/** `reason`: what the server said when it closed the socket, `{"why":"disabled"}` or nothing. */
export function signInAddress(reason: string): string {
  if (reason === "") return "/sign-in";
  const why = SESSION_ENDS.find((each) => each === whyIn(reason));
  return `/sign-in?why=${why ?? "ended"}`;
}

function whyIn(reason: string): unknown {
  try {
    const told: unknown = JSON.parse(reason);
    return told instanceof Object && "why" in told ? told.why : undefined;
  } catch {
    return undefined;
  }
}
