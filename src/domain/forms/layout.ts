import {
  ARTICLE_2_7,
  AUTHORITY_TYPES,
  IMPOSSIBILITY_GROUNDS,
  MEASURES,
  type AnnexI,
  type AnnexII,
  type AnnexIII,
  type Form,
  type Referral,
  type ReferralResponse,
} from './forms';
import type { Say } from './labels';
import type { LabelKey } from './labels-en';

export interface Row {
  readonly label: string;
  readonly value: string;
}

export interface Box {
  readonly ticked: boolean;
  readonly text: string;
}

/** A form as a reader meets it, from top to bottom, whatever draws it. */
export type Block =
  | { readonly kind: 'title' | 'subtitle' | 'heading' | 'text' | 'note'; readonly text: string }
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'boxes'; readonly boxes: readonly Box[] };

/** The blocks of a form, without what every document says of itself. */
export function layoutOf(form: Form, say: Say): Block[] {
  const head: Block[] = [
    { kind: 'subtitle', text: say(`${form.form}.annex`) },
    { kind: 'title', text: say(`${form.form}.title`) },
    { kind: 'subtitle', text: say(`${form.form}.law`) },
  ];
  return [...head, ...bodyOf(form, say)];
}

function bodyOf(form: Form, say: Say): Block[] {
  switch (form.form) {
    case 'annex-i':
      return order(form.content, say);
    case 'annex-ii':
      return feedback(form.content, say);
    case 'annex-iii':
      return impossibility(form.content, say);
    case 'referral':
      return referral(form.content, say);
    default:
      return response(form.content, form.inReplyTo, say);
  }
}

/** What is optional and missing is left out; what is empty is printed as not stated. */
function rows(say: Say, ...pairs: readonly (readonly [LabelKey, string | undefined])[]): Block {
  const stated = pairs.flatMap(([key, value]) => (value === undefined ? [] : [{ label: say(key), value }]));
  return { kind: 'rows', rows: stated.map(({ label, value }) => ({ label, value: value || say('form.untitled') })) };
}
const heading = (say: Say, key: LabelKey): Block => ({ kind: 'heading', text: say(key) });
const text = (say: Say, key: LabelKey): Block => ({ kind: 'text', text: say(key) });
const note = (say: Say, key: LabelKey): Block => ({ kind: 'note', text: say(key) });
const boxes = (say: Say, ...pairs: readonly (readonly [LabelKey, boolean])[]): Block => ({
  kind: 'boxes',
  boxes: pairs.map(([key, ticked]) => ({ ticked, text: say(key) })),
});

function order({ a, b, c, d, e, f, g }: AnnexI, say: Say): Block[] {
  return [
    text(say, 'annex-i.intro.remove'),
    text(say, 'annex-i.intro.preserve'),
    text(say, 'annex-i.intro.language'),
    heading(say, 'annex-i.a'),
    rows(
      say,
      ['annex-i.a.issuingMemberState', a.issuingMemberState],
      ['annex-i.a.addressee', a.addressee],
      ['annex-i.a.legalRepresentative', a.legalRepresentative],
      ['annex-i.a.contactPoint', a.contactPoint],
      ['annex-i.a.homeMemberState', a.homeMemberState],
      ['annex-i.a.issuedAt', a.issuedAt],
      ['annex-i.a.reference', a.reference],
    ),
    note(say, 'annex-i.a.note'),
    ...content(b, say),
    heading(say, 'annex-i.c'),
    boxes(say, ['annex-i.c.nonDisclosure', c.nonDisclosure]),
    note(say, 'annex-i.c.otherwise'),
    heading(say, 'annex-i.d'),
    boxes(say, ['annex-i.d.crossBorder', d.crossBorder], ['annex-i.d.copySent', d.copySent]),
    ...issuer(e, say),
    heading(say, 'annex-i.f'),
    rows(say, ['annex-i.f.issuer', f.issuer], ['annex-i.f.home', f.home]),
    heading(say, 'annex-i.g'),
    rows(
      say,
      ['annex-i.g.body', g.body],
      ['annex-i.g.deadline', say(`annex-i.g.${g.deadline.unit}`, { n: g.deadline.n, from: g.deadline.from })],
      ['annex-i.g.lawUrl', g.lawUrl],
    ),
  ];
}

function content(b: AnnexI['b'], say: Say): Block[] {
  const count = b.targets.length;
  const targets = b.targets.flatMap((target, index): Block[] => [
    { kind: 'text', text: say('annex-i.b.target', { number: index + 1, count }) },
    rows(
      say,
      ['annex-i.b.url', target.url],
      ['annex-i.b.additionalInfo', target.additionalInfo || undefined],
      ['annex-i.b.screenshotRef', target.screenshotRef],
    ),
  ]);
  return [
    heading(say, 'annex-i.b'),
    ...targets,
    text(say, 'annex-i.b.types'),
    boxes(say, ...ARTICLE_2_7.map((point) => [`annex-i.b.type.${point}`, b.types.includes(point)] as const)),
    rows(say, ['annex-i.b.reasons', b.reasons]),
  ];
}

function issuer(e: AnnexI['e'], say: Say): Block[] {
  return [
    heading(say, 'annex-i.e'),
    text(say, 'annex-i.e.type'),
    boxes(say, ...AUTHORITY_TYPES.map((type) => [`annex-i.e.type.${type}`, e.type === type] as const)),
    text(say, 'annex-i.e.details'),
    rows(
      say,
      ['annex-i.e.name', e.name],
      ['annex-i.e.representative', e.representative],
      ['annex-i.e.post', e.post],
      ['annex-i.e.fileNo', e.fileNo],
      ['annex-i.e.address', e.address],
      ['annex-i.e.tel', e.tel],
      ['annex-i.e.fax', e.fax],
      ['annex-i.e.email', e.email],
      ['annex-i.e.date', e.date],
      ['annex-i.e.stamp', e.stamp],
      ['annex-i.e.signature', e.signature],
    ),
    note(say, 'annex-i.e.footnote'),
  ];
}

const references = (answer: AnnexII | AnnexIII, say: Say): Block[] => [
  heading(say, 'answer.a'),
  rows(
    say,
    ['answer.addressee', answer.addressee],
    ['answer.issuer', answer.issuer],
    ['answer.issuerRef', answer.issuerRef],
    ['answer.addresseeRef', answer.addresseeRef],
    ['answer.receivedAt', answer.receivedAt],
  ),
];

function provider({ hsp, authorisedPerson, contactEmail }: AnnexII | AnnexIII, say: Say): Block[] {
  const who =
    'name' in hsp
      ? ([['answer.hsp.name', hsp.name], ['answer.hsp.memberState', hsp.memberState]] as const)
      : ([['answer.hsp.legalRepName', hsp.legalRepName], ['answer.hsp.legalRepMemberState', hsp.memberState]] as const); // prettier-ignore
  return [
    heading(say, 'answer.c'),
    rows(say, ...who, ['answer.authorisedPerson', authorisedPerson], ['answer.contactEmail', contactEmail]),
  ];
}

const feedback = (answer: AnnexII, say: Say): Block[] => [
  ...references(answer, say),
  heading(say, 'annex-ii.b'),
  boxes(say, ...MEASURES.map((measure) => [`annex-ii.measure.${measure}`, answer.measure === measure] as const)),
  rows(say, ['annex-ii.measureAt', answer.measureAt]),
  ...provider(answer, say),
  rows(say, ['answer.date', answer.date]),
];

const impossibility = (answer: AnnexIII, say: Say): Block[] => [
  ...references(answer, say),
  heading(say, 'annex-iii.b'),
  text(say, 'annex-iii.ground'),
  boxes(
    say,
    ...IMPOSSIBILITY_GROUNDS.map((ground) => [`annex-iii.ground.${ground}`, answer.ground === ground] as const),
  ),
  rows(
    say,
    ['annex-iii.explanation', answer.explanation],
    ['annex-iii.clarificationNeeded', answer.clarificationNeeded],
  ),
  ...provider(answer, say),
  rows(say, ['annex-iii.signature', answer.signature], ['annex-iii.date', answer.date]),
];

function referral(content: Referral, say: Say): Block[] {
  const { category, grounds, requestedAction } = content;
  const what = category === 'other' ? 'referral.category.other' : (`annex-i.b.type.${category}` as const);
  return [
    text(say, 'referral.voluntary'),
    rows(
      say,
      ['referral.id', content.id],
      ['referral.referrer', content.referrer],
      ['referral.sentAt', content.sentAt],
      ['referral.requestedAction', say(`referral.requestedAction.${requestedAction}`)],
    ),
    heading(say, 'referral.what'),
    rows(say, target(content), ['referral.language', content.language], ['referral.evidenceRef', content.evidenceRef]),
    heading(say, 'referral.why'),
    rows(
      say,
      ['referral.category', say(what)],
      ['referral.grounds.tosClause', grounds.tosClause],
      ['referral.grounds.legalRef', grounds.legalRef],
      ['referral.listedEntity', content.listedEntity],
    ),
  ];
}

function target({ target: of }: Referral): readonly [LabelKey, string] {
  if ('url' in of) return ['referral.target.url', of.url];
  if ('account' in of) return ['referral.target.account', of.account];
  if ('channel' in of) return ['referral.target.channel', of.channel];
  return ['referral.target.file', of.file];
}

const response = (content: ReferralResponse, inReplyTo: string, say: Say): Block[] => [
  rows(say, ['referral-response.inReplyTo', inReplyTo], ['referral-response.ackAt', content.ackAt]),
  heading(say, 'referral-response.what'),
  rows(
    say,
    ['referral-response.what', say(`referral-response.decision.${content.decision}`)],
    ['referral-response.basis', say(`referral-response.basis.${content.basis}`)],
    ['referral-response.reasons', content.reasons],
    ['referral-response.decidedAt', content.decidedAt],
  ),
  boxes(say, ['referral-response.appealable', content.appealable]),
];
