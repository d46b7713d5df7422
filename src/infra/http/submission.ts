import '@fastify/multipart';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { buffer } from 'node:stream/consumers';
import { DomainError } from '../../domain/errors';
import { MOST_VALUES } from './body';
import { measureJson } from './json-measure';
import { wellFormed } from './well-formed';

/** A document with any number of files behind it: JSON alone, or multipart with the document as its first part. */
export interface Submission {
  readonly document: unknown;
  /** In the order of the request. Each stream has to be read or drained before the next one comes. */
  readonly files: AsyncIterable<MultipartFile>;
  /** {@link drainBody} */
  readonly drain: () => void;
}

type Part = Awaited<ReturnType<ReturnType<FastifyRequest['parts']>['next']>>;

const MAX_DOCUMENT_BYTES = 8 * 2 ** 20;

const tooLarge = (): DomainError => new DomainError('request.too-large', { maxBytes: MAX_DOCUMENT_BYTES });

function parse(bytes: Buffer): unknown {
  measureJson(bytes, MOST_VALUES);
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return value;
  } catch {
    throw new DomainError('request.malformed-json');
  }
}

/**
 * What the multipart parser threw: without a boundary, cut off, or out of form, it is the sender's. The limits of parts and
 * files have a status of their own, and so has JSON that is none.
 */
function multipartFault(thrown: unknown): unknown {
  if (thrown instanceof DomainError) return thrown;
  const code: unknown = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  const isKnown = typeof code === 'string' && code.startsWith('FST_') && code !== 'FST_MP_PREMATURE_CLOSE';
  if (isKnown) return thrown;
  return new DomainError('request.invalid', {}, [
    {
      pointer: '',
      detail: 'the multipart body has no boundary, ends before its last boundary, or is not of that form',
    },
  ]);
}

/** The document arrives as a field, or as a part with a file name, as `FormData` with a `Blob` and `curl -F case=@file` send it. */
async function readDocument(part: Part, name: string): Promise<unknown> {
  if (part.done || part.value.fieldname !== name) throw new DomainError('case.document-first', { part: name });
  if (part.value.type === 'field') {
    if (part.value.valueTruncated) throw tooLarge();
    const { value } = part.value;
    // A part that says it is JSON has been read as such already.
    const isText = typeof value === 'string' && !part.value.mimetype.startsWith('application/json');
    return wellFormed(isText ? parse(Buffer.from(value)) : value);
  }
  return wellFormed(parse(await buffer(limited(part.value))));
}

async function* limited({ file }: MultipartFile): AsyncGenerator<Buffer, void, undefined> {
  let size = 0;
  const pieces: AsyncIterable<Buffer> = file.iterator({ destroyOnReturn: false });
  for await (const piece of pieces) {
    size += piece.length;
    if (size > MAX_DOCUMENT_BYTES) {
      file.resume();
      throw tooLarge();
    }
    yield piece;
  }
}

/** The next part of a form, whose fault it is when there is none of that form. */
export async function nextPart(parts: ReturnType<FastifyRequest['parts']>): Promise<Part> {
  try {
    return await parts.next();
  } catch (error) {
    throw multipartFault(error);
  }
}

async function* filesOf(parts: ReturnType<FastifyRequest['parts']>): AsyncGenerator<MultipartFile, void, undefined> {
  for (;;) {
    // Not `for await`: that would end the parts when a consumer stops, before they can be drained.
    const next = await nextPart(parts);
    if (next.done) return;
    if (next.value.type !== 'file') {
      throw new DomainError('request.invalid', {}, [
        { pointer: `/${next.value.fieldname}`, detail: 'only files come after the document' },
      ]);
    }
    yield next.value;
  }
}

async function* noFiles(): AsyncGenerator<MultipartFile, void, undefined> {
  // A JSON request brings none.
}

/** Reads a form on to its end and drops it, so that the sender hears the answer instead of a broken connection. */
export function drainBody({ raw }: FastifyRequest): void {
  raw.unpipe();
  raw.resume();
}

/** @throws DomainError `case.document-first`, `request.invalid`, `request.malformed-json`, `request.too-large` */
export async function readSubmission(request: FastifyRequest, documentPart: string): Promise<Submission> {
  if (!request.isMultipart()) return { document: request.body, files: noFiles(), drain: () => undefined };
  const parts = request.parts();
  const drain = (): void => drainBody(request);
  try {
    return { document: await readDocument(await parts.next(), documentPart), files: filesOf(parts), drain };
  } catch (error) {
    drain();
    throw multipartFault(error);
  }
}
