import type { NoticeKind } from '../domain/vocabulary';
import type { DeliveredEvent } from '../notices/delivery-job';
import type { ContactLanguage } from './deliveries.entity';
import { utc } from './reply/parts';

/** Where the recipient can answer without an account, and the code by which they can tell that it is us. */
export interface Reply {
  readonly url: string;
  readonly code: string;
}

/** All that a mail or a pager may know of a notice: nothing of its content, and nobody's name. */
export interface Gist {
  readonly event: DeliveredEvent;
  readonly kind: NoticeKind;
  readonly authority: string;
  readonly reference: string;
  readonly items: number;
  /** Of the installation, to be typed by hand. */
  readonly site: string;
  readonly reply: Reply | null;
  /** Of an order whose hour runs already: when it ends. */
  readonly dueAt: Date | null;
}

/** TCO Art 3(3). A referral has no such time: it is for voluntary consideration (recital 40), and none is shown. */
const ORDER_MINUTES = 60;

interface Words {
  readonly kind: Readonly<Record<NoticeKind, string>>;
  readonly subject: (kind: string, reference: string) => string;
  readonly changed: Readonly<Partial<Record<DeliveredEvent, string>>>;
  readonly from: string;
  readonly reference: string;
  readonly items: string;
  readonly time: Readonly<Record<NoticeKind, string>>;
  readonly runsUntil: (instant: string) => string;
  readonly answer: string;
  /** With the link of a notice that was taken back. */
  readonly reinstate: string;
  readonly code: string;
  readonly open: string;
  readonly distrust: string;
  readonly page: {
    readonly kind: Readonly<Record<NoticeKind, string>>;
    readonly asked: string;
    readonly left: (minutes: number) => string;
    readonly passed: string;
    readonly changed: string;
  };
}

const WORDS: Readonly<Record<ContactLanguage, Words>> = {
  en: {
    kind: { referral: 'Referral', removal_order: 'Removal order' },
    subject: (kind, reference) => `${kind} ${reference}`,
    changed: {
      'notice.withdrawn': 'It has been WITHDRAWN. Please reinstate what was removed because of it.',
      'notice.annulled': 'It has been ANNULLED. Please reinstate what was removed because of it.',
      'notice.clarified': 'The clarification that you asked for is there.',
    },
    from: 'From',
    reference: 'Reference',
    items: 'Items',
    time: {
      referral: 'For your voluntary consideration against your own terms and conditions.',
      removal_order: `To be carried out within ${ORDER_MINUTES} minutes of receipt (Regulation (EU) 2021/784, Article 3(3)).`,
    },
    runsUntil: (instant) =>
      `To be carried out by ${instant}: the hour runs since it was received before, by another channel (Regulation (EU) 2021/784, Article 3(3)).`,
    answer: 'Read and answer, without an account',
    reinstate: 'Say what you have put back, without an account',
    code: 'Code',
    open: 'Read and answer after signing in at',
    distrust: 'Not sure that this is genuine? Do not follow a link. Type this address yourself:',
    page: {
      kind: { referral: 'referral', removal_order: 'order' },
      asked: 'answer asked',
      left: (minutes) => `${minutes} min left`,
      passed: 'time has passed',
      changed: 'changed',
    },
  },
  fr: {
    kind: { referral: 'Signalement', removal_order: 'Injonction de retrait' },
    subject: (kind, reference) => `${kind} ${reference}`,
    changed: {
      'notice.withdrawn': 'RETRAIT : cet acte est retiré. Veuillez rétablir ce qui a été supprimé à cause de lui.',
      'notice.annulled': 'ANNULATION : cet acte est annulé. Veuillez rétablir ce qui a été supprimé à cause de lui.',
      'notice.clarified': 'La clarification que vous avez demandée est disponible.',
    },
    from: 'De',
    reference: 'Référence',
    items: 'Éléments',
    time: {
      referral: 'Pour examen volontaire au regard de vos propres conditions générales.',
      removal_order: `À exécuter dans les ${ORDER_MINUTES} minutes suivant la réception (règlement (UE) 2021/784, article 3, paragraphe 3).`,
    },
    runsUntil: (instant) =>
      `À exécuter au plus tard le ${instant} : l’heure court depuis une réception antérieure, par une autre voie (règlement (UE) 2021/784, article 3, paragraphe 3).`,
    answer: 'Lire et répondre, sans compte',
    reinstate: 'Dire ce que vous avez rétabli, sans compte',
    code: 'Code',
    open: 'Lire et répondre après connexion sur',
    distrust: 'Un doute sur l’origine de ce message ? Ne suivez aucun lien. Tapez vous-même cette adresse :',
    page: {
      kind: { referral: 'signalement', removal_order: 'injonction' },
      asked: 'réponse demandée',
      left: (minutes) => `reste ${minutes} min`,
      passed: 'délai écoulé',
      changed: 'modifié',
    },
  },
  de: {
    kind: { referral: 'Meldung', removal_order: 'Entfernungsanordnung' },
    subject: (kind, reference) => `${kind} ${reference}`,
    changed: {
      'notice.withdrawn': 'ZURÜCKGENOMMEN. Bitte stellen Sie wieder her, was deswegen entfernt wurde.',
      'notice.annulled': 'AUFGEHOBEN. Bitte stellen Sie wieder her, was deswegen entfernt wurde.',
      'notice.clarified': 'Die Klarstellung, um die Sie gebeten haben, liegt vor.',
    },
    from: 'Von',
    reference: 'Aktenzeichen',
    items: 'Inhalte',
    time: {
      referral: 'Zur freiwilligen Prüfung anhand Ihrer eigenen Nutzungsbedingungen.',
      removal_order: `Innerhalb von ${ORDER_MINUTES} Minuten nach Erhalt auszuführen (Verordnung (EU) 2021/784, Artikel 3 Absatz 3).`,
    },
    runsUntil: (instant) =>
      `Auszuführen bis ${instant}: Die Stunde läuft seit einem früheren Erhalt auf anderem Weg (Verordnung (EU) 2021/784, Artikel 3 Absatz 3).`,
    answer: 'Lesen und antworten, ohne Konto',
    reinstate: 'Mitteilen, was Sie wiederhergestellt haben, ohne Konto',
    code: 'Code',
    open: 'Lesen und antworten nach Anmeldung unter',
    distrust: 'Zweifel an der Echtheit? Folgen Sie keinem Link. Tippen Sie diese Adresse selbst ein:',
    page: {
      kind: { referral: 'Meldung', removal_order: 'Anordnung' },
      asked: 'Antwort erbeten',
      left: (minutes) => `noch ${minutes} min`,
      passed: 'Frist verstrichen',
      changed: 'geändert',
    },
  },
};

/** Plain text, which every mailbox shows and no scanner has to open. */
export function mailText(gist: Gist, language: ContactLanguage): { readonly subject: string; readonly text: string } {
  const words = WORDS[language];
  const kind = words.kind[gist.kind];
  const changed = words.changed[gist.event];
  const facts = [
    `${words.from}: ${gist.authority}`,
    `${words.reference}: ${gist.reference}`,
    `${words.items}: ${gist.items}`,
  ];
  const isTakenBack = gist.event === 'notice.withdrawn' || gist.event === 'notice.annulled';
  const answer = gist.reply
    ? [`${isTakenBack ? words.reinstate : words.answer}:`, gist.reply.url, `${words.code}: ${gist.reply.code}`]
    : [`${words.open}:`, gist.site];
  const verify = [words.distrust, `${gist.site}/verify`];
  const time = gist.dueAt ? words.runsUntil(utc(gist.dueAt)) : words.time[gist.kind];
  const blocks = [[kind], facts, [changed ?? time], answer, verify];
  return {
    // A line break in a name would begin a header of its own.
    subject: words.subject(kind, gist.reference).replace(/[\r\n]+/g, ' '),
    text: `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`,
  };
}

/**
 * What a telephone shows on its locked screen.
 * @param minutesLeft of an order's hour: the whole one before receipt; null where no hour is counted
 */
export function pageText(
  { event, kind }: Pick<Gist, 'event' | 'kind'>,
  minutesLeft: number | null,
  language: ContactLanguage,
): string {
  const { page } = WORDS[language];
  if (event !== 'notice.sent') return `${page.kind[kind]}, ${page.changed}`;
  if (kind === 'referral' || minutesLeft === null) return `${page.kind[kind]}, ${page.asked}`;
  return `${page.kind[kind]}, ${minutesLeft > 0 ? page.left(minutesLeft) : page.passed}`;
}
