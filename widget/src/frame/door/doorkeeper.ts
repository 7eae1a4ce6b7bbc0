// What a chat reports to, and asks of, the module that knows which person sits at this browser.

export interface Doorkeeper {
  /**
   * From when on the present person has been here, in ms by this machine's clock. What the page noted before belongs to
   * somebody who has left, from whatever tab.
   */
  readonly since: number;
  /** Something was begun that the next person must not see. */
  begins(): void;
  /** The visitor has ended the conversation: nothing of it may stay in storage. */
  finished(): void;
  /** Nothing of anybody may stay in this browser, nor the token on the server. */
  clear(): void;
  /** After an end the visitor wants to start something new. */
  again(): void;
  /**
   * The server has ended the session. `wasLive`: while this tab was connected. Returns whether this chat is finished.
   */
  ended(wasLive: boolean): boolean;
}
