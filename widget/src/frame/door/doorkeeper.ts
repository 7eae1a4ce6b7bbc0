// What a chat asks and tells of whoever knows which person sits at this browser.

export interface Doorkeeper {
  /** Something is begun that the next person must not see. */
  begins(): void;
  /** The visitor has ended it: of what was stored nothing may be left. */
  finished(): void;
  /** After that, something new. */
  again(): void;
  /** The server has ended the session; `wasLive`: while this tab was connected. Whether this chat is done with. */
  ended(wasLive: boolean): boolean;
}
