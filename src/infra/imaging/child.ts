import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Readable, finished } from 'node:stream';
import type { Writable } from 'node:stream';
import { DomainError } from '../../domain/errors';
import { isStopped } from '../stopped';
import { workerFile } from '../worker-file';
import { ABANDON_IMAGE, endOfImage, frameHeader } from './frames';
import type { HashRequest } from './frames';
import { readAnswer } from './protocol';
import type { DecodeLimits, FastImageHashes, ImageHashes } from './protocol';

export interface ChildLimits extends DecodeLimits {
  readonly maxBytes: number;
  /** From the first byte asked of the source to the last. */
  readonly receiveMs: number;
  /** From the last byte to the answer. */
  readonly decodeMs: number;
  /** A child that has grown beyond this is replaced after its answer. */
  readonly recycleAboveBytes: number;
}

/** What a request is answered with. */
export type HashesOf<Request extends HashRequest> = Request['mode'] extends 'exact' ? ImageHashes : FastImageHashes;

/** A fast hash must never pass for an exact one, whatever the child says. */
function answersTo<Request extends HashRequest>(
  request: Request,
  hashes: ImageHashes | FastImageHashes,
): hashes is HashesOf<Request> {
  return hashes.mode === request.mode;
}

/** One decoding process, one job at a time. Whatever goes wrong inside it, `hash` settles within the limits. */
export class ImageChild {
  readonly #process: ChildProcess;
  readonly #input: Writable;
  #alive = true;
  #lost = false;
  #fail: ((error: Error) => void) | undefined;
  #receive: ((message: unknown) => void) | undefined;

  constructor(private readonly limits: ChildLimits) {
    const child = startWorker({ maxPixels: limits.maxPixels });
    if (!child.stdin) throw new Error('A child without standard input');
    this.#process = child;
    this.#input = child.stdin;
    this.#input.on('error', () => undefined);
    child.on('message', (message) => this.#receive?.(message));
    child.on('error', () => this.#ended('not started'));
    child.on('exit', (code, signal) => this.#ended(signal ?? `exit ${code}`));
    this.#hold(false);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** It was killed or stopped by somebody else: what it was working on is not to blame yet. */
  get lost(): boolean {
    return this.#lost;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** @throws DomainError `image.*`; or the source's own error, if the source fails. */
  async hash<Request extends HashRequest>(
    source: Readable,
    declaredSize: number | undefined,
    request: Request,
  ): Promise<HashesOf<Request>> {
    if (!this.#alive) throw new DomainError('image.undecodable', { reason: 'the decoder ended' });
    this.#hold(true);
    let timer: NodeJS.Timeout | undefined;
    let stop: (() => void) | undefined;
    try {
      return await new Promise<HashesOf<Request>>((resolve, reject) => {
        this.#fail = reject;
        this.#receive = (message) => this.#settle(message, request, resolve, reject);
        timer = this.#limit('receiving', this.limits.receiveMs);
        stop = this.#feed(source, declaredSize, endOfImage(request), () => {
          clearTimeout(timer);
          timer = this.#limit('decoding', this.limits.decodeMs);
        });
      });
    } finally {
      clearTimeout(timer);
      stop?.();
      this.#fail = this.#receive = undefined;
      this.#hold(false);
    }
  }

  kill(reason: Error = new DomainError('request.unavailable', { reason: 'image pool closed' })): void {
    this.#fail?.(reason);
    this.#alive = false;
    this.#process.kill('SIGKILL');
  }

  #settle<Request extends HashRequest>(
    message: unknown,
    request: Request,
    resolve: (hashes: HashesOf<Request>) => void,
    reject: (error: Error) => void,
  ): void {
    const answer = readAnswer(message);
    if (answer && !answer.ok) return reject(new DomainError(answer.code, answer.details));
    if (!answer || !answersTo(request, answer.hashes)) {
      return this.kill(new DomainError('image.undecodable', { reason: 'the decoder gave no sound answer' }));
    }
    resolve(answer.hashes);
    if (answer.rssBytes > this.limits.recycleAboveBytes) this.kill();
  }

  #limit(phase: 'receiving' | 'decoding', ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#lost = isStopped(this.pid);
      this.kill(new DomainError('image.timeout', { phase, limitMs: ms }));
    }, ms);
  }

  #ended(how: string): void {
    this.#lost ||= this.#alive;
    this.#alive = false;
    this.#fail?.(new DomainError('image.undecodable', { reason: 'the decoder ended', how }));
  }

  /** Streams the source into the child; the returned function stops that and lets the rest of the source run dry. */
  #feed(source: Readable, declaredSize: number | undefined, end: number, sent: () => void): () => void {
    let bytes = 0;
    let over = false;
    // A child that takes no more bytes has hung or been stopped: while it receives it has nothing else to do.
    let stall: NodeJS.Timeout | undefined;
    const resume = (): void => {
      clearTimeout(stall);
      stall = undefined;
      source.resume();
    };
    const abandon = (error: Error): void => {
      this.#input.write(frameHeader(ABANDON_IMAGE));
      over = true;
      this.#fail?.(error);
    };
    const onData = (chunk: Buffer | string): void => {
      const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      if (part.length === 0) return;
      bytes += part.length;
      const allowed = Math.min(this.limits.maxBytes, declaredSize ?? this.limits.maxBytes);
      if (bytes > allowed) return abandon(new DomainError('image.too-large', { maxBytes: allowed }));
      this.#input.write(frameHeader(part.length));
      if (this.#input.write(part)) return;
      source.pause();
      stall ??= this.#limit('receiving', this.limits.decodeMs);
    };
    const forget = finished(source, { writable: false }, (error) => {
      if (over) return;
      if (error) return abandon(error);
      if (bytes < (declaredSize ?? 1)) return abandon(new DomainError('image.truncated', { bytes, declaredSize }));
      over = true;
      this.#input.write(frameHeader(end));
      sent();
    });
    this.#input.on('drain', resume);
    source.on('data', onData);
    return () => {
      if (!over) this.#input.write(frameHeader(ABANDON_IMAGE));
      over = true;
      clearTimeout(stall);
      forget();
      source.off('data', onData);
      this.#input.off('drain', resume);
      source.resume();
    };
  }

  /** An idle child does not keep the process from ending. */
  #hold(busy: boolean): void {
    const method = busy ? 'ref' : 'unref';
    this.#process[method]();
    this.#process.channel?.[method]();
    const socket = this.#input as Writable & { ref?: () => void; unref?: () => void };
    socket[method]?.();
  }
}

/**
 * The environment is not inherited: a decoder that has been taken over finds no secrets in it. libvips may put large
 * pictures into a temporary file, in plaintext; the threshold forbids it.
 */
function startWorker(limits: DecodeLimits): ChildProcess {
  const { file, execArgv } = workerFile(__dirname, 'worker');
  return fork(file, [String(limits.maxPixels)], {
    execArgv: ['--max-old-space-size=192', ...execArgv],
    env: { VIPS_DISC_THRESHOLD: '1000g', UV_THREADPOOL_SIZE: '2', MALLOC_ARENA_MAX: '2' },
    stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
  });
}
