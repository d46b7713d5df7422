import type { Labels } from './labels-en';

/** French; the wording of the annexes must be compared with the Official Journal like that of every language here. */
export const LABELS_FR: Labels = {
  'form.compare':
    'Avant toute utilisation comme formulaire officiel, ce document doit être comparé aux annexes I à III du règlement (UE) 2021/784 publiées au Journal officiel de l’Union européenne (JO L 172 du 17.5.2021, p. 100 à 109) et à ses rectificatifs (JO L 266 du 13.10.2022, p. 23 ; JO L 328 du 22.12.2022, p. 171).',
  'form.language':
    'Les libellés en {language} ne sont pas fournis avec cette installation ; ceux de ce formulaire sont en anglais.',
  'form.attachment':
    'Les données de ce formulaire sont jointes à ce document sous le nom form.json (RFC 8785) et prévalent sur ce qui est imprimé.',
  'form.codepoints':
    'Les caractères qui ne peuvent pas être imprimés ici figurent sous la forme de leur point de code entre crochets ; form.json les contient tels quels.',
  'form.page': 'Page {page} sur {pages}',
  'form.untitled': 'Non indiqué',
  'signature.level': 'Niveau de signature',
  'signature.none': 'Aucune. Ce document ne porte pas de signature électronique.',
  'signature.jws':
    'Signature Ed25519 de l’autorité sur form.json, JWS détaché (RFC 7515), jointe sous le nom form.jws ; clé {kid}.',
  'signature.certificate':
    'Signature électronique avancée au moyen du certificat de l’autorité, dans ce document PDF (PAdES {baseline}).',
  'signature.both':
    'Signature électronique avancée au moyen du certificat de l’autorité, dans ce document PDF (PAdES {baseline}), et signature Ed25519 sur form.json, JWS détaché (RFC 7515), jointe sous le nom form.jws ; clé {kid}.',

  'annex-i.annex': 'Annexe I',
  'annex-i.title': 'INJONCTION DE RETRAIT',
  'annex-i.law': '[article 3 du règlement (UE) 2021/784 du Parlement européen et du Conseil]',
  'annex-i.intro.remove':
    'En vertu de l’article 3 du règlement (UE) 2021/784 (ci-après dénommé « règlement »), le destinataire de la présente injonction de retrait retire les contenus à caractère terroriste ou bloque l’accès à ceux-ci dans tous les États membres, dès que possible et en tout état de cause dans un délai d’une heure à compter de la réception de l’injonction de retrait.',
  'annex-i.intro.preserve':
    'En vertu de l’article 6 du règlement, le destinataire conserve les contenus et les données connexes qui ont été retirés ou dont l’accès a été bloqué pendant six mois, ou pour une durée plus longue à la demande des autorités ou juridictions compétentes.',
  'annex-i.intro.language':
    'En vertu de l’article 15, paragraphe 2, du règlement, l’injonction de retrait est transmise dans l’une des langues désignées par le destinataire.',
  'annex-i.a': 'SECTION A :',
  'annex-i.a.issuingMemberState': 'État membre de l’autorité compétente d’émission',
  'annex-i.a.note':
    'NB : les coordonnées de l’autorité compétente d’émission doivent être indiquées aux sections E et F.',
  'annex-i.a.addressee': 'Destinataire',
  'annex-i.a.legalRepresentative': 'Représentant légal',
  'annex-i.a.contactPoint': 'Point de contact',
  'annex-i.a.homeMemberState':
    'État membre dans lequel le fournisseur de services d’hébergement a son établissement principal ou dans lequel son représentant légal réside ou est établi',
  'annex-i.a.issuedAt': 'Heure et date d’émission de l’injonction de retrait',
  'annex-i.a.reference': 'Numéro de référence de l’injonction de retrait',
  'annex-i.b':
    'SECTION B : Contenu à caractère terroriste à retirer ou dont l’accès est à bloquer dans tous les États membres dès que possible et en tout état de cause dans un délai d’une heure à compter de la réception de l’injonction de retrait',
  'annex-i.b.target': 'Contenu {number} sur {count}',
  'annex-i.b.url': 'URL',
  'annex-i.b.additionalInfo':
    'Informations supplémentaires permettant d’identifier et de localiser précisément le contenu à caractère terroriste',
  'annex-i.b.screenshotRef': 'Capture d’écran',
  'annex-i.b.types':
    'Raisons pour lesquelles le matériel est considéré comme un contenu à caractère terroriste, conformément à l’article 2, point 7), du règlement. Le matériel (cocher la ou les cases appropriées) :',
  'annex-i.b.type.a':
    'incite d’autres personnes à commettre des infractions terroristes, notamment en glorifiant des actes terroristes, en préconisant la commission de telles infractions [article 2, point 7) a)]',
  'annex-i.b.type.b':
    'sollicite d’autres personnes pour commettre des infractions terroristes ou contribuer à leur commission [article 2, point 7) b)]',
  'annex-i.b.type.c':
    'sollicite d’autres personnes pour participer aux activités d’un groupe terroriste [article 2, point 7) c)]',
  'annex-i.b.type.d':
    'fournit des instructions concernant la fabrication ou l’utilisation d’explosifs, d’armes à feu ou d’autres armes, ou de substances nocives ou dangereuses, ou concernant d’autres méthodes ou techniques spécifiques, aux fins de commettre des infractions terroristes ou de contribuer à leur commission [article 2, point 7) d)]',
  'annex-i.b.type.e': 'constitue une menace de commettre une des infractions terroristes [article 2, point 7) e)]',
  'annex-i.b.reasons':
    'Informations supplémentaires sur les raisons pour lesquelles le matériel est considéré comme un contenu à caractère terroriste',
  'annex-i.c': 'SECTION C : Information du fournisseur de contenus',
  'annex-i.c.nonDisclosure':
    'Pour des raisons de sécurité publique, le destinataire doit s’abstenir d’informer le fournisseur de contenus du retrait du contenu à caractère terroriste ou du blocage de l’accès à celui-ci.',
  'annex-i.c.otherwise':
    'Si la case n’est pas cochée : voir la section G pour les possibilités de contester l’injonction de retrait dans l’État membre de l’autorité compétente d’émission en vertu du droit national (une copie de l’injonction de retrait doit être envoyée au fournisseur de contenus s’il en fait la demande).',
  'annex-i.d':
    'SECTION D : Information de l’autorité compétente de l’État membre dans lequel le fournisseur de services d’hébergement a son établissement principal ou dans lequel son représentant légal réside ou est établi',
  'annex-i.d.crossBorder':
    'L’État membre dans lequel le fournisseur de services d’hébergement a son établissement principal ou dans lequel son représentant légal réside ou est établi n’est pas l’État membre de l’autorité compétente d’émission.',
  'annex-i.d.copySent':
    'Une copie de l’injonction de retrait est envoyée à l’autorité compétente de l’État membre dans lequel le fournisseur de services d’hébergement a son établissement principal ou dans lequel son représentant légal réside ou est établi.',
  'annex-i.e': 'SECTION E : Coordonnées de l’autorité compétente d’émission',
  'annex-i.e.type.JUDICIAL': 'juge, juridiction ou juge d’instruction',
  'annex-i.e.type.LAW_ENFORCEMENT': 'service répressif',
  'annex-i.e.type.OTHER': 'autre autorité compétente (voir également la section F)',
  'annex-i.e.type': 'Type d’autorité compétente d’émission (cocher la case appropriée)',
  'annex-i.e.details':
    'Coordonnées de l’autorité compétente d’émission ou de son représentant certifiant que l’injonction de retrait est exacte et correcte',
  'annex-i.e.name': 'Nom de l’autorité compétente d’émission',
  'annex-i.e.representative': 'Nom de son représentant',
  'annex-i.e.post': 'Fonction (titre et grade)',
  'annex-i.e.fileNo': 'N° de dossier',
  'annex-i.e.address': 'Adresse',
  'annex-i.e.tel': 'Téléphone (indicatif du pays) (indicatif régional ou urbain)',
  'annex-i.e.fax': 'Télécopieur (indicatif du pays) (indicatif régional ou urbain)',
  'annex-i.e.email': 'Adresse électronique',
  'annex-i.e.date': 'Date',
  'annex-i.e.stamp': 'Cachet officiel (si disponible)',
  'annex-i.e.signature': 'Signature (1)',
  'annex-i.e.footnote':
    '(1) Une signature n’est pas nécessaire si l’injonction de retrait est envoyée par des canaux de transmission authentifiés pouvant garantir son authenticité.',
  'annex-i.f': 'SECTION F : Coordonnées pour le suivi',
  'annex-i.f.issuer':
    'Coordonnées de l’autorité compétente d’émission, pour le retour d’information sur l’heure du retrait ou du blocage de l’accès ou pour fournir des précisions supplémentaires',
  'annex-i.f.home':
    'Coordonnées de l’autorité compétente de l’État membre dans lequel le fournisseur de services d’hébergement a son établissement principal ou dans lequel son représentant légal réside ou est établi',
  'annex-i.g': 'SECTION G : Informations sur les voies de recours',
  'annex-i.g.body': 'Organisme ou juridiction compétents devant lesquels l’injonction de retrait peut être contestée',
  'annex-i.g.deadline': 'Délai pour contester la décision',
  'annex-i.g.days': '{n} jours à compter de : {from}',
  'annex-i.g.months': '{n} mois à compter de : {from}',
  'annex-i.g.lawUrl': 'Lien vers les dispositions de la législation nationale',

  'annex-ii.annex': 'Annexe II',
  'annex-ii.title':
    'RETOUR D’INFORMATION À LA SUITE DU RETRAIT D’UN CONTENU À CARACTÈRE TERRORISTE OU DU BLOCAGE DE L’ACCÈS À CELUI-CI',
  'annex-ii.law': '[article 3, paragraphe 6, du règlement (UE) 2021/784 du Parlement européen et du Conseil]',
  'annex-ii.b': 'SECTION B : Mesures prises conformément à l’injonction de retrait (cocher la case appropriée)',
  'annex-ii.measure.REMOVED': 'le contenu à caractère terroriste a été retiré',
  'annex-ii.measure.DISABLED_ALL_MS':
    'l’accès au contenu à caractère terroriste a été bloqué dans tous les États membres',
  'annex-ii.measureAt': 'Heure et date de la mesure prise',

  'annex-iii.annex': 'Annexe III',
  'annex-iii.title': 'INFORMATIONS SUR L’IMPOSSIBILITÉ D’EXÉCUTER L’INJONCTION DE RETRAIT',
  'annex-iii.law': '[article 3, paragraphes 7 et 8, du règlement (UE) 2021/784 du Parlement européen et du Conseil]',
  'annex-iii.b': 'SECTION B : Non-exécution',
  'annex-iii.ground':
    '1) L’injonction de retrait ne peut pas être exécutée dans le délai pour les raisons suivantes (cocher la ou les cases appropriées) :',
  'annex-iii.ground.FORCE_MAJEURE':
    'force majeure ou impossibilité de fait non imputable au fournisseur de services d’hébergement, y compris pour des raisons techniques ou opérationnelles objectivement justifiables',
  'annex-iii.ground.MANIFEST_ERRORS': 'l’injonction de retrait contient des erreurs manifestes',
  'annex-iii.ground.INSUFFICIENT_INFO': 'l’injonction de retrait ne contient pas suffisamment d’informations',
  'annex-iii.explanation': '2) Informations supplémentaires sur les raisons de la non-exécution',
  'annex-iii.clarificationNeeded':
    '3) Si l’injonction de retrait contient des erreurs manifestes ou ne contient pas suffisamment d’informations : les erreurs et les informations ou précisions supplémentaires nécessaires',
  'annex-iii.signature': 'Signature',
  'annex-iii.date': 'Heure et date',

  'answer.a': 'SECTION A :',
  'answer.addressee': 'Destinataire de l’injonction de retrait',
  'answer.issuer': 'Autorité compétente qui a émis l’injonction de retrait',
  'answer.issuerRef': 'Référence du dossier de l’autorité compétente qui a émis l’injonction de retrait',
  'answer.addresseeRef': 'Référence du dossier du destinataire',
  'answer.receivedAt': 'Heure et date de réception de l’injonction de retrait',
  'answer.c': 'SECTION C : Coordonnées du fournisseur de services d’hébergement',
  'answer.hsp.name': 'Nom du fournisseur de services d’hébergement',
  'answer.hsp.legalRepName': 'Nom du représentant légal',
  'answer.hsp.memberState': 'État membre de l’établissement principal du fournisseur de services d’hébergement',
  'answer.hsp.legalRepMemberState': 'État membre dans lequel le représentant légal réside ou est établi',
  'answer.authorisedPerson': 'Nom de la personne autorisée',
  'answer.contactEmail': 'Coordonnées (adresse électronique)',
  'answer.date': 'Date',

  'referral.annex': 'Signalement',
  'referral.title': 'SIGNALEMENT POUR EXAMEN VOLONTAIRE',
  'referral.law': '[considérant 40 du règlement (UE) 2021/784 du Parlement européen et du Conseil]',
  'referral.voluntary':
    'Ceci n’est pas une injonction de retrait. Le fournisseur examine le contenu au regard de ses propres conditions générales, et la décision finale de le retirer ou non lui appartient.',
  'referral.id': 'Référence du signalement',
  'referral.referrer': 'Organisme qui signale',
  'referral.sentAt': 'Heure et date d’envoi',
  'referral.what': 'Contenu signalé',
  'referral.target.url': 'URL',
  'referral.target.account': 'Compte',
  'referral.target.channel': 'Canal',
  'referral.target.file': 'Fichier',
  'referral.language': 'Langue du contenu',
  'referral.why': 'Motifs',
  'referral.grounds.tosClause': 'Clause des conditions générales',
  'referral.grounds.legalRef': 'Disposition légale',
  'referral.category': 'Nature du contenu',
  'referral.category.other': 'autre, au titre des conditions générales du fournisseur',
  'referral.listedEntity': 'Personne, groupe ou entité inscrits sur une liste',
  'referral.evidenceRef': 'Référence de l’élément de preuve',
  'referral.requestedAction': 'Ce qui est demandé',
  'referral.requestedAction.review': 'examiner le contenu',
  'referral.requestedAction.review_and_preserve': 'examiner le contenu et, à titre volontaire, en conserver une copie',

  'referral-response.annex': 'Réponse',
  'referral-response.title': 'RÉPONSE À UN SIGNALEMENT',
  'referral-response.law': '[considérant 40 du règlement (UE) 2021/784 du Parlement européen et du Conseil]',
  'referral-response.inReplyTo': 'Référence du signalement',
  'referral-response.ackAt': 'Heure et date de l’accusé de réception',
  'referral-response.what': 'Décision',
  'referral-response.decision.removed': 'le contenu a été retiré',
  'referral-response.decision.disabled_geo': 'l’accès a été bloqué sur certains territoires',
  'referral-response.decision.restricted': 'le contenu a été restreint',
  'referral-response.decision.account_actioned': 'une mesure a été prise sur le compte',
  'referral-response.decision.no_action': 'aucune mesure',
  'referral-response.decision.already_gone': 'le contenu avait déjà disparu',
  'referral-response.decision.not_found': 'le contenu n’a pas été trouvé',
  'referral-response.basis': 'Fondement',
  'referral-response.basis.tos': 'conditions générales',
  'referral-response.basis.law': 'loi',
  'referral-response.reasons': 'Motifs',
  'referral-response.decidedAt': 'Heure et date de la décision',
  'referral-response.appealable': 'La décision peut être contestée auprès du fournisseur.',
};
