/** Entry of a process that reads the attachments of one PDF; see attachments.ts. argv: the most bytes of one, then their names. */
import { PDFiumModule } from '@hyzyla/pdfium';
import type { AttachmentAnswer } from './attachment-answer';

const [mostBytes = '0', ...wanted] = process.argv.slice(2);
/** A form carries two; a document with more than these is none: a second form could lie behind what is looked at. */
const MOST_ATTACHMENTS = 100;
/** FPDF_GetLastError: a password is wanted, or the encryption is not known. */
const LOCKED = [4, 5];

type Module = Awaited<ReturnType<typeof PDFiumModule>>;
type Call = (...args: readonly number[]) => number;

/** Functions of public/fpdf_attachment.h that the build has and the package's types do not name. */
function callOf(module: Module, name: string): Call {
  const call: unknown = Reflect.get(module.wasmExports, name);
  if (typeof call !== 'function') throw new Error(`PDFium without ${name}`);
  return (...args) => Number(Reflect.apply(call, undefined, args));
}

const tell = (answer: AttachmentAnswer): Promise<void> =>
  new Promise((resolve) => process.send?.(answer, undefined, undefined, () => resolve()));

function allocate(module: Module, bytes: number): number {
  const at = module.wasmExports.malloc(bytes);
  if (at === 0) throw new RangeError('out of memory');
  return at;
}

function nameOf(module: Module, attachment: number): string {
  const getName = callOf(module, 'FPDFAttachment_GetName');
  const length = getName(attachment, 0, 0);
  if (length < 2 || length > 2048) return '';
  const at = allocate(module, length);
  getName(attachment, at, length);
  const name = Buffer.from(module.HEAPU8.slice(at, at + length - 2)).toString('utf16le');
  module.wasmExports.free(at);
  return name;
}

/** `null` when it is longer than it may be, or cannot be unpacked. */
function contentOf(module: Module, attachment: number): Buffer | null {
  const getFile = callOf(module, 'FPDFAttachment_GetFile');
  const out = allocate(module, 4);
  if (!getFile(attachment, 0, 0, out)) return null;
  const length = new DataView(module.HEAPU8.buffer).getUint32(out, true);
  if (length > Number(mostBytes)) return null;
  const at = allocate(module, Math.max(1, length));
  if (!getFile(attachment, at, length, out)) return null;
  return Buffer.from(module.HEAPU8.slice(at, at + length));
}

async function read(bytes: Uint8Array): Promise<AttachmentAnswer> {
  const module = await PDFiumModule({});
  module._FPDF_InitLibraryWithConfig({ version: 2 });
  const at = allocate(module, bytes.length);
  module.HEAPU8.set(bytes, at);
  const document = module._FPDF_LoadMemDocument(at, bytes.length, 0);
  if (!document) {
    return { fault: LOCKED.includes(module._FPDF_GetLastError()) ? 'pdf.encrypted' : 'pdf.undecodable' };
  }
  const files = new Map<string, string>();
  const count = callOf(module, 'FPDFDoc_GetAttachmentCount')(document);
  if (count > MOST_ATTACHMENTS) return { fault: 'form.damaged' };
  for (let index = 0; index < count; index++) {
    const attachment = callOf(module, 'FPDFDoc_GetAttachment')(document, index);
    const name = attachment ? nameOf(module, attachment) : '';
    if (!wanted.includes(name)) continue;
    // Two forms in one document: which of them a reader would take is anybody's guess.
    if (files.has(name)) return { fault: 'form.damaged' };
    const content = contentOf(module, attachment);
    if (!content) return { fault: 'form.too-large' };
    files.set(name, content.toString('base64'));
  }
  return { files: Object.fromEntries(files) };
}

/** PDFium ends itself when it runs out of memory. */
function faultOf(error: unknown): AttachmentAnswer {
  const message = error instanceof Error ? error.message : '';
  return { fault: /memory|OOM|allocat|abort|unreachable/i.test(message) ? 'pdf.too-large' : 'pdf.undecodable' };
}

process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
const parts: Buffer[] = [];
process.stdin.on('data', (chunk: Buffer) => parts.push(chunk));
process.stdin.on('end', () => {
  void read(Buffer.concat(parts))
    .catch(faultOf)
    .then(tell)
    .finally(() => process.exit(0));
});
