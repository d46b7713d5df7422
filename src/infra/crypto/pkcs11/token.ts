import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { DomainError, type ProblemCode } from '../../../domain/errors';
import { workerFile } from '../../worker-file';
import type { SigningScheme, TokenAnswer, TokenFault, TokenPlace, TokenTask, TokenWork } from './token-task';

export interface TokenLimits {
  /** For one answer: a card needs a second or two for a signature, a device behind a network perhaps more. */
  readonly answerMs: number;
  /** After which the process, and with it the login, ends. */
  readonly idleMs: number;
}

const LIMITS: TokenLimits = { answerMs: 20_000, idleMs: 60_000 };

const CODES = {
  misconfigured: 'token.misconfigured',
  absent: 'token.absent',
  lost: 'token.absent',
  'pin-refused': 'token.pin-refused',
  'key-missing': 'token.key-missing',
  failed: 'token.failed',
} as const satisfies Record<TokenFault, ProblemCode>;

/** For saying good-bye to the module. */
const CLOSE_MS = 2_000;

/** Those after which a process that was begun anew can find what the old one has lost. Never one that could cost a try of the PIN. */
const PASSING: readonly TokenFault[] = ['lost', 'absent', 'key-missing', 'failed'];

export interface TokenCertificates {
  /** With the id of the key. */
  readonly own: readonly Uint8Array[];
  readonly others: readonly Uint8Array[];
}

/**
 * One key on one PKCS #11 token, spoken to by a process of its own: it starts when it is needed, does one thing after another,
 * and is begun anew, once, when the token was pulled out or reset. Every failure is a `token.*` problem.
 */
export class Token {
  private child: ChildProcess | undefined;
  private before: Promise<unknown> = Promise.resolve();
  private idle: NodeJS.Timeout | undefined;
  private refusedPin: string | undefined;

  /** @param environment of the process; nothing of the service's own is in it */
  constructor(
    private readonly place: TokenPlace,
    private readonly environment: Readonly<Record<string, string>> = {},
    private readonly limits: TokenLimits = LIMITS,
  ) {}

  /** DER, as they are on the token. @throws DomainError token.* */
  async certificates(): Promise<TokenCertificates> {
    const values = await this.inTurn({ verb: 'certificates' });
    const mark = values.findIndex(({ length }) => length === 0);
    return { own: values.slice(0, mark), others: values.slice(mark + 1) };
  }

  /** Of what `signWithToken` has prepared; ECDSA as r and s behind each other. @throws DomainError token.* */
  async sign(scheme: SigningScheme, bytes: Uint8Array): Promise<Uint8Array> {
    const [signature] = await this.inTurn({ verb: 'sign', scheme, bytes });
    if (!signature) throw new DomainError('token.failed', { reason: 'no signature came' });
    return signature;
  }

  /** Ends the process, and the login with it; settled when it has ended. */
  async close(): Promise<void> {
    clearTimeout(this.idle);
    const { child } = this;
    this.child = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // What the module still does then is waited for by nobody.
    const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
    if (child.connected) child.disconnect();
    await ended;
    clearTimeout(timer);
  }

  private inTurn(work: TokenWork): Promise<readonly Uint8Array[]> {
    const since = performance.now();
    const result = this.before.then(() => {
      // Behind a token that hangs, one of many waits for an answer, and not each for its own.
      if (performance.now() - since > this.limits.answerMs)
        throw new DomainError('token.failed', { reason: 'it was busy with others for too long' });
      return this.carryOut(work);
    });
    this.before = result.catch(() => undefined);
    return result;
  }

  private async carryOut(work: TokenWork): Promise<readonly Uint8Array[]> {
    clearTimeout(this.idle);
    const wasOpen = this.child !== undefined;
    let answer = await this.ask(work);
    if ('fault' in answer && wasOpen && PASSING.includes(answer.fault)) answer = await this.ask(work);
    if ('values' in answer) {
      this.idle = setTimeout(() => void this.close(), this.limits.idleMs).unref();
      return answer.values;
    }
    if (answer.fault === 'pin-refused') this.refusedPin = answer.refusedPin ?? this.refusedPin;
    throw new DomainError(CODES[answer.fault], { reason: answer.reason });
  }

  /** Whatever fails leaves no process behind: the next one starts with nothing of it. */
  private async ask(work: TokenWork): Promise<TokenAnswer> {
    // One that broke down while nobody waited is replaced.
    const child = this.child?.connected ? this.child : this.start();
    this.child = child;
    hold(child, 'ref');
    const answer = await answerOf(
      child,
      { place: this.place, work, refusedPin: this.refusedPin },
      this.limits.answerMs,
    );
    hold(child, 'unref');
    if ('fault' in answer) await this.close();
    return answer;
  }

  private start(): ChildProcess {
    const { file, execArgv } = workerFile(__dirname, 'token.worker');
    const child = fork(file, [], {
      execArgv,
      env: { ...this.environment },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    // Once nobody waits for it, what befalls it is nobody's; without a listener it would end the service.
    return child.on('error', () => undefined);
  }
}

/** Keeps the service from ending while somebody waits for it, and only then. */
function hold(child: ChildProcess, method: 'ref' | 'unref'): void {
  child[method]();
  child.channel?.[method]();
}

function answerOf(child: ChildProcess, task: TokenTask, answerMs: number): Promise<TokenAnswer> {
  return new Promise((resolve) => {
    const settle = (answer: TokenAnswer): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      resolve(answer);
    };
    const fail = (reason: string): void => settle({ fault: 'failed', reason });
    const onMessage = (answer: unknown): void => settle(answer as TokenAnswer);
    const onExit = (): void => fail('the module ended its process');
    const onError = (): void => fail('its process could not be started');
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('the module did not answer in time');
    }, answerMs);
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    child.send(task, (error) => {
      if (error) onExit();
    });
  });
}

/** The tokens in use, each with its process. */
export class Tokens {
  private readonly known = new Map<string, Token>();

  /** The same for the same place and environment. */
  at(place: TokenPlace, environment: Readonly<Record<string, string>> = {}): Token {
    const name = JSON.stringify([place, environment]);
    const token = this.known.get(name) ?? new Token(place, environment);
    this.known.set(name, token);
    return token;
  }

  async close(): Promise<void> {
    await Promise.all([...this.known.values()].map((token) => token.close()));
  }
}
