import { fork, type ChildProcess } from 'node:child_process';
import { DomainError } from '../../domain/errors';
import { ended, giveWay, mustHaveRun } from '../../infra/media/confined';
import { workerFile } from '../../infra/worker-file';
import { readAttachmentAnswer, type AttachmentAnswer } from './attachment-answer';

export interface AttachmentLimits {
  /** Of the PDF. */
  readonly maxBytes: number;
  /** Of each attachment, unpacked. */
  readonly maxAttachmentBytes: number;
  readonly readMs: number;
  /** Memory of PDFium, in pages of 64 KiB. */
  readonly wasmPages: number;
}

export const ATTACHMENT_LIMITS: AttachmentLimits = {
  maxBytes: 32 * 2 ** 20,
  maxAttachmentBytes: 8 * 2 ** 20,
  readMs: 20_000,
  // 256 MiB: the document itself, and what its streams unpack to.
  wasmPages: 4096,
};

/** A cross-reference and its end mark stand in the last KiB of a whole document (ISO 32000-1, annex H.3, note 18). */
const TAIL_BYTES = 1024;

/**
 * The attachments of these names, as PDFium finds them in a process of its own: no environment, bounded memory, and it ends
 * with this call whatever the document does to it.
 * @throws DomainError pdf.too-large, pdf.truncated, pdf.encrypted, pdf.undecodable, pdf.timeout, form.too-large, form.damaged
 */
export async function readAttachments(
  pdf: Uint8Array,
  names: readonly string[],
  limits: AttachmentLimits = ATTACHMENT_LIMITS,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { maxBytes, maxAttachmentBytes, readMs, wasmPages } = limits;
  if (pdf.length > maxBytes) throw new DomainError('pdf.too-large', { bytes: pdf.length, maxBytes });
  if (!Buffer.from(pdf.subarray(0, TAIL_BYTES)).includes('%PDF-')) throw new DomainError('pdf.undecodable');
  if (!Buffer.from(pdf.subarray(-TAIL_BYTES)).includes('%%EOF')) throw new DomainError('pdf.truncated');
  const child = start([String(maxAttachmentBytes), ...names], wasmPages);
  const end = ended(child);
  let answer: AttachmentAnswer | null = null;
  let late = false;
  child.once('message', (message) => {
    answer = readAttachmentAnswer(message);
    child.kill('SIGKILL');
  });
  const timer = setTimeout(() => {
    late = child.kill('SIGKILL');
  }, readMs);
  child.stdin?.end(pdf);
  const ending = await end;
  clearTimeout(timer);
  mustHaveRun(ending);
  return settle(answer, late, readMs);
}

function settle(answer: AttachmentAnswer | null, late: boolean, limitMs: number): ReadonlyMap<string, Uint8Array> {
  if (!answer) {
    throw late ? new DomainError('pdf.timeout', { phase: 'reading', limitMs }) : new DomainError('pdf.undecodable');
  }
  if ('fault' in answer) throw new DomainError(answer.fault);
  return new Map(Object.entries(answer.files).map(([name, base64]) => [name, Buffer.from(base64, 'base64')]));
}

function start(args: readonly string[], wasmPages: number): ChildProcess {
  const { file, execArgv } = workerFile(__dirname, 'attachments.worker');
  const limits = ['--max-old-space-size=256', `--wasm-max-mem-pages=${wasmPages}`];
  const child = fork(file, [...args], {
    execArgv: [...limits, ...execArgv],
    env: {},
    stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
  });
  if (child.pid !== undefined) giveWay(child.pid);
  // It may end before it has read everything; how it ended is what counts.
  child.stdin?.on('error', () => undefined);
  return child;
}
