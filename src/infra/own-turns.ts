import { DomainError } from '../domain/errors';
import { Turns } from './media/turns';

const NEVER = new AbortController().signal;

interface Own {
  readonly turns: Turns;
  asking: number;
}

/** So many pieces of work of one organisation at a time, so that whoever asks for much waits for himself alone. */
export class OwnTurns {
  readonly #of = new Map<string, Own>();

  /** @param mostAsking of one organisation, those under way and those that wait. */
  constructor(
    private readonly atOnce: number,
    private readonly mostAsking: number,
  ) {}

  /** Those under way and those that wait. */
  asking(organisationId: string): number {
    return this.#of.get(organisationId)?.asking ?? 0;
  }

  /** @throws DomainError `request.unavailable` when too many of the organisation wait; the signal's reason while it waits */
  async run<T>(organisationId: string, work: () => Promise<T>, signal = NEVER): Promise<T> {
    const own = this.#of.get(organisationId) ?? { turns: new Turns(this.atOnce), asking: 0 };
    if (own.asking >= this.mostAsking) {
      const reason = 'too many requests of this organisation are waiting';
      throw new DomainError('request.unavailable', { reason, retryAfterSeconds: 10 });
    }
    this.#of.set(organisationId, own);
    own.asking++;
    try {
      return await own.turns.run(work, signal);
    } finally {
      own.asking--;
      if (own.asking === 0) this.#of.delete(organisationId);
    }
  }
}
