import { BEHAVIOURS, CONTENT_TYPES, ENTITY_CLASSES, VOCABULARY_VERSION, INCIDENT_SHAPE } from './labels';
import { CATEGORIES, IDEOLOGIES, SEVERITIES } from './vocabulary';

/** What others call it. Absent where they have no word of their own: a crosswalk that guesses would be worse than none. */
export interface Crosswalk {
  /** GIFCT Hash-Sharing Database: content types and behavioural elements of its taxonomy, as published at gifct.org/hsdb. */
  readonly gifct?: string;
  /** Terrorist Content Analytics Platform: tier of its Tiered Alert System (July 2023), terrorismanalytics.org/policies. */
  readonly tcap?: string;
  /** Regulation (EU) 2021/784, Article 2(7), or another place of it. */
  readonly eu?: string;
}

export interface Definition {
  readonly label: string;
  readonly means: string;
  readonly crosswalk: Crosswalk;
}

type Defined<Label extends string> = Readonly<Record<Label, readonly [means: string, crosswalk?: Crosswalk]>>;

const TIER_1 = 'Tier 1, threat to life';
const TIER_2 = 'Tier 2, crisis';
const TIER_3 = 'Tier 3, designation';
const TIER_4 = 'Tier 4, promotional';

const CATEGORY: Defined<(typeof CATEGORIES)[number]> = {
  incitement: [
    'Incites to a terrorist offence, directly or indirectly, such as by glorifying terrorist acts, and so causes a danger of one',
    { eu: 'Art. 2(7)(a)', gifct: 'Glorification of Terrorist Acts', tcap: TIER_4 },
  ],
  solicit_offence: ['Solicits somebody to commit or to contribute to a terrorist offence', { eu: 'Art. 2(7)(b)' }],
  solicit_group: [
    'Solicits somebody to take part in the activities of a terrorist group',
    { eu: 'Art. 2(7)(c)', gifct: 'Radicalization, Recruitment, Instruction' },
  ],
  instruction: [
    'Instructs on making or using explosives, weapons or noxious substances, or on other methods, for terrorist purposes',
    {
      eu: 'Art. 2(7)(d)',
      gifct: 'Radicalization, Recruitment, Instruction',
      tcap: `${TIER_4}: instructional material`,
    },
  ],
  threat: [
    'Constitutes a threat to commit a terrorist offence',
    { eu: 'Art. 2(7)(e)', gifct: 'Imminent Credible Threat', tcap: TIER_1 },
  ],
  other: ['Against the terms of a platform and in none of the five types of the Regulation: for referrals only'],
};

const CONTENT: Defined<(typeof CONTENT_TYPES)[number]> = {
  'perpetrator-footage': [
    'Recorded or streamed by a perpetrator or an accomplice during an attack, whole or in part',
    { gifct: 'Content of an activated incident', tcap: `${TIER_2}: livestream` },
  ],
  manifesto: [
    'A perpetrator’s own text on the motive or the planning of an attack, also translated or read aloud',
    { gifct: 'Attacker manifestos (PDF)', tcap: `${TIER_2}: manifesto` },
  ],
  'claim-of-responsibility': ['A statement by which a group or a person claims an attack', { tcap: TIER_3 }],
  'official-publication': [
    'A magazine, newsletter or book under the name and signs of a listed entity or its media outlet',
    { gifct: 'Branded terrorist publications (PDF)', tcap: TIER_3 },
  ],
  'official-audiovisual': [
    'A video, image or audio released by a listed entity or its media outlet',
    { gifct: 'Image or video by a listed entity', tcap: TIER_3 },
  ],
  'supporter-made': [
    'Made by supporters or unofficial media outlets, in support of a listed entity or a perpetrator',
    { tcap: `${TIER_4}: unofficial media outlets, inspirational material` },
  ],
  'instructional-material': [
    'A manual or a demonstration',
    { tcap: `${TIER_4}: instructional material`, eu: 'Art. 2(7)(d)' },
  ],
  'operational-communication': ['Directs, plans or announces an act', { tcap: TIER_1 }],
  'symbol-or-image': [
    'A sign or a portrait by itself; weak evidence, and in the news every day: never act upon it alone',
  ],
  other: ['None of these'],
};

const BEHAVIOUR: Defined<(typeof BEHAVIOURS)[number]> = {
  'imminent-threat': [
    'A specific statement of intent and ability to hurt somebody soon',
    {
      gifct: 'Imminent Credible Threat',
      tcap: TIER_1,
      eu: 'Art. 2(7)(e); Art. 14(5) asks for information to the authorities',
    },
  ],
  'graphic-violence': [
    'Killing, torture or mutilation of people who cannot defend themselves is shown',
    { gifct: 'Graphic Violence Against Defenseless People' },
  ],
  glorification: [
    'Praises terrorist acts or those who committed them',
    { gifct: 'Glorification of Terrorist Acts', tcap: `${TIER_4}: inspirational material`, eu: 'Art. 2(7)(a)' },
  ],
  recruitment: [
    'Draws people into a group or its cause',
    { gifct: 'Radicalization, Recruitment, Instruction', eu: 'Art. 2(7)(b), (c)' },
  ],
  incitement: ['Calls for acts, in general or against somebody', { eu: 'Art. 2(7)(a)' }],
  instruction: [
    'Teaches how an act is done',
    {
      gifct: 'Radicalization, Recruitment, Instruction',
      tcap: `${TIER_4}: instructional material`,
      eu: 'Art. 2(7)(d)',
    },
  ],
  financing: [
    'Asks for or moves money or goods for a group or an act',
    { eu: 'Art. 2(7)(c): by contribution to its activities' },
  ],
  'bystander-record': [
    'Shows an act and was made by a witness or a victim: often news or evidence, and to be reviewed by a person each time',
    {
      eu: 'Art. 1(3): educational, journalistic, artistic, research or counter-terrorist purposes are no terrorist content',
    },
  ],
};

const ENTITY: Defined<(typeof ENTITY_CLASSES)[number]> = {
  'un-listed': [
    'On the consolidated list of the UN Security Council',
    { gifct: 'UN Security Council consolidated list', tcap: TIER_3 },
  ],
  'eu-listed': ['On the EU’s list under Common Position 2001/931/CFSP or a successor', { tcap: TIER_3 }],
  'nationally-listed': ['Designated by a State only', { tcap: TIER_3 }],
  'attack-perpetrator': ['A person who carried out an attack, listed or not', { tcap: TIER_2 }],
  supporter: ['Supports a listed entity or a perpetrator and is not one', { tcap: TIER_4 }],
  'not-listed': ['Known and not listed by anybody'],
  unknown: ['Not known, or not looked into'],
};

const IDEOLOGY: Defined<(typeof IDEOLOGIES)[number]> = {
  jihadist: ['Violent, with reference to a reading of Islam that most Muslims reject'],
  right_wing: ['Violent, racist, ethno-nationalist or misogynist on the far right'],
  left_wing_anarchist: ['Violent, on the far left or anarchist'],
  ethno_nationalist_separatist: ['Violent, for the separation or rule of an ethnic group'],
  single_issue: ['Violent, about one matter'],
  other: ['Violent, of another ideology'],
  unknown: ['Not known, or several without a leading one'],
};

const SEVERITY: Defined<(typeof SEVERITIES)[number]> = {
  low: ['Of use to a moderator as a hint; nothing is lost when it waits'],
  medium: ['Terrorist content by its type, without violence shown or called for'],
  high: ['Calls for, shows or teaches violence'],
  critical: ['A life may depend on it, or an attack is going on', { tcap: `${TIER_1}, ${TIER_2}`, eu: 'Art. 14(5)' }],
};

const facet = <Label extends string>(labels: readonly Label[], defined: Defined<Label>): Definition[] =>
  labels.map((label) => {
    const [means, crosswalk = {}] = defined[label];
    return { label, means, crosswalk };
  });

export interface Vocabulary {
  readonly version: string;
  readonly facets: Readonly<Record<string, readonly Definition[]>>;
  readonly incident: { readonly shape: string; readonly means: string };
}

/** Every version that contributions were ever labelled with. */
export const VOCABULARIES: readonly Vocabulary[] = [
  {
    version: VOCABULARY_VERSION,
    facets: {
      category: facet(CATEGORIES, CATEGORY),
      ideology: facet(IDEOLOGIES, IDEOLOGY),
      behaviours: facet(BEHAVIOURS, BEHAVIOUR),
      contentType: facet(CONTENT_TYPES, CONTENT),
      entityClass: facet(ENTITY_CLASSES, ENTITY),
      severity: facet(SEVERITIES, SEVERITY),
    },
    incident: {
      shape: INCIDENT_SHAPE.source,
      means:
        'framework, year and name of an activation: pci-2026-…; GIFCT retired cip, ci and incident in 2025 in favour of activation types such as the Perpetrator Content Incident, and old tags keep their names',
    },
  },
];

export const vocabularyOf = (version: string): Vocabulary | undefined =>
  VOCABULARIES.find((vocabulary) => vocabulary.version === version);
