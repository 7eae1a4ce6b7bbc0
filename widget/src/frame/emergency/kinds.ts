// Which emergencies have a banner.

/** Suspected abuse (`protect`) shows nothing, because a person beside the visitor would read it. */
export const SHOWN = ["body", "mind"] as const;

export type Kind = (typeof SHOWN)[number];
