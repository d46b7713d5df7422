/** Entry of a PDF-reading child process; see pdf.ts. argv: the most pages to draw, pixels of each, the most pages to read. */
import { pdqHash } from '../../perceptual/pdq';
import type { PdfAnswer } from './pdf-answer';
import { MAX_TEXT_CHARACTERS, textDigest } from './pdf-text';
import { openPdf, PdfLocked, PdfUnreadable } from './pdfium';
import type { PdfDocument } from './pdfium';

const [drawnPages = 0, pixels = 0, readPages = 0] = process.argv.slice(2).map(Number);
const tell = (answer: PdfAnswer): Promise<void> =>
  new Promise((resolve) => process.send?.(answer, undefined, undefined, () => resolve()));

/** Pictures first, because they are told as they come; then the text of all pages, which is one. */
async function read(document: PdfDocument): Promise<void> {
  const { pageCount } = document;
  for (let index = 0; index < Math.min(pageCount, drawnPages); index++) {
    const picture = document.withPage(index, (page) => page.render(pixels));
    if (picture) await tell({ page: { page: index + 1, ...pdqHash(picture) } });
  }
  const texts: string[] = [];
  let characters = 0;
  for (let index = 0; index < Math.min(pageCount, readPages) && characters <= MAX_TEXT_CHARACTERS; index++) {
    const text = document.withPage(index, (page) => page.text()) ?? '';
    characters += text.length;
    texts.push(text);
  }
  const isWhole = pageCount <= readPages && characters <= MAX_TEXT_CHARACTERS;
  const text = isWhole ? textDigest(texts) : { textSha256: null, textCharacters: characters };
  await tell({ text: { pageCount, ...text } });
}

/** PDFium ends itself when it runs out of memory, and after that nothing of it can be used: this process ends as well. */
function faultOf(error: unknown): PdfAnswer {
  if (error instanceof PdfLocked) return { fault: 'pdf.encrypted' };
  if (error instanceof PdfUnreadable) return { fault: 'pdf.undecodable' };
  const message = error instanceof Error ? error.message : '';
  return { fault: /memory|OOM|allocat|abort|unreachable/i.test(message) ? 'pdf.too-large' : 'pdf.undecodable' };
}

// Whoever started us is gone: nobody waits for an answer.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
const parts: Buffer[] = [];
process.stdin.on('data', (chunk: Buffer) => parts.push(chunk));
process.stdin.on('end', () => {
  void openPdf(Buffer.concat(parts))
    .then(read)
    .catch((error: unknown) => tell(faultOf(error)))
    .finally(() => process.exit(0));
});
