import { PDFiumModule } from '@hyzyla/pdfium';
import type { Pixels } from '../../perceptual/pixels';

/**
 * The few calls of PDFium (public/fpdfview.h, fpdf_text.h) that are needed, on its WebAssembly module itself: the
 * package's own classes give no way to close a page unseen, nor to leave out what is not to be drawn.
 *
 * The build has no V8 and none of our calls sets up forms, so scripts in a document are data; WebAssembly gives it no
 * files, no network and no memory but its own.
 */
type Module = Awaited<ReturnType<typeof PDFiumModule>>;

/** FPDF_GetLastError: the document wants a password, or is encrypted in a way that is not known. */
const LOCKED = [4, 5];
const BGRA = 4;
const WHITE = 0xffffffff;
/** FPDF_ANNOT: notes and stamps are drawn. FPDF_REVERSE_BYTE_ORDER: red comes first. */
const FLAGS = 0x01 | 0x10;

export class PdfLocked extends Error {}
export class PdfUnreadable extends Error {}

export async function openPdf(bytes: Uint8Array): Promise<PdfDocument> {
  const module = await PDFiumModule({});
  module._FPDF_InitLibraryWithConfig({ version: 2 });
  const at = module.wasmExports.malloc(bytes.length);
  if (at === 0) throw new RangeError('out of memory');
  module.HEAPU8.set(bytes, at);
  const document = module._FPDF_LoadMemDocument(at, bytes.length, 0);
  if (document) return new PdfDocument(module, document);
  throw LOCKED.includes(module._FPDF_GetLastError()) ? new PdfLocked() : new PdfUnreadable();
}

/** An open document; it ends with its process. */
export class PdfDocument {
  constructor(
    private readonly module: Module,
    private readonly document: number,
  ) {}

  get pageCount(): number {
    return this.module._FPDF_GetPageCount(this.document);
  }

  /** Runs `work` with the page, counted from 0; null when there is no such page or it cannot be read. */
  withPage<T>(index: number, work: (page: PdfPage) => T): T | null {
    const page = this.module._FPDF_LoadPage(this.document, index);
    if (!page) return null;
    try {
      return work(new PdfPage(this.module, page));
    } finally {
      this.module._FPDF_ClosePage(page);
    }
  }
}

export class PdfPage {
  constructor(
    private readonly module: Module,
    private readonly page: number,
  ) {}

  /** In reading order as far as PDFium knows it; empty where there is none. */
  text(): string {
    const { module } = this;
    const text = module._FPDFText_LoadPage(this.page);
    if (!text) return '';
    const count = Math.max(0, module._FPDFText_CountChars(text));
    const at = module.wasmExports.malloc((count + 1) * 2);
    if (at === 0) throw new RangeError('out of memory');
    const units = Math.max(0, module._FPDFText_GetText(text, 0, count, at) - 1);
    const found = Buffer.from(module.HEAPU8.slice(at, at + units * 2)).toString('utf16le');
    module.wasmExports.free(at);
    module._FPDFText_ClosePage(text);
    return found;
  }

  /** On white, turned as the page says, of about so many pixels whatever the size of the paper; null without a size. */
  render(pixels: number): Pixels | null {
    const { module } = this;
    const paper = { width: module._FPDF_GetPageWidth(this.page), height: module._FPDF_GetPageHeight(this.page) };
    if (!(paper.width > 0 && paper.height > 0)) return null;
    const scale = Math.sqrt(pixels / (paper.width * paper.height));
    const width = Math.min(pixels, Math.max(1, Math.round(paper.width * scale)));
    const height = Math.max(1, Math.min(Math.round(paper.height * scale), Math.floor((2 * pixels) / width)));
    const at = module.wasmExports.malloc(width * height * 4);
    if (at === 0) throw new RangeError('out of memory');
    const bitmap = module._FPDFBitmap_CreateEx(width, height, BGRA, at, width * 4);
    module._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
    module._FPDF_RenderPageBitmap(bitmap, this.page, 0, 0, width, height, 0, FLAGS);
    const data = module.HEAPU8.slice(at, at + width * height * 4);
    module._FPDFBitmap_Destroy(bitmap);
    module.wasmExports.free(at);
    return { data, width, height, channels: 4 };
  }
}
