import { DomainError } from '../../domain/errors';
import { formBytes, instantOf, type Form } from '../../domain/forms/forms';
import { labelLanguageOf, sayIn, type Say } from '../../domain/forms/labels';
import { FORM_LANGUAGES, type FormLanguage } from '../../domain/forms/languages';
import { layoutOf, type Block } from '../../domain/forms/layout';
import { FORM_FILE, JWS_FILE, MOST_FORM_BYTES } from '../../domain/forms/read-form';
import { turn } from '../../infra/turn';
import type { PadesBaseline } from './pades';
import { PageFlow } from './page-flow';

/** What the document is signed with, as it says on itself. `certificate`: the baseline with which it will be signed as a PDF. */
export interface SignatureFacts {
  readonly jws?: { readonly kid: string; readonly compact: string } | undefined;
  readonly certificate?: PadesBaseline | undefined;
}

/** Blocks between two turns of the event loop: drawing one takes a millisecond or so. */
const BLOCKS_A_TURN = 4;

function signatureText({ jws, certificate: baseline }: SignatureFacts, say: Say): string {
  if (jws && baseline) return say('signature.both', { kid: jws.kid, baseline });
  if (jws) return say('signature.jws', { kid: jws.kid });
  return baseline ? say('signature.certificate', { baseline }) : say('signature.none');
}

/** What every document says of itself, before its form begins. */
function preface(language: FormLanguage, signature: SignatureFacts, say: Say): Block[] {
  const name = FORM_LANGUAGES[language].name;
  const isOther = labelLanguageOf(language) !== language;
  return [
    { kind: 'note', text: say('form.compare') },
    ...(isOther ? [{ kind: 'note' as const, text: say('form.language', { language: name }) }] : []),
    { kind: 'rows', rows: [{ label: say('signature.level'), value: signatureText(signature, say) }] },
  ];
}

/**
 * The form as a tagged PDF with its canonical JSON embedded as form.json, and its JWS as form.jws where there is one. The same
 * form, language and signature are the same bytes.
 * @throws DomainError form.too-large
 */
export async function renderForm(
  form: Form,
  language: FormLanguage,
  signature: SignatureFacts = {},
): Promise<Uint8Array> {
  const json = formBytes(form);
  if (json.length > MOST_FORM_BYTES) {
    throw new DomainError('form.too-large', { bytes: json.length, maxBytes: MOST_FORM_BYTES });
  }
  const labels = labelLanguageOf(language);
  const say = sayIn(labels);
  const at = instantOf(form);
  const flow = new PageFlow({ title: say(`${form.form}.title`), language: labels, at });
  const bytes = collect(flow.document);
  for (const [index, block] of [...preface(language, signature, say), ...layoutOf(form, say)].entries()) {
    if (index % BLOCKS_A_TURN === BLOCKS_A_TURN - 1) await turn();
    flow.draw(block);
  }
  flow.draw({ kind: 'note', text: say('form.attachment') });
  if (flow.isEscaped) flow.draw({ kind: 'note', text: say('form.codepoints') });
  const dates = { creationDate: at, modifiedDate: at, relationship: 'Data' };
  flow.document.file(Buffer.from(json), { name: FORM_FILE, type: 'application/json', ...dates });
  if (signature.jws) {
    flow.document.file(Buffer.from(signature.jws.compact), { name: JWS_FILE, type: 'application/jose', ...dates });
  }
  flow.end((page, pages) => say('form.page', { page, pages }));
  return bytes;
}

function collect(document: PDFKit.PDFDocument): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    document.on('error', reject);
  });
}
