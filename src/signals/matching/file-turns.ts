import { DomainError } from '../../domain/errors';
import { Turns } from '../../infra/media/turns';

/** Files held in memory at once, of 64 MiB at most each. */
const MOST = 12;
/** Of one organisation: whoever sends files that take a minute each does not hold up the others. */
const MOST_OF_ONE = 4;
/** Of one organisation, most of them not yet read: each is a connection with the first of its bytes. */
const MOST_ASKING = 200;

interface Own {
  readonly turns: Turns;
  asking: number;
}

/** A file is read into memory when its turn comes, and not before. */
export class FileTurns {
  readonly #all = new Turns(MOST);
  readonly #own = new Map<string, Own>();

  /** @throws DomainError `request.unavailable` when too many of the organisation wait; the signal's reason while it waits */
  async run<T>(organisationId: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const own = this.#own.get(organisationId) ?? { turns: new Turns(MOST_OF_ONE), asking: 0 };
    if (own.asking >= MOST_ASKING) {
      throw new DomainError('request.unavailable', { reason: 'too many files are waiting', retryAfterSeconds: 10 });
    }
    this.#own.set(organisationId, own);
    own.asking++;
    try {
      return await own.turns.run(() => this.#all.run(work, signal, organisationId), signal);
    } finally {
      own.asking--;
      if (own.asking === 0) this.#own.delete(organisationId);
    }
  }
}
