import { Turns } from '../../infra/media/turns';
import { OwnTurns } from '../../infra/own-turns';

/** Files held in memory at once, of 64 MiB at most each. */
const MOST = 12;
/** Of one organisation: whoever sends files that take a minute each does not hold up the others. */
const MOST_OF_ONE = 4;
/** Of one organisation, most of them not yet read: each is a connection with the first of its bytes. */
const MOST_ASKING = 200;

/** A file is read into memory when its turn comes, and not before. */
export class FileTurns {
  readonly #all = new Turns(MOST);
  readonly #own = new OwnTurns(MOST_OF_ONE, MOST_ASKING);

  /** @throws as {@link OwnTurns.run} */
  run<T>(organisationId: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#own.run(organisationId, () => this.#all.run(work, signal, organisationId), signal);
  }
}
