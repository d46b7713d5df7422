import { DomainError } from '../../domain/errors';
import { Turns } from '../../infra/media/turns';
import { OwnTurns } from '../../infra/own-turns';

/** Of one organisation, most of them not yet read: each is a connection with the first of its bytes. */
const MOST_ASKING = 200;

const TICK_MS = 1_000;
/** A file that comes more slowly, after so many seconds of it, leaves its place to one that waits for it: 256 kbit/s. */
const SLOW_BYTES_A_SECOND = 32 * 1024;
const GRACE_SECONDS = 5;
/** However it comes: whoever has two places more than an organisation that waits leaves it one after this long. */
const SHARE_AFTER_SECONDS = 30;

/** A file that somebody sends. */
export interface Upload<File> {
  /** Bytes that have come so far, to be compared with each other alone. */
  readonly received: () => number;
  readonly read: () => Promise<File>;
  /** Ends {@link read} with this error. */
  readonly refuse: (error: DomainError) => void;
}

interface Reading {
  readonly owner: string;
  readonly received: () => number;
  readonly refuse: (error: DomainError) => void;
  readonly from: number;
  seconds: number;
}

const rateOf = ({ received, from, seconds }: Reading): number => (received() - from) / Math.max(1, seconds);

const isSlow = (reading: Reading): boolean => reading.seconds >= GRACE_SECONDS && rateOf(reading) < SLOW_BYTES_A_SECOND;

/**
 * A file is read into memory when its turn comes, and not before. What is read whole keeps its place until it has been
 * looked at, which ends by itself. What is still coming keeps it while bytes come, or while nobody waits: who sends nothing
 * holds up nobody, neither his own organisation nor, with others, all of them.
 */
export class Places {
  readonly #all: Turns;
  readonly #own: OwnTurns;
  readonly #reading = new Set<Reading>();
  /** Places of {@link #all}, by organisation. */
  readonly #held = new Map<string, number>();
  /** Organisations whose next file waits for a place of {@link #all}, with the number of such files. */
  readonly #waiting = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    most: number,
    private readonly mostOfOne: number,
  ) {
    this.#all = new Turns(most);
    this.#own = new OwnTurns(mostOfOne, MOST_ASKING);
  }

  /** @throws as {@link OwnTurns.run}; DomainError `request.too-slow` through {@link Upload.refuse} */
  run<File, Answer>(
    owner: string,
    upload: Upload<File>,
    work: (file: File) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const placed = async (): Promise<Answer> => {
      count(this.#waiting, owner, -1);
      count(this.#held, owner, 1);
      try {
        return await work(await this.#read(owner, upload));
      } finally {
        count(this.#held, owner, -1);
      }
    };
    return this.#own.run(owner, () => this.#shared(owner, placed, signal), signal);
  }

  /** A second has passed. */
  tick(): void {
    for (const reading of this.#reading) reading.seconds += 1;
    for (const owner of new Set(Array.from(this.#reading, (reading) => reading.owner))) {
      this.#leave(this.#slowest(isSlow, owner), this.#own.asking(owner) - this.mostOfOne);
    }
    const waiting = [...this.#waiting.values()].reduce((sum, number) => sum + number, 0);
    const slow = this.#slowest(isSlow);
    this.#leave(slow, waiting);
    // One after another: those who leave now are gone when this is asked again.
    if (slow.length === 0) for (const owner of this.#waiting.keys()) this.#share(owner);
  }

  async #shared<Answer>(owner: string, placed: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
    count(this.#waiting, owner, 1);
    let begun = false;
    const begin = (): Promise<Answer> => {
      begun = true;
      return placed();
    };
    try {
      return await this.#all.run(begin, signal, owner);
    } finally {
      if (!begun) count(this.#waiting, owner, -1);
    }
  }

  async #read<File>(owner: string, { received, read, refuse }: Upload<File>): Promise<File> {
    const reading: Reading = { owner, received, refuse, from: received(), seconds: 0 };
    this.#reading.add(reading);
    this.#timer ??= setInterval(() => this.tick(), TICK_MS).unref();
    try {
      return await read();
    } finally {
      this.#reading.delete(reading);
      if (this.#reading.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  }

  #slowest(which: (reading: Reading) => boolean, owner?: string): Reading[] {
    const found = [...this.#reading].filter(
      (reading) => (owner === undefined || reading.owner === owner) && which(reading),
    );
    return found.sort((a, b) => rateOf(a) - rateOf(b));
  }

  #leave(readings: readonly Reading[], places: number): void {
    for (const reading of readings.slice(0, Math.max(0, places))) {
      this.#reading.delete(reading);
      reading.refuse(
        new DomainError('request.too-slow', { reason: 'others wait for its place', retryAfterSeconds: 10 }),
      );
    }
  }

  /** Three organisations that send as slowly as is borne would otherwise keep a fourth waiting for as long as they like. */
  #share(owner: string): void {
    const enough = (this.#held.get(owner) ?? 0) + 2;
    const readings = this.#slowest(
      (reading) => reading.seconds >= SHARE_AFTER_SECONDS && (this.#held.get(reading.owner) ?? 0) >= enough,
    );
    this.#leave(readings, 1);
  }
}

function count(of: Map<string, number>, owner: string, change: 1 | -1): void {
  const number = (of.get(owner) ?? 0) + change;
  if (number === 0) of.delete(owner);
  else of.set(owner, number);
}
