// The address of the sign-in page, with a reason from a fixed list; the page has the sentences.

/** Close codes after which only signing in again helps. */
export const SIGN_IN_AGAIN = [4401, 4510];

/** As in chatserver/store/session_ends.py. Any other reason becomes `ended`. */
export const SESSION_ENDS = ["expired", "signed_out", "disabled", "password", "changed", "restored", "ended"];

/** `reason`: the server's reason in the close frame, such as `{"why":"disabled"}`, or nothing. */
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
