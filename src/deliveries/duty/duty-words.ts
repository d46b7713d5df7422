import type { ContactLanguage } from '../deliveries.entity';

/** What a telephone shows on its locked screen: no content, no name, no address. */
export interface DutyWords {
  readonly signature: string;
  readonly lifeThreat: string;
  readonly unanswered: string;
  readonly unreached: string;
  readonly received: string;
  readonly test: string;
  readonly testMail: {
    readonly subject: string;
    readonly text: (link: string) => string;
  };
}

export const DUTY_WORDS: Readonly<Record<ContactLanguage, DutyWords>> = {
  en: {
    signature: 'order, signature asked',
    lifeThreat: 'threat to life reported, answer now',
    unanswered: 'contact point does not answer',
    unreached: 'a notice has reached nobody',
    received: 'order from outside, decide whether it is genuine',
    test: 'test of the contact point, please answer',
    testMail: {
      subject: 'Test of your contact point',
      text: (link) =>
        [
          'Four times a year we ask whether orders would reach you at this address.',
          `Please open this page and press its button:\n${link}`,
          'Nothing else is asked of you, and nothing was ordered.\n',
        ].join('\n\n'),
    },
  },
  fr: {
    signature: 'injonction, signature demandée',
    lifeThreat: 'menace pour la vie signalée, répondez maintenant',
    unanswered: 'le point de contact ne répond pas',
    unreached: 'un acte n’a atteint personne',
    received: 'injonction reçue hors plateforme, à vérifier maintenant',
    test: 'essai du point de contact, veuillez répondre',
    testMail: {
      subject: 'Essai de votre point de contact',
      text: (link) =>
        [
          'Quatre fois par an, nous vérifions que des injonctions vous parviendraient à cette adresse.',
          `Veuillez ouvrir cette page et appuyer sur son bouton :\n${link}`,
          'Rien d’autre ne vous est demandé, et rien n’a été ordonné.\n',
        ].join('\n\n'),
    },
  },
  de: {
    signature: 'Anordnung, Unterschrift erbeten',
    lifeThreat: 'Gefahr für Leben gemeldet, sofort antworten',
    unanswered: 'Kontaktstelle antwortet nicht',
    unreached: 'ein Ersuchen hat niemanden erreicht',
    received: 'Anordnung von außen, jetzt auf Echtheit prüfen',
    test: 'Test der Kontaktstelle, bitte antworten',
    testMail: {
      subject: 'Test Ihrer Kontaktstelle',
      text: (link) =>
        [
          'Viermal im Jahr prüfen wir, ob Anordnungen Sie unter dieser Adresse erreichen würden.',
          `Bitte öffnen Sie diese Seite und drücken Sie auf ihren Knopf:\n${link}`,
          'Mehr wird von Ihnen nicht verlangt, und nichts wurde angeordnet.\n',
        ].join('\n\n'),
    },
  },
};
