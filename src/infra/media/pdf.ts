import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError } from '../../domain/errors';
import { isStopped } from '../stopped';
import { ended, mustHaveRun } from './confined';
import { readPdfAnswer } from './pdf-answer';
import type { PdfFaultCode, PdfPageHash, PdfText } from './pdf-answer';
import { startWorker } from './worker-process';

export interface PdfHashes extends PdfText {
  /** Of the first pages, as drawn; a page that cannot be drawn is left out. */
  readonly pages: readonly PdfPageHash[];
  /** Why this is only a part: enough to match with. A document cut short is read as far as PDFium can mend it. */
  readonly incomplete: 'pdf.truncated' | 'pdf.timeout' | 'pdf.too-large' | null;
}

export interface PdfLimits {
  readonly maxBytes: number;
  /** Pages that are drawn and hashed as pictures. */
  readonly maxPages: number;
  /** Of each drawn page. */
  readonly pagePixels: number;
  /** Pages that are read; of a longer document there is no text hash. */
  readonly maxTextPages: number;
  readonly receiveMs: number;
  readonly readMs: number;
  /** Memory of PDFium, in pages of 64 KiB. */
  readonly wasmPages: number;
}

export const PDF_LIMITS: PdfLimits = {
  maxBytes: 128 * 2 ** 20,
  maxPages: 50,
  pagePixels: 1e6,
  maxTextPages: 5000,
  receiveMs: 60_000,
  readMs: 60_000,
  wasmPages: 10_240,
};

export interface PdfJob {
  readonly declaredSize?: number | undefined;
  readonly signal: AbortSignal;
  /** Opens the source once more, for a second try after somebody else ended or stopped the process. */
  readonly again?: (() => Promise<Readable>) | undefined;
}

interface Reading {
  readonly pages: PdfPageHash[];
  text?: PdfText;
  fault?: PdfFaultCode;
  /** The process ended before its last word, or was stopped, and not by us: that says nothing about the document. */
  lost?: boolean;
}

interface Outcome {
  readonly lost: boolean;
  /** @throws DomainError pdf.* when nothing could be read. */
  readonly settle: () => PdfHashes;
}

/** A cross-reference and its end mark stand in the last KiB of a whole document (ISO 32000-1, annex H.3, note 18). */
const TAIL_BYTES = 1024;

/** Reads PDFs with PDFium in WebAssembly, in a process for each that ends with it. */
export class PdfHasher {
  readonly #limits: PdfLimits;

  constructor(limits: Partial<PdfLimits> = {}) {
    this.#limits = { ...PDF_LIMITS, ...limits };
  }

  /**
   * @throws DomainError pdf.too-large, pdf.encrypted, pdf.truncated, pdf.undecodable, pdf.timeout when nothing could be
   *   read; the signal's reason; the source's own error.
   */
  async hash(source: Readable, job: PdfJob): Promise<PdfHashes> {
    const first = await this.#try(source, job);
    if (!first.lost || !job.again) return first.settle();
    const second = await job.again();
    try {
      return (await this.#try(second, job)).settle();
    } finally {
      second.on('error', () => undefined).destroy();
    }
  }

  async #try(source: Readable, { declaredSize, signal }: PdfJob): Promise<Outcome> {
    const { maxBytes, readMs } = this.#limits;
    if (declaredSize !== undefined && declaredSize > maxBytes) {
      throw new DomainError('pdf.too-large', { bytes: declaredSize, maxBytes });
    }
    signal.throwIfAborted();
    const child = this.#start();
    const end = ended(child);
    const reading: Reading = { pages: [] };
    child.on('message', (message) => take(reading, message, this.#limits.maxPages, child));
    const kill = (): boolean => child.kill('SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    let timer: NodeJS.Timeout | undefined;
    let late = false;
    try {
      const isCut = await this.#feed(source, child, declaredSize, signal);
      timer = setTimeout(() => {
        reading.lost = isStopped(child.pid);
        late = kill();
      }, readMs);
      const ending = await end;
      signal.throwIfAborted();
      mustHaveRun(ending);
      const lost = late ? (reading.lost ?? false) : !reading.text && !reading.fault;
      return { lost, settle: () => settle(reading, isCut, late, readMs) };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
      kill();
    }
  }

  #start(): ChildProcess {
    const { maxPages, pagePixels, maxTextPages, wasmPages } = this.#limits;
    const limits = ['--max-old-space-size=512', `--wasm-max-mem-pages=${wasmPages}`];
    return startWorker('pdf.worker', [maxPages, pagePixels, maxTextPages].map(String), limits);
  }

  /** Resolves to whether the document lacks its end mark. */
  async #feed(
    source: Readable,
    child: ChildProcess,
    declaredSize: number | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (!child.stdin) throw new Error('A child without standard input');
    const { maxBytes, receiveMs } = this.#limits;
    const allowed = Math.min(maxBytes, declaredSize ?? maxBytes);
    const deadline = AbortSignal.timeout(receiveMs);
    let size = 0;
    let tail = Buffer.alloc(0);
    const watched = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > allowed) throw new DomainError('pdf.too-large', { maxBytes: allowed });
        tail = Buffer.concat([tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
        yield chunk;
      }
    };
    try {
      await pipeline(source, watched, child.stdin, { signal: AbortSignal.any([signal, deadline]) });
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) throw new DomainError('pdf.timeout', { phase: 'receiving', limitMs: receiveMs });
      // The child ended before it had read everything: how it ended is told by what it said.
      if (!isBrokenPipe(error)) throw error;
    }
    if (size < (declaredSize ?? 1)) throw new DomainError('pdf.truncated', { bytes: size, declaredSize });
    return !tail.includes('%%EOF');
  }
}

/** A process that has said its last word is ended by us: Node may hang at its exit while it still compiles WebAssembly. */
function take(reading: Reading, message: unknown, maxPages: number, child: ChildProcess): void {
  const answer = readPdfAnswer(message);
  if (answer && 'page' in answer && reading.pages.length < maxPages) {
    reading.pages.push(answer.page);
    return;
  }
  if (answer && 'text' in answer) reading.text ??= answer.text;
  if (answer && 'fault' in answer) reading.fault ??= answer.fault;
  child.kill('SIGKILL');
}

function settle({ pages, text, fault }: Reading, isCut: boolean, late: boolean, limitMs: number): PdfHashes {
  if (text && text.pageCount > 0) return { ...text, pages, incomplete: isCut ? 'pdf.truncated' : null };
  const incomplete = late ? 'pdf.timeout' : fault === 'pdf.too-large' ? fault : null;
  if (pages.length > 0) {
    const pageCount = pages.at(-1)?.page ?? 0;
    return { pages, pageCount, textSha256: null, textCharacters: 0, incomplete: incomplete ?? 'pdf.too-large' };
  }
  if (late) throw new DomainError('pdf.timeout', { phase: 'reading', limitMs });
  if (fault === 'pdf.encrypted' || fault === 'pdf.too-large') throw new DomainError(fault);
  throw new DomainError(isCut ? 'pdf.truncated' : 'pdf.undecodable');
}

function isBrokenPipe(error: unknown): boolean {
  return ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? '');
}
