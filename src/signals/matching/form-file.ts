import { buffer } from 'node:stream/consumers';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/errors';
import { escapeToken } from '../../domain/json';
import { nextPart } from '../../infra/http/submission';
import { sniff, type FileKind } from '../../infra/imaging/magic';
import { peek } from '../../infra/media/peek';

/** Held in memory while it is looked up, so the limit is that of one image and not that of an exhibit. */
const LIMIT_BYTES = 64 * 2 ** 20;
/** What tells a film from a picture. */
const HEAD_BYTES = 4096;

export interface ReadFile {
  readonly bytes: Buffer;
  readonly fileName: string | null;
}

export interface OpenFile {
  /** By its first bytes. */
  readonly kind: FileKind;
  /** All of it; until this is called it is left on the wire. */
  readonly rest: () => Promise<ReadFile>;
}

type Part = Awaited<ReturnType<typeof nextPart>>['value'];

const notAsStated = (pointer: string, detail: string): DomainError =>
  new DomainError('request.invalid', {}, [{ pointer, detail }]);

function fileOf(part: Exclude<Part, void>): Extract<Part, { type: 'file' }> {
  if (part.fieldname !== 'file') throw notAsStated(`/${escapeToken(part.fieldname)}`, 'is not known here');
  if (part.type !== 'file') throw notAsStated('/file', 'must be a file, with a file name');
  return part;
}

const interrupted = (): never => {
  throw new DomainError('file.interrupted');
};

/**
 * The one part that a form has, named `file`.
 * @throws DomainError `request.unsupported-media-type`, `request.invalid`, `request.too-large`, `file.interrupted`
 */
export async function openFile(request: FastifyRequest): Promise<OpenFile> {
  if (!request.isMultipart()) throw new DomainError('request.unsupported-media-type');
  const parts = request.parts({ limits: { fileSize: LIMIT_BYTES } });
  const first = await nextPart(parts);
  if (first.done) throw notAsStated('/file', 'a part named file is needed');
  const part = fileOf(first.value);
  const { head, whole } = await peek(part.file, HEAD_BYTES).catch(interrupted);
  // It may fail while nobody reads it; whoever reads on is told.
  whole.on('error', () => undefined);
  const rest = async (): Promise<ReadFile> => {
    const bytes = await buffer(whole).catch(interrupted);
    if (part.file.truncated) throw new DomainError('request.too-large', { maxBytes: LIMIT_BYTES });
    const second = await nextPart(parts);
    if (!second.done && fileOf(second.value)) throw notAsStated('/file', 'must be one file alone');
    return { bytes, fileName: part.filename || null };
  };
  return { kind: sniff(head).kind, rest };
}
