import type { ContentTexts } from './en';

export const CONTENT_DE: ContentTexts = {
  title: 'Was aus Ihrem Inhalt geworden ist',
  landing:
    'Eine Plattform hat Ihnen diese Adresse gegeben. Dahinter steht, was mit etwas geschehen ist, das Sie veröffentlicht haben, und was Sie dagegen tun können. Sie brauchen kein Konto.',
  open: 'Öffnen',
  nothing: 'Unter dieser Kennung lässt sich nichts sagen',
  nothingHelp:
    'Prüfen Sie, ob die Adresse vollständig ist. Sonst kommen Sie später wieder, oder fragen Sie die Plattform, die sie Ihnen gegeben hat.',
  platform: 'Plattform',
  measure: 'Was geschehen ist',
  measureAt: 'Wann',
  basis: 'Warum',
  bases: {
    order: 'die Plattform war durch eine Entfernungsanordnung einer Behörde gebunden (Verordnung (EU) 2021/784)',
    terms: 'die Plattform hat selbst so entschieden, nach ihren eigenen Nutzungsbedingungen',
  },
  takenBack: 'Worauf es beruhte, gilt nicht mehr',
  reinstatement: 'Die Plattform wurde gebeten, es wiederherzustellen',
  reinstatementOpen: 'noch keine Antwort',
  copy: 'Abschrift der Anordnung',
  redress: 'Die Anordnung vor Gericht anfechten',
  body: 'Wo',
  deadline: 'Binnen',
  units: { days: 'Tagen', months: 'Monaten' },
  law: 'Recht',
  complaint: 'Bei der Plattform Beschwerde einlegen',
  complaintHelp:
    'Die Plattform antwortet binnen zwei Wochen; es entscheidet jemand, der die Maßnahme nicht getroffen hat. Über eine Maßnahme kann man sich einmal beschweren.',
  complaintText: 'Warum die Maßnahme falsch ist',
  complaintLodged: 'Ihre Beschwerde',
  complaintOutcomes: {
    upheld: 'stattgegeben: der Inhalt ist wiederherzustellen',
    rejected: 'zurückgewiesen',
  },
  scrutiny: 'Die Behörde des Mitgliedstaats der Plattform bitten, die Anordnung zu prüfen',
  scrutinyHelp: 'Sie entscheidet binnen 72 Stunden nach Ihrer Bitte (Artikel 4 Absatz 4). Sie können darum bitten bis',
  scrutinyText: 'Inwiefern die Anordnung gegen das Recht oder gegen Ihre Rechte verstößt',
  scrutinyLodged: 'Ihre Bitte um Prüfung',
  scrutinyOutcomes: {
    infringement: 'die Anordnung verstößt gegen das Recht und hat keine Wirkung mehr',
    no_infringement: 'es wurde kein Verstoß festgestellt',
  },
  lodgedAt: 'Abgeschickt',
  dueAt: 'Entscheidung bis',
  decidedAt: 'Entschieden',
  outcome: 'Ergebnis',
  reasons: 'Gründe',
  continue: 'Weiter',
  confirm: 'Möchten Sie das so abschicken?',
  confirmHelp:
    'Noch wurde nichts abgeschickt. Was Sie abschicken, lesen diejenigen, die entscheiden; es lässt sich nicht mehr ändern.',
  send: 'Abschicken',
  change: 'Zurück',
  sent: 'Es wurde abgeschickt. Das Ergebnis lesen Sie unter dieser Adresse.',
  faults: {
    length: 'Schreiben Sie zwischen 10 und 5.000 Zeichen. Nichts wurde abgeschickt.',
    open: 'Eine Beschwerde darüber wurde schon abgeschickt.',
    bound:
      'Hinter dieser Maßnahme steht eine Anordnung, die die Plattform bindet. Sie können die Anordnung prüfen lassen oder vor Gericht gehen.',
    late: 'Die Zeit, in der man darum bitten kann, ist vorbei. Nichts wurde abgeschickt.',
    exists: 'Darum wurde schon gebeten.',
    other: 'Das wurde abgelehnt. Nichts wurde abgeschickt.',
  },
};
