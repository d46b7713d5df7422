/** PDFs written by hand, byte for byte, so that no library decides what is in them. */
export interface PdfOptions {
  readonly text?: string;
  /** Drawing operators (ISO 32000-1, annex A) behind the text. */
  readonly drawing?: string;
  readonly pages?: number;
  /** Points, 1/72 inch. */
  readonly paper?: readonly [width: number, height: number];
  /** Further entries of the catalogue and of the trailer. */
  readonly catalogue?: string;
  readonly trailer?: string;
  /** Objects before the ones that matter, as another program would number them. */
  readonly padding?: number;
  readonly version?: string;
}

export const SHAPES =
  '0.9 0.2 0.1 rg 50 100 200 300 re f 0.1 0.3 0.8 rg 300 300 m 500 600 l 560 200 l f ' +
  '0 0.6 0 rg 100 450 380 90 re f 0.5 g 20 20 80 30 re f';

/** A document of one stream of content, drawn on every page, in Helvetica. */
export function pdfFile(options: PdfOptions = {}): Buffer {
  const { text = '', drawing = '', pages = 1, paper = [595, 842], padding = 0 } = options;
  const lines = text.split('\n').map((line) => `(${line.replace(/[\\()]/g, '\\$&')}) Tj 0 -18 Td`);
  const content = `BT /F1 14 Tf 40 780 Td ${lines.join(' ')} ET ${drawing}`;
  const first = padding + 1;
  const [catalogue, tree, font, stream] = [first, first + 1, first + 2, first + 3];
  const kids = Array.from({ length: pages }, (_, i) => `${first + 4 + i} 0 R`);
  const page =
    `<</Type/Page/Parent ${tree} 0 R/MediaBox[0 0 ${paper.join(' ')}]/Contents ${stream} 0 R` +
    `/Resources<</Font<</F1 ${font} 0 R>>>>>>`;
  const objects = [
    ...Array.from({ length: padding }, (_, i) => `(padding ${i})`),
    `<</Type/Catalog/Pages ${tree} 0 R${options.catalogue ?? ''}>>`,
    `<</Type/Pages/Count ${pages}/Kids[${kids.join(' ')}]>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
    ...kids.map(() => page),
  ];
  return assemble(objects, catalogue, options);
}

/** Nothing but these objects, numbered from 1, with a cross-reference that is right. */
export function assemble(
  objects: readonly string[],
  root: number,
  { version = '1.4', trailer = '' }: Pick<PdfOptions, 'version' | 'trailer'> = {},
): Buffer {
  let file = `%PDF-${version}\n`;
  const offsets = objects.map((object, i) => {
    const at = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  const end = `trailer<</Size ${objects.length + 1}/Root ${root} 0 R${trailer}>>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(file + table + end, 'latin1');
}
