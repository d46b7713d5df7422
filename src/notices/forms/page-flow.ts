import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import PdfDocument from 'pdfkit';
import type { Block, Row } from '../../domain/forms/layout';
import { isRecord } from '../../domain/json';
import { printable } from './printable';
import { wrap } from './wrap';

/** A4 in points. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 56;
const BOTTOM = PAGE.height - MARGIN - 20;
const WIDTH = PAGE.width - 2 * MARGIN;
const LABEL_WIDTH = 165;
const GAP = 12;
const BOX_INDENT = 16;
const LEADING = 1.35;

const FONTS = join(__dirname, 'fonts');
/** DejaVu: Latin, Greek and Cyrillic with every letter of the 24 languages; free to embed (fonts/LICENSE). */
const fontOf = (name: 'DejaVuSans.ttf' | 'DejaVuSans-Bold.ttf'): Buffer => {
  const font = fonts.get(name) ?? readFileSync(join(FONTS, name));
  fonts.set(name, font);
  return font;
};
/** Read when the first document is drawn: who only describes the API needs none. */
const fonts = new Map<string, Buffer>();

interface Face {
  readonly font: 'regular' | 'bold';
  readonly size: number;
  readonly tag: string;
  readonly before: number;
}

const FACES = {
  title: { font: 'bold', size: 13, tag: 'H1', before: 6 },
  subtitle: { font: 'regular', size: 10, tag: 'P', before: 2 },
  heading: { font: 'bold', size: 10, tag: 'H2', before: 14 },
  text: { font: 'regular', size: 9, tag: 'P', before: 6 },
  note: { font: 'regular', size: 7.5, tag: 'P', before: 6 },
} as const satisfies Record<string, Face>;
const CELL = { font: 'regular', size: 9, tag: 'P', before: 4 } as const satisfies Face;
const LABEL = { font: 'regular', size: 8, tag: 'P', before: 4 } as const satisfies Face;

/** pdfkit writes it (ISO 32000-1, 14.8.5.7); its types do not know it. */
const HEAD_OF_ROW: object = { scope: 'Row' };

export interface DocumentFacts {
  readonly title: string;
  readonly language: string;
  readonly at: Date;
}

/** fontkit's own answer, which pdfkit's types do not show. */
function glyphsOf(document: PDFKit.PDFDocument): (codePoint: number) => boolean {
  const held: unknown = Reflect.get(document, '_font');
  const font: unknown = isRecord(held) ? held.font : undefined;
  if (typeof font !== 'object' || font === null) throw new Error('pdfkit holds no embedded font');
  const has: unknown = Reflect.get(font, 'hasGlyphForCodePoint');
  if (typeof has !== 'function') throw new Error('the font cannot be asked for its glyphs');
  const known = new Map<number, boolean>();
  return (codePoint) => {
    const answer = known.get(codePoint) ?? Reflect.apply(has, font, [codePoint]) === true;
    known.set(codePoint, answer);
    return answer;
  };
}

/** Blocks from top to bottom on as many pages as they need, tagged (ISO 32000-1, 14.8) and without anything active. */
export class PageFlow {
  readonly document: PDFKit.PDFDocument;
  /** Whether a character had to be printed as its code point. */
  isEscaped = false;
  private readonly root: PDFKit.PDFStructureElement;
  private readonly hasGlyph: (codePoint: number) => boolean;
  private readonly widths = new Map<string, number>();
  private y = MARGIN;

  constructor({ title, language, at }: DocumentFacts) {
    this.document = new PdfDocument({
      size: [PAGE.width, PAGE.height],
      margin: 0,
      pdfVersion: '1.7',
      tagged: true,
      lang: language,
      displayTitle: true,
      bufferPages: true,
      // Instants of the form and not of the drawing: the same form is the same bytes.
      info: { Title: title, Creator: 'Clepsydra', Producer: 'Clepsydra', CreationDate: at, ModDate: at },
    });
    this.document.registerFont('regular', fontOf('DejaVuSans.ttf'));
    this.document.registerFont('bold', fontOf('DejaVuSans-Bold.ttf')).font('regular');
    this.hasGlyph = glyphsOf(this.document);
    this.root = this.document.struct('Document', { title, lang: language });
    this.document.addStructure(this.root);
  }

  draw(block: Block): void {
    if (block.kind === 'rows') this.rows(block.rows);
    else if (block.kind === 'boxes') this.boxes(block.boxes);
    else this.paragraph(block.text, FACES[block.kind]);
  }

  /** Numbers the pages and closes the document. */
  end(pageLabel: (page: number, pages: number) => string): void {
    this.root.end();
    const { count } = this.document.bufferedPageRange();
    for (let page = 0; page < count; page++) {
      this.document.switchToPage(page);
      this.document.markContent('Artifact', { type: 'Pagination' });
      this.document.font('regular').fontSize(7.5);
      this.document.text(pageLabel(page + 1, count), MARGIN, BOTTOM + 12, { lineBreak: false });
      this.document.endMarkedContent();
    }
    this.document.end();
  }

  private paragraph(text: string, face: Face): void {
    this.y += face.before;
    const lines = this.lines(text, WIDTH, face);
    // A heading stands with the first lines of what it heads.
    if (face.tag.startsWith('H')) this.makeRoom(lines.length * face.size * LEADING + 3 * CELL.size * LEADING);
    const element = this.element(this.root, face.tag);
    for (const line of lines) {
      this.makeRoom(face.size * LEADING);
      element.add(() => this.put(line, MARGIN, face));
      this.y += face.size * LEADING;
    }
    element.end();
  }

  private boxes(boxes: readonly { readonly ticked: boolean; readonly text: string }[]): void {
    const list = this.element(this.root, 'L');
    for (const { ticked, text } of boxes) {
      this.y += CELL.before;
      const item = this.element(list, 'LI');
      this.makeRoom(CELL.size * LEADING);
      const mark = this.element(item, 'Lbl');
      mark.add(() => this.put(ticked ? '\u2612' : '\u2610', MARGIN, CELL));
      mark.end();
      const body = this.element(item, 'LBody');
      for (const line of this.lines(text, WIDTH - BOX_INDENT, CELL)) {
        this.makeRoom(CELL.size * LEADING);
        body.add(() => this.put(line, MARGIN + BOX_INDENT, CELL));
        this.y += CELL.size * LEADING;
      }
      item.end();
    }
    list.end();
  }

  /** A table of two columns; a row that does not fit goes on at the top of the next page. */
  private rows(rows: readonly Row[]): void {
    const table = this.element(this.root, 'Table');
    for (const { label, value } of rows) {
      this.y += CELL.before;
      const row = this.element(table, 'TR');
      const head = this.document.struct('TH', HEAD_OF_ROW);
      row.add(head);
      const cell = this.element(row, 'TD');
      const labels = this.lines(label, LABEL_WIDTH, LABEL);
      const values = this.lines(value, WIDTH - LABEL_WIDTH - GAP, CELL);
      for (let i = 0; i < Math.max(labels.length, values.length); i++) {
        this.makeRoom(CELL.size * LEADING);
        const [left, right] = [labels[i], values[i]];
        if (left !== undefined) head.add(() => this.put(left, MARGIN, LABEL));
        if (right !== undefined) cell.add(() => this.put(right, MARGIN + LABEL_WIDTH + GAP, CELL));
        this.y += CELL.size * LEADING;
      }
      row.end();
      this.rule();
    }
    table.end();
  }

  private rule(): void {
    this.document.markContent('Artifact', { type: 'Layout' });
    this.document.moveTo(MARGIN, this.y + 1).lineTo(PAGE.width - MARGIN, this.y + 1);
    this.document.lineWidth(0.25).strokeColor('#999999').stroke().endMarkedContent();
  }

  private element(parent: PDFKit.PDFStructureElement, tag: string): PDFKit.PDFStructureElement {
    const element = this.document.struct(tag);
    parent.add(element);
    return element;
  }

  private makeRoom(height: number): void {
    if (this.y + height <= BOTTOM) return;
    this.document.addPage();
    this.y = MARGIN;
  }

  private put(line: string, x: number, { font, size }: Face): void {
    this.document.font(font).fontSize(size).fillColor('#000000').text(line, x, this.y, { lineBreak: false });
  }

  private lines(text: string, width: number, { font, size }: Face): string[] {
    const shown = printable(text, this.hasGlyph);
    this.isEscaped ||= shown.isEscaped;
    this.document.font(font).fontSize(size);
    return wrap(shown.text, width, (piece) => this.widthOf(piece, font, size));
  }

  /** Addresses and labels repeat their words, and measuring one costs more than looking it up. */
  private widthOf(piece: string, font: string, size: number): number {
    const name = `${font} ${size} ${piece}`;
    const known = this.widths.get(name);
    if (known !== undefined) return known;
    const width = this.document.widthOfString(piece);
    if (this.widths.size < 50_000) this.widths.set(name, width);
    return width;
  }
}
