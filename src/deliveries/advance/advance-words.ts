import type { ContactLanguage } from '../deliveries.entity';

interface Words {
  readonly subject: (authority: string) => string;
  readonly title: string;
  readonly what: string;
  readonly from: string;
  readonly code: string;
  readonly open: string;
  readonly distrust: string;
}

const WORDS: Readonly<Record<ContactLanguage, Words>> = {
  en: {
    subject: (authority) => `Information before a first removal order: ${authority}`,
    title: 'Information on procedures and deadlines',
    what: 'This is no order, and nothing is asked of you now. An authority that may send you a removal order has to give you this information at least twelve hours before the first one (Regulation (EU) 2021/784, Article 3(2)).',
    from: 'From',
    code: 'Code',
    open: 'It can also be read after signing in at',
    distrust: 'Not sure that this is genuine? Follow no link. Type this address yourself, and there the code:',
  },
  fr: {
    subject: (authority) => `Informations préalables à une première injonction de retrait : ${authority}`,
    title: 'Informations sur les procédures et les délais',
    what: 'Ceci n’est pas une injonction, et rien ne vous est demandé maintenant. Une autorité qui peut vous adresser une injonction de retrait doit vous donner ces informations au moins douze heures avant la première (règlement (UE) 2021/784, article 3, paragraphe 2).',
    from: 'De',
    code: 'Code',
    open: 'Elles peuvent aussi être lues après connexion sur',
    distrust:
      'Un doute sur l’origine de ce message ? Ne suivez aucun lien. Tapez vous-même cette adresse, et là le code :',
  },
  de: {
    subject: (authority) => `Informationen vor einer ersten Entfernungsanordnung: ${authority}`,
    title: 'Informationen über Verfahren und Fristen',
    what: 'Dies ist keine Anordnung, und Sie müssen jetzt nichts tun. Eine Behörde, die Ihnen eine Entfernungsanordnung schicken kann, muss Ihnen diese Informationen mindestens zwölf Stunden vor der ersten geben (Verordnung (EU) 2021/784, Artikel 3 Absatz 2).',
    from: 'Von',
    code: 'Code',
    open: 'Sie können auch nach Anmeldung gelesen werden unter',
    distrust:
      'Zweifel an der Echtheit? Folgen Sie keinem Link. Tippen Sie diese Adresse selbst ein, und dort den Code:',
  },
};

interface Said {
  readonly authority: string;
  /** The authority's own words. */
  readonly text: string;
  readonly code: string;
  readonly site: string;
}

/** Plain text: who says so, that it is no order, and the information itself, which nobody has to open anything for. */
export function informationMail(
  { authority, text, code, site }: Said,
  language: ContactLanguage,
): { readonly subject: string; readonly body: string } {
  const words = WORDS[language];
  const blocks = [
    [words.title],
    [`${words.from}: ${authority}`],
    [words.what],
    [text],
    [`${words.open}:`, site],
    [words.distrust, `${site}/verify`, `${words.code}: ${code}`],
  ];
  return {
    // A line break in a name would begin a header of its own.
    subject: words.subject(authority).replace(/[\r\n]+/g, ' '),
    body: `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`,
  };
}
