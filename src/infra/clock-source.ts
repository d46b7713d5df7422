import { Injectable } from '@nestjs/common';

/** Where the service reads the time. A test injects one that it can advance. */
export abstract class ClockSource {
  abstract now(): Date;
}

@Injectable()
export class SystemClock extends ClockSource {
  override now(): Date {
    return new Date();
  }
}

/** A clock that stands still until it is told to move. For tests and the demo story. */
export class SettableClock extends ClockSource {
  constructor(private instant: Date = new Date()) {
    super();
  }

  override now(): Date {
    return new Date(this.instant);
  }

  set(instant: Date): void {
    this.instant = new Date(instant);
  }

  advance(durationMs: number): void {
    this.instant = new Date(this.instant.getTime() + durationMs);
  }
}
