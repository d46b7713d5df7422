import type { FastifyRequest } from 'fastify';
import { canonicalJson } from '../../domain/canonical';
import { DomainError, type FieldFault } from '../../domain/errors';
import { formBytes, isFormKind, type Form } from '../../domain/forms/forms';
import { MOST_FORM_BYTES } from '../../domain/forms/read-form';
import { isRecord } from '../../domain/json';
import { requestContext } from '../../infra/context';
import { fingerprintOf } from '../../infra/http/context.hook';
import { measureJson } from '../../infra/http/json-measure';
import { readSubmission } from '../../infra/http/submission';
import { isWellFormed } from '../../infra/http/text';
import { validated } from '../../infra/http/validation';
import { sha256 } from '../../ledger/native-hash';
import type { FormDocuments } from '../forms/form-documents.service';
import { validForm } from '../forms/validate-form';
import { HandInDto } from './received.dto';

/** Of what is handed in, as it is: a form of 10,000 addresses as JSON and drawn as a PDF both fit. */
export const MOST_HANDED_IN_BYTES = 16 * 2 ** 20;
/** Three of each of 10,000 addresses, and what holds them. */
const MOST_FORM_VALUES = 100_000;
/** Told of a malformed form; the first ones say enough. */
const MOST_FAULTS = 20;
const MOST_POINTER = 200;
const MOST_JWS = 4096;

export type OrderForm = Extract<Form, { readonly form: 'annex-i' }>;

/** What a document carries. Nothing of it has been believed yet. */
export interface Content {
  readonly kind: 'json' | 'pdf';
  readonly documentDigest: Buffer;
  /** The same for every document that carries the same form; of a document without one, its own. */
  readonly identityDigest: Buffer;
  readonly form: OrderForm | null;
  readonly jws: string | null;
  /** Why there is no form. */
  readonly without: 'no_form' | 'malformed' | null;
  readonly faults: readonly FieldFault[];
}

export interface HandedIn {
  readonly dto: HandInDto;
  readonly content: Content;
}

/**
 * What somebody received, from a form with the parts `order` and a file. It is read as data and never carried out: a PDF by the
 * process that reads attachments and nothing else, JSON by its schema.
 * @throws DomainError `request.*`, `form.too-large`, `received-order.unreadable`, `received-order.not-an-order`, `pdf.*`
 */
export async function readHandedIn(
  request: FastifyRequest,
  documents: FormDocuments,
  organisationId: string,
): Promise<HandedIn> {
  if (!request.isMultipart()) throw new DomainError('request.unsupported-media-type');
  const submission = await readSubmission(request, 'order');
  try {
    const dto = await validated(submission.document, HandInDto);
    const bytes = await oneFile(submission.files);
    const content = withJws(await contentOf(bytes, documents, organisationId), dto.jws);
    const claim = requestContext()?.idempotency;
    // Only now is it known what is repeated under this key.
    if (claim) {
      const digest = sha256(
        Buffer.from(`${canonicalJson(submission.document)}\n${content.documentDigest.toString('hex')}`),
      );
      claim.fingerprint = fingerprintOf(request.method, request.url, Buffer.from(digest).toString('hex'));
    }
    return { dto, content };
  } catch (error) {
    submission.drain();
    throw error;
  }
}

async function oneFile(files: Awaited<ReturnType<typeof readSubmission>>['files']): Promise<Buffer> {
  const missing = new DomainError('request.invalid', {}, [{ pointer: '/file', detail: 'must be one file' }]);
  const parts = files[Symbol.asyncIterator]();
  const first = await parts.next();
  if (first.done) throw missing;
  const { file } = first.value;
  const chunks: Buffer[] = [];
  let size = 0;
  const pieces: AsyncIterable<Buffer> = file.iterator({ destroyOnReturn: false });
  for await (const piece of pieces) {
    size += piece.length;
    if (size > MOST_HANDED_IN_BYTES) throw new DomainError('form.too-large', { maxBytes: MOST_HANDED_IN_BYTES });
    chunks.push(piece);
  }
  if (file.truncated) throw new DomainError('form.too-large', { maxBytes: MOST_HANDED_IN_BYTES });
  if (!(await parts.next()).done) throw missing;
  return Buffer.concat(chunks);
}

/** The mark of a PDF may stand behind other bytes; a JSON text that mentions it is JSON all the same (RFC 8259, 2: white space, then `{`). */
const isPdf = (bytes: Buffer): boolean =>
  bytes.subarray(0, 1024).includes('%PDF-') && !/^\uFEFF?\s*\{/.test(bytes.subarray(0, 1024).toString('utf8'));

async function contentOf(bytes: Buffer, documents: FormDocuments, owner: string): Promise<Content> {
  const documentDigest = Buffer.from(sha256(bytes));
  const base = { kind: isPdf(bytes) ? 'pdf' : 'json', documentDigest } as const;
  try {
    const { form, jws } = base.kind === 'pdf' ? await documents.read(bytes, owner) : readJson(bytes);
    if (form.form !== 'annex-i') throw new DomainError('received-order.not-an-order', { form: form.form });
    const identityDigest = Buffer.from(sha256(formBytes(form)));
    return { ...base, identityDigest, form, jws, without: null, faults: [] };
  } catch (error) {
    const without = formless(error);
    if (!without) throw error;
    return { ...base, identityDigest: documentDigest, form: null, jws: null, ...without };
  }
}

/** An order that cannot be read by a machine was received all the same: it waits for people. What is no document at all was not. */
function formless(error: unknown): Pick<Content, 'without' | 'faults'> | null {
  if (!(error instanceof DomainError)) return null;
  if (error.code === 'form.missing' || error.code === 'pdf.encrypted') return { without: 'no_form', faults: [] };
  if (error.code === 'form.damaged') return { without: 'malformed', faults: [] };
  if (error.code !== 'request.invalid') return null;
  const faults = error.faults
    .filter(({ pointer }) => isWellFormed(pointer))
    .slice(0, MOST_FAULTS)
    .map(({ pointer, detail }) => ({ pointer: pointer.slice(0, MOST_POINTER), detail }));
  return { without: 'malformed', faults };
}

/** The form alone, or with its signature beside it, as `GET /v1/notices/:id/form` gives it. */
function readJson(bytes: Buffer): { readonly form: Form; readonly jws: string | null } {
  if (bytes.length > MOST_FORM_BYTES) throw new DomainError('form.too-large', { maxBytes: MOST_FORM_BYTES });
  const value = parsed(bytes);
  const isBeside = isRecord(value) && isRecord(value.form);
  const form = isBeside ? value.form : value;
  if (!isRecord(form) || !isFormKind(form.form)) throw new DomainError('received-order.unreadable');
  if (form.form !== 'annex-i') throw new DomainError('received-order.not-an-order', { form: form.form });
  const jws = isBeside && typeof value.jws === 'string' && value.jws.length <= MOST_JWS ? value.jws : null;
  return { form: validForm(form), jws };
}

function parsed(bytes: Buffer): unknown {
  try {
    measureJson(bytes, MOST_FORM_VALUES);
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new DomainError('received-order.unreadable');
  }
}

/** Given beside the file, it counts where the file carries none. PostgreSQL keeps no U+0000, and a JWS has none. */
const withJws = (content: Content, given: string | undefined): Content => {
  const jws = content.jws ?? given ?? null;
  return { ...content, jws: content.form && jws !== null && isWellFormed(jws) ? jws : null };
};
