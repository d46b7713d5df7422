import type { ContentTexts } from './en';

export const CONTENT_FR: ContentTexts = {
  title: 'Ce qu’il est advenu de votre contenu',
  landing:
    'Une plateforme vous a donné cette adresse. Elle mène à ce qui a été fait au sujet de quelque chose que vous avez publié, et à ce que vous pouvez faire. Aucun compte n’est nécessaire.',
  open: 'Ouvrir',
  nothing: 'Rien ne peut être dit sous cette référence',
  nothingHelp:
    'Vérifiez que l’adresse est complète. Sinon, revenez plus tard, ou demandez à la plateforme qui vous l’a donnée.',
  platform: 'Plateforme',
  measure: 'Ce qui a été fait',
  measureAt: 'Quand',
  basis: 'Pourquoi',
  bases: {
    order: 'la plateforme était tenue par une injonction de retrait d’une autorité (règlement (UE) 2021/784)',
    terms: 'la plateforme l’a décidé elle-même, selon ses propres conditions générales',
  },
  takenBack: 'Ce sur quoi cela reposait est tombé',
  reinstatement: 'Il a été demandé à la plateforme de le rétablir',
  reinstatementOpen: 'pas encore de réponse',
  copy: 'Copie de l’injonction',
  redress: 'Contester l’injonction en justice',
  body: 'Où',
  deadline: 'Dans un délai de',
  units: { days: 'jours', months: 'mois' },
  law: 'Droit applicable',
  complaint: 'Adresser une réclamation à la plateforme',
  complaintHelp:
    'La plateforme répond dans les deux semaines ; décide une personne qui n’a pas pris la mesure. Une mesure peut faire l’objet d’une seule réclamation.',
  complaintText: 'Pourquoi la mesure est injustifiée',
  complaintLodged: 'Votre réclamation',
  complaintOutcomes: {
    upheld: 'accueillie : le contenu doit être rétabli',
    rejected: 'rejetée',
  },
  scrutiny: 'Demander à l’autorité de l’État membre de la plateforme d’examiner l’injonction',
  scrutinyHelp:
    'Elle décide dans les 72 heures suivant votre demande (article 4, paragraphe 4). Vous pouvez la demander jusqu’au',
  scrutinyText: 'En quoi l’injonction enfreint le droit ou vos droits',
  scrutinyLodged: 'Votre demande d’examen',
  scrutinyOutcomes: {
    infringement: 'l’injonction enfreint le droit et n’a plus d’effet',
    no_infringement: 'aucune violation n’a été constatée',
  },
  lodgedAt: 'Envoyée',
  dueAt: 'Décision au plus tard le',
  decidedAt: 'Décidée',
  outcome: 'Issue',
  reasons: 'Motifs',
  continue: 'Continuer',
  confirm: 'Est-ce bien ce que vous voulez envoyer ?',
  confirmHelp:
    'Rien n’a encore été envoyé. Ce que vous envoyez est lu par les personnes qui décident, et ne peut plus être modifié.',
  send: 'Envoyer',
  change: 'Retour',
  sent: 'C’est envoyé. Vous lirez l’issue à cette adresse.',
  faults: {
    length: 'Écrivez entre 10 et 5 000 caractères. Rien n’a été envoyé.',
    open: 'Une réclamation à ce sujet a déjà été envoyée.',
    bound:
      'Cette mesure repose sur une injonction qui lie la plateforme. Vous pouvez faire examiner l’injonction, ou saisir la justice.',
    late: 'Le délai pour cette demande est écoulé. Rien n’a été envoyé.',
    exists: 'Cela a déjà été demandé.',
    other: 'Cela a été refusé. Rien n’a été envoyé.',
  },
};
