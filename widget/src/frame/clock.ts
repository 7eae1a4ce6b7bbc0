// The server's time. It is used to measure how long nobody touched the chat, because this machine's clock may be set
// wrong or changed.

export interface Clocks {
  /** The wall clock, which people can set; ms. */
  now(): number;
  /** A clock that never goes back, but may stop while the machine sleeps; ms. */
  steady(): number;
}

/** The server's time, carried forward by this machine's two clocks. */
export class ServerClock {
  private told = 0;
  private wall = 0;
  private steady = 0;
  private lastWall: number;
  private lastSteady: number;
  private passed = 0;

  /** `told`: the time at which the server made this page, in ms; older servers do not send it. */
  constructor(
    told: number | undefined,
    private readonly clocks: Clocks,
  ) {
    this.lastWall = clocks.now();
    this.lastSteady = clocks.steady();
    this.sync(told ?? clocks.now());
  }

  /** Takes the server's present time. */
  sync(told: number): void {
    this.told = told;
    this.wall = this.clocks.now();
    this.steady = this.clocks.steady();
  }

  /**
   * The time by the clock that has advanced further, for decisions. If it is too late, the only effect is a question.
   */
  now(): number {
    return this.told + Math.max(0, ...this.since());
  }

  /** The time by the clock that has advanced less, for storing: the next page must not read it as later than it was. */
  least(): number {
    return this.told + Math.max(0, Math.min(...this.since()));
  }

  /** This machine's own clock, by which other scripts of the browser note the time; ms. */
  machine(): number {
    return this.clocks.now();
  }

  /**
   * The age of this page: at each call the clock that has advanced further counts. Independent of the server's time.
   */
  age(): number {
    const wall = this.clocks.now();
    const steady = this.clocks.steady();
    this.passed += Math.max(0, wall - this.lastWall, steady - this.lastSteady);
    this.lastWall = wall;
    this.lastSteady = steady;
    return this.passed;
  }

  private since(): [number, number] {
    return [this.clocks.now() - this.wall, this.clocks.steady() - this.steady];
  }
}
