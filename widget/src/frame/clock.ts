// The time by the server. How long nobody has touched the chat must not depend on how this machine's clock is set.

export interface Clocks {
  /** The clock on the wall, which can be set; ms. */
  now(): number;
  /** One that never goes back, but may stand still while the machine sleeps; ms. */
  steady(): number;
}

export class ServerClock {
  private told = 0;
  private wall = 0;
  private steady = 0;
  private lastWall: number;
  private lastSteady: number;
  private passed = 0;

  /** `told`: what the server said when it made this page, ms; an older one says nothing. */
  constructor(
    told: number | undefined,
    private readonly clocks: Clocks,
  ) {
    this.lastWall = clocks.now();
    this.lastSteady = clocks.steady();
    this.sync(told ?? clocks.now());
  }

  /** The server tells its time. */
  sync(told: number): void {
    this.told = told;
    this.wall = this.clocks.now();
    this.steady = this.clocks.steady();
  }

  /** The time, by whichever clock has gone further: to judge by. Too much only leads to a question. */
  now(): number {
    return this.told + Math.max(0, ...this.since());
  }

  /** By whichever has gone less far: to write down. The next page must not take it for later than it was. */
  least(): number {
    return this.told + Math.max(0, Math.min(...this.since()));
  }

  /** How long this page has been there, by whichever clock has gone further each time; whatever the server says. */
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
