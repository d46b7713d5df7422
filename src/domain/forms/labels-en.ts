/** The words of the forms in English; every other language has these keys. `{…}` is filled in. */
export const LABELS_EN = {
  'form.compare':
    'Before this document is used as an official form, it must be compared with Annexes I to III of Regulation (EU) 2021/784 in the Official Journal of the European Union (OJ L 172, 17.5.2021, pp. 100-109) and with the corrigenda (OJ L 266, 13.10.2022, p. 23; OJ L 328, 22.12.2022, p. 171).',
  'form.language':
    'Labels in {language} are not shipped with this installation; the labels of this form are in English.',
  'form.attachment':
    'The data of this form are embedded in this document as form.json (RFC 8785) and take precedence over what is printed.',
  'form.codepoints':
    'Characters that cannot be printed here stand as their code point in square brackets; form.json has them as they are.',
  'form.page': 'Page {page} of {pages}',
  'form.untitled': 'Not stated',
  'signature.level': 'Level of signature',
  'signature.none': 'None. This document carries no electronic signature.',
  'signature.jws':
    'Ed25519 signature of the authority over form.json, detached JWS (RFC 7515), embedded as form.jws; key {kid}.',
  'signature.certificate':
    'Advanced electronic signature with the certificate of the authority, in this PDF document (PAdES {baseline}).',
  'signature.both':
    'Advanced electronic signature with the certificate of the authority, in this PDF document (PAdES {baseline}), and Ed25519 signature over form.json, detached JWS (RFC 7515), embedded as form.jws; key {kid}.',

  'annex-i.annex': 'Annex I',
  'annex-i.title': 'REMOVAL ORDER',
  'annex-i.law': '(Article 3 of Regulation (EU) 2021/784 of the European Parliament and of the Council)',
  'annex-i.intro.remove':
    'Pursuant to Article 3 of Regulation (EU) 2021/784 (the ‘Regulation’), the addressee of this removal order shall remove terrorist content or disable access to terrorist content in all Member States as soon as possible and in any event within one hour of receipt of the removal order.',
  'annex-i.intro.preserve':
    'Pursuant to Article 6 of the Regulation, the addressee shall preserve content and related data which have been removed or access to which has been disabled for six months, or longer upon request from the competent authorities or courts.',
  'annex-i.intro.language':
    'Pursuant to Article 15(2) of the Regulation, this removal order shall be sent in one of the languages designated by the addressee.',
  'annex-i.a': 'SECTION A:',
  'annex-i.a.issuingMemberState': 'Member State of the issuing competent authority',
  'annex-i.a.note': 'NB: details of the issuing competent authority are to be provided in Sections E and F.',
  'annex-i.a.addressee': 'Addressee',
  'annex-i.a.legalRepresentative': 'Legal representative',
  'annex-i.a.contactPoint': 'Contact point',
  'annex-i.a.homeMemberState':
    'Member State where the hosting service provider has its main establishment or where its legal representative resides or is established',
  'annex-i.a.issuedAt': 'Time and date of issuing of the removal order',
  'annex-i.a.reference': 'Reference number of the removal order',
  'annex-i.b':
    'SECTION B: Terrorist content to be removed or access to which is to be disabled in all Member States as soon as possible and in any event within one hour of receipt of the removal order',
  'annex-i.b.target': 'Content {number} of {count}',
  'annex-i.b.url': 'URL',
  'annex-i.b.additionalInfo':
    'Additional information enabling the identification and exact location of the terrorist content',
  'annex-i.b.screenshotRef': 'Screenshot',
  'annex-i.b.types':
    'Reasons for considering the material to be terrorist content, in accordance with Article 2, point (7), of the Regulation. The material (tick the appropriate box or boxes):',
  'annex-i.b.type.a':
    'incites others to commit terrorist offences, such as by glorifying terrorist acts, by advocating the commission of such offences (Article 2, point (7)(a))',
  'annex-i.b.type.b':
    'solicits others to commit or to contribute to the commission of terrorist offences (Article 2, point (7)(b))',
  'annex-i.b.type.c': 'solicits others to participate in the activities of a terrorist group (Article 2, point (7)(c))',
  'annex-i.b.type.d':
    'provides instruction on the making or use of explosives, firearms or other weapons or noxious or hazardous substances, or on other specific methods or techniques, for the purpose of committing or contributing to the commission of terrorist offences (Article 2, point (7)(d))',
  'annex-i.b.type.e': 'constitutes a threat to commit one of the terrorist offences (Article 2, point (7)(e))',
  'annex-i.b.reasons': 'Additional information for considering the material to be terrorist content',
  'annex-i.c': 'SECTION C: Information to the content provider',
  'annex-i.c.nonDisclosure':
    'For reasons of public security, the addressee must refrain from informing the content provider of the removal of, or disabling of access to, the terrorist content.',
  'annex-i.c.otherwise':
    'If the box is not ticked: see Section G for details of possibilities to challenge the removal order in the Member State of the issuing competent authority under national law (a copy of the removal order must be sent to the content provider, if requested).',
  'annex-i.d':
    'SECTION D: Information to the competent authority of the Member State where the hosting service provider has its main establishment or where its legal representative resides or is established',
  'annex-i.d.crossBorder':
    'The Member State where the hosting service provider has its main establishment or where its legal representative resides or is established is other than the Member State of the issuing competent authority.',
  'annex-i.d.copySent':
    'A copy of the removal order is sent to the competent authority of the Member State where the hosting service provider has its main establishment or where its legal representative resides or is established.',
  'annex-i.e': 'SECTION E: Details of the issuing competent authority',
  'annex-i.e.type.JUDICIAL': 'judge, court or investigating judge',
  'annex-i.e.type.LAW_ENFORCEMENT': 'law enforcement authority',
  'annex-i.e.type.OTHER': 'other competent authority (see also Section F)',
  'annex-i.e.type': 'Type of issuing competent authority (tick the appropriate box)',
  'annex-i.e.details':
    'Details of the issuing competent authority or its representative certifying the removal order as accurate and correct',
  'annex-i.e.name': 'Name of the issuing competent authority',
  'annex-i.e.representative': 'Name of its representative',
  'annex-i.e.post': 'Post held (title and grade)',
  'annex-i.e.fileNo': 'File No',
  'annex-i.e.address': 'Address',
  'annex-i.e.tel': 'Telephone (country code) (area/city code)',
  'annex-i.e.fax': 'Fax (country code) (area/city code)',
  'annex-i.e.email': 'E-mail address',
  'annex-i.e.date': 'Date',
  'annex-i.e.stamp': 'Official stamp (if available)',
  'annex-i.e.signature': 'Signature (1)',
  'annex-i.e.footnote':
    '(1) A signature is not necessary if the removal order is sent through authenticated submission channels that can guarantee the authenticity of the removal order.',
  'annex-i.f': 'SECTION F: Contact details for follow-up',
  'annex-i.f.issuer':
    'Contact details of the issuing competent authority for feedback on the time of removal or of disabling of access, or to provide further clarification',
  'annex-i.f.home':
    'Contact details of the competent authority of the Member State where the hosting service provider has its main establishment or where its legal representative resides or is established',
  'annex-i.g': 'SECTION G: Information about redress possibilities',
  'annex-i.g.body': 'Competent body or court before which the removal order can be challenged',
  'annex-i.g.deadline': 'Deadline for challenging the decision',
  'annex-i.g.days': '{n} days from {from}',
  'annex-i.g.months': '{n} months from {from}',
  'annex-i.g.lawUrl': 'Link to provisions in national legislation',

  'annex-ii.annex': 'Annex II',
  'annex-ii.title': 'FEEDBACK FOLLOWING REMOVAL OF OR DISABLING OF ACCESS TO TERRORIST CONTENT',
  'annex-ii.law': '(Article 3(6) of Regulation (EU) 2021/784 of the European Parliament and of the Council)',
  'annex-ii.b': 'SECTION B: Measures taken in accordance with the removal order (tick the appropriate box)',
  'annex-ii.measure.REMOVED': 'the terrorist content has been removed',
  'annex-ii.measure.DISABLED_ALL_MS': 'access to the terrorist content has been disabled in all Member States',
  'annex-ii.measureAt': 'Time and date of the measure taken',

  'annex-iii.annex': 'Annex III',
  'annex-iii.title': 'INFORMATION ABOUT THE IMPOSSIBILITY TO EXECUTE THE REMOVAL ORDER',
  'annex-iii.law': '(Article 3(7) and (8) of Regulation (EU) 2021/784 of the European Parliament and of the Council)',
  'annex-iii.b': 'SECTION B: Non-execution',
  'annex-iii.ground':
    '(1) The removal order cannot be executed within the time limit for the following reasons (tick the appropriate box or boxes):',
  'annex-iii.ground.FORCE_MAJEURE':
    'force majeure or de facto impossibility not attributable to the hosting service provider, including for objectively justifiable technical or operational reasons',
  'annex-iii.ground.MANIFEST_ERRORS': 'the removal order contains manifest errors',
  'annex-iii.ground.INSUFFICIENT_INFO': 'the removal order does not contain sufficient information',
  'annex-iii.explanation': '(2) Further information about the reasons for non-execution',
  'annex-iii.clarificationNeeded':
    '(3) If the removal order contains manifest errors or does not contain sufficient information: the errors and the further information or clarification needed',
  'annex-iii.signature': 'Signature',
  'annex-iii.date': 'Time and date',

  'answer.a': 'SECTION A:',
  'answer.addressee': 'Addressee of the removal order',
  'answer.issuer': 'Competent authority that issued the removal order',
  'answer.issuerRef': 'File reference of the competent authority that issued the removal order',
  'answer.addresseeRef': 'File reference of the addressee',
  'answer.receivedAt': 'Time and date of receipt of the removal order',
  'answer.c': 'SECTION C: Details of the hosting service provider',
  'answer.hsp.name': 'Name of the hosting service provider',
  'answer.hsp.legalRepName': 'Name of the legal representative',
  'answer.hsp.memberState': 'Member State of main establishment of the hosting service provider',
  'answer.hsp.legalRepMemberState': 'Member State where the legal representative resides or is established',
  'answer.authorisedPerson': 'Name of the authorised person',
  'answer.contactEmail': 'Contact details (e-mail address)',
  'answer.date': 'Date',

  'referral.annex': 'Referral',
  'referral.title': 'REFERRAL FOR VOLUNTARY CONSIDERATION',
  'referral.law': '(recital 40 of Regulation (EU) 2021/784 of the European Parliament and of the Council)',
  'referral.voluntary':
    'This is not a removal order. The provider considers the content against its own terms and conditions, and the final decision on whether to remove it remains with the provider.',
  'referral.id': 'Reference of the referral',
  'referral.referrer': 'Body that refers',
  'referral.sentAt': 'Time and date of sending',
  'referral.what': 'Content that is referred',
  'referral.target.url': 'URL',
  'referral.target.account': 'Account',
  'referral.target.channel': 'Channel',
  'referral.target.file': 'File',
  'referral.language': 'Language of the content',
  'referral.why': 'Grounds',
  'referral.grounds.tosClause': 'Clause of the terms and conditions',
  'referral.grounds.legalRef': 'Provision of law',
  'referral.category': 'Kind of content',
  'referral.category.other': 'other, under the terms and conditions of the provider',
  'referral.listedEntity': 'Listed person, group or entity',
  'referral.evidenceRef': 'Reference of the evidence',
  'referral.requestedAction': 'What is asked for',
  'referral.requestedAction.review': 'to review the content',
  'referral.requestedAction.review_and_preserve': 'to review the content and, voluntarily, to preserve a copy',

  'referral-response.annex': 'Response',
  'referral-response.title': 'RESPONSE TO A REFERRAL',
  'referral-response.law': '(recital 40 of Regulation (EU) 2021/784 of the European Parliament and of the Council)',
  'referral-response.inReplyTo': 'Reference of the referral',
  'referral-response.ackAt': 'Time and date of acknowledgement',
  'referral-response.what': 'Decision',
  'referral-response.decision.removed': 'the content was removed',
  'referral-response.decision.disabled_geo': 'access was disabled in some territories',
  'referral-response.decision.restricted': 'the content was restricted',
  'referral-response.decision.account_actioned': 'a measure was taken on the account',
  'referral-response.decision.no_action': 'no action',
  'referral-response.decision.already_gone': 'the content had gone already',
  'referral-response.decision.not_found': 'the content was not found',
  'referral-response.basis': 'Basis',
  'referral-response.basis.tos': 'terms and conditions',
  'referral-response.basis.law': 'law',
  'referral-response.reasons': 'Reasons',
  'referral-response.decidedAt': 'Time and date of the decision',
  'referral-response.appealable': 'The decision can be appealed with the provider.',
} as const;

export type LabelKey = keyof typeof LABELS_EN;
export type Labels = Readonly<Record<LabelKey, string>>;
