import { connect } from 'node:net';
import { Client, DatabaseError } from 'pg';

/** A statement that has not been answered for so long has the server asked whether it lives; so long it may take to say so. */
const SILENCE_MS = 5_000;

/** What every server answers with one byte before anybody has logged in (PostgreSQL's protocol, SSLRequest). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** "Cached plan must not change result type", and nothing else that we ask for. */
const FEATURE_NOT_SUPPORTED = '0A000';

/** Texts that are kept prepared, in all; what is put together from parts may have any number. */
const MOST_PREPARED = 1_000;
const names = new Map<string, string>();

/** A statement with parameters under a name, so that a connection parses it once, and plans it once where that is as good. */
function named(asked: readonly unknown[]): readonly unknown[] {
  const [text, values, ...rest] = asked;
  if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) return asked;
  const name = names.get(text) ?? (names.size < MOST_PREPARED ? `clepsydra-${names.size}` : undefined);
  if (name === undefined) return asked;
  names.set(text, name);
  return [{ name, text, values }, ...rest];
}

/**
 * A connection that always has somebody who hears its errors, and that does not wait for ever.
 *
 * pg can read the end of a connection from the same packet as its beginning, before TypeORM has had a turn to listen; an error
 * that nobody hears ends the process. Whoever uses the connection still learns of it by the failure of their query.
 *
 * A server that is stopped, or out of reach without a word, answers nothing and refuses nothing. Its connections are given up
 * after ten seconds, as if it had ended them. A statement that merely takes long is left alone, so this is no limit on
 * statements; and not pg's `query_timeout`, which forgets a ROLLBACK that waits and gives the connection back with its
 * transaction open.
 */
export class WatchedClient extends Client {
  constructor(config?: ConstructorParameters<typeof Client>[0]) {
    super(config);
    this.on('error', () => undefined);
    const query = this.query.bind(this) as (...asked: unknown[]) => unknown;
    this.query = ((...asked: unknown[]) => {
      const answer = query(...named(asked));
      if (answer instanceof Promise) {
        this.watch(answer);
        answer.catch((error: unknown) => this.endWhenOutdated(error));
      }
      return answer;
    }) as Client['query'];
  }

  /** What it has prepared is of tables as they were: a new connection prepares anew. */
  private endWhenOutdated(error: unknown): void {
    if (error instanceof DatabaseError && error.code === FEATURE_NOT_SUPPORTED) this.connection.stream.destroy();
  }

  private watch(answer: Promise<unknown>): void {
    let timer: NodeJS.Timeout | undefined;
    let isAnswered = false;
    const later = (): void => void (timer = setTimeout(() => void look(), SILENCE_MS));
    const look = async (): Promise<void> => {
      const isAlive = await answersAt(this.host, this.port);
      if (isAnswered) return;
      if (isAlive) later();
      else this.connection.stream.destroy(noAnswer());
    };
    const answered = (): void => {
      isAnswered = true;
      clearTimeout(timer);
    };
    later();
    answer.then(answered, answered);
  }
}

const noAnswer = (): Error => Object.assign(new Error('the database does not answer'), { code: 'ETIMEDOUT' });

function answersAt(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
    const say = (isAlive: boolean): void => {
      socket.destroy();
      resolve(isAlive);
    };
    socket.setTimeout(SILENCE_MS, () => say(false));
    socket.once('connect', () => socket.write(SSL_REQUEST));
    socket.once('data', () => say(true));
    // Ended without an answer, it is there all the same: a full house says so like that.
    socket.once('end', () => say(true));
    socket.once('error', () => say(false));
  });
}
