import {
  ARTICLE_2_7,
  AUTHORITY_TYPES,
  FORM_KINDS,
  FORM_VERSION,
  IMPOSSIBILITY_GROUNDS,
  MEASURES,
  REFERRAL_DECISIONS,
  type FormKind,
} from './forms';
import {
  address,
  day,
  email,
  flag,
  instant,
  line,
  mayBeEmpty,
  memberState,
  object,
  oneOf,
  text,
  where,
  type JsonSchema,
} from './json-schema';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
/** Relative: each installation publishes them under its own address. */
export const SCHEMA_FOLDER = '/schemas/';

const MOST_TARGETS = 10_000;

const published = (kind: FormKind, title: string, schema: JsonSchema): JsonSchema => ({
  $schema: DIALECT,
  $id: `${SCHEMA_FOLDER}${kind}.json`,
  title,
  ...schema,
});

const sectionA = object({
  issuingMemberState: memberState('Member State of the issuing competent authority'),
  addressee: line('Addressee'),
  'legalRepresentative?': line('Legal representative, where relevant (Article 17)'),
  contactPoint: line('Contact point (Article 15)'),
  homeMemberState: memberState('Member State of the main establishment or of the legal representative'),
  issuedAt: instant('Time and date of issuing, with its zone'),
  reference: line('Reference number'),
});

const sectionB = object({
  targets: {
    type: 'array',
    minItems: 1,
    maxItems: MOST_TARGETS,
    items: object({
      url: address('Exact URL'),
      additionalInfo: mayBeEmpty(text('Further information for identification and exact location')),
      'screenshotRef?': line('Where a screenshot is kept (recital 18)'),
    }),
  },
  types: { type: 'array', minItems: 1, uniqueItems: true, items: oneOf(ARTICLE_2_7, 'Point of Article 2(7)') },
  reasons: text('Reasons for considering the material terrorist content'),
});

const sectionE = object({
  type: oneOf(AUTHORITY_TYPES, 'Type of the issuing authority'),
  name: line('Name of the authority'),
  representative: line('Name or role of its representative'),
  post: line('Post held (title or grade)'),
  fileNo: line('File number'),
  address: text('Address'),
  tel: line('Telephone, with country and area code'),
  fax: mayBeEmpty(line('Fax, with country and area code')),
  email: email('E-mail'),
  date: day('Date'),
  'stamp?': line('Official stamp'),
  signature: mayBeEmpty(line('Signature; empty where the channel guarantees authenticity')),
});

const sectionG = object({
  body: text('Competent body or court to challenge the order'),
  deadline: object({
    n: { type: 'integer', minimum: 1, maximum: 1000 },
    unit: oneOf(['days', 'months'], 'Unit of the time limit'),
    from: line('From when it runs'),
  }),
  lawUrl: { ...address('Link to the national provisions'), pattern: '^https?://[^\\s]+$' },
});

/** Annex I of Regulation (EU) 2021/784. */
const annexISchema = published(
  'annex-i',
  'Removal order (Regulation (EU) 2021/784, Annex I)',
  object({
    a: sectionA,
    b: sectionB,
    c: object({ nonDisclosure: flag('The addressee must not inform the content provider (Article 11(3))') }),
    d: object({
      crossBorder: flag('The home Member State is another than the issuing one'),
      copySent: flag('A copy is sent to the home competent authority (Article 4(1))'),
    }),
    e: sectionE,
    f: object({
      issuer: text('Contact details of the issuing authority'),
      'home?': text('Contact details of the home competent authority'),
    }),
    g: sectionG,
  }),
);

const provider = {
  type: 'object',
  oneOf: [
    object({ name: line('Name of the hosting service provider'), memberState: memberState('Its main establishment') }),
    object({ legalRepName: line('Name of the legal representative'), memberState: memberState('Its Member State') }),
  ],
} satisfies JsonSchema;

const answerToOrder = {
  addressee: line('Addressee of the order'),
  issuer: line('Competent authority that issued the order'),
  issuerRef: line('File reference of the authority'),
  addresseeRef: line('File reference of the addressee'),
  receivedAt: instant('Time and date of receipt of the order'),
  hsp: provider,
  authorisedPerson: line('Authorised person'),
  contactEmail: email('E-mail of the contact point'),
} satisfies Record<string, JsonSchema>;

/** Annex II of Regulation (EU) 2021/784. */
const annexIISchema = published(
  'annex-ii',
  'Feedback following removal or disabling of access (Regulation (EU) 2021/784, Annex II)',
  object({
    ...answerToOrder,
    measure: oneOf(MEASURES, 'Measure taken'),
    measureAt: instant('Time and date of the measure'),
    date: day('Date'),
  }),
);

/** Annex III of Regulation (EU) 2021/784. */
const annexIIISchema = published(
  'annex-iii',
  'Impossibility to execute the removal order (Regulation (EU) 2021/784, Annex III)',
  object(
    {
      ...answerToOrder,
      ground: oneOf(IMPOSSIBILITY_GROUNDS, 'Ground'),
      explanation: text('Further information on the reasons'),
      'clarificationNeeded?': text('Errors, and the information or clarification that is needed'),
      signature: mayBeEmpty(line('Signature')),
      date: instant('Time and date'),
    },
    // Paragraph 7 asks for nothing; paragraph 8 is a question and says what it asks.
    where(
      'ground',
      'FORCE_MAJEURE',
      { properties: { clarificationNeeded: false } },
      { required: ['clarificationNeeded'] },
    ),
  ),
);

const target = {
  type: 'object',
  oneOf: [
    object({ url: address('Address') }),
    object({ account: address('Account') }),
    object({ channel: address('Channel') }),
    object({ file: address('File, by a reference that the platform knows') }),
  ],
} satisfies JsonSchema;

/** A referral (recital 40). */
const referralSchema = published(
  'referral',
  'Referral for voluntary consideration',
  object({
    id: line('Id of the referral'),
    referrer: line('Body that refers'),
    target,
    grounds: object(
      { 'tosClause?': text('Clause of the terms and conditions'), 'legalRef?': text('Provision of law') },
      { minProperties: 1 },
    ),
    category: oneOf([...ARTICLE_2_7, 'other'], 'Point of Article 2(7), or other'),
    'listedEntity?': line('Person, group or entity listed by the Union'),
    language: { type: 'string', pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$', description: 'Language (BCP 47)' },
    evidenceRef: line('Reference of the evidence'),
    requestedAction: oneOf(['review', 'review_and_preserve'], 'What is asked for'),
    voluntary: { const: true },
    sentAt: instant('Time and date of sending'),
  }),
);

const referralResponseSchema = published(
  'referral-response',
  'Response to a referral',
  object({
    ackAt: instant('Time and date of acknowledgement'),
    decision: oneOf(REFERRAL_DECISIONS, 'Decision'),
    basis: oneOf(['tos', 'law'], 'Basis of the decision'),
    reasons: text('Reasons'),
    decidedAt: instant('Time and date of the decision'),
    appealable: flag('Whether the decision can be appealed'),
  }),
);

export const CONTENT_SCHEMAS: Readonly<Record<FormKind, JsonSchema>> = {
  'annex-i': annexISchema,
  'annex-ii': annexIISchema,
  'annex-iii': annexIIISchema,
  referral: referralSchema,
  'referral-response': referralResponseSchema,
};

/** The document that is signed and embedded in a PDF: one of the contents with its name. */
const formSchema: JsonSchema = {
  $schema: DIALECT,
  $id: `${SCHEMA_FOLDER}form.json`,
  title: 'A form with its name, as it is signed and embedded',
  type: 'object',
  required: ['form'],
  properties: { form: { enum: FORM_KINDS } },
  allOf: FORM_KINDS.map((kind) =>
    where(
      'form',
      kind,
      object({
        form: { const: kind },
        v: { const: FORM_VERSION },
        ...(kind === 'referral-response' ? { inReplyTo: line('Id of the referral that is answered') } : {}),
        content: { $ref: `${SCHEMA_FOLDER}${kind}.json` },
      }),
    ),
  ),
};

/** Every published schema by the last part of its address, without `.json`. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = { form: formSchema, ...CONTENT_SCHEMAS };
