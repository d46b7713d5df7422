import type { Labels } from './labels-en';

/** German; the wording of the annexes must be compared with the Official Journal like that of every language here. */
export const LABELS_DE: Labels = {
  'form.compare':
    'Bevor dieses Dokument als amtliches Formular verwendet wird, ist es mit den Anhängen I bis III der Verordnung (EU) 2021/784 im Amtsblatt der Europäischen Union (ABl. L 172 vom 17.5.2021, S. 100-109) und mit den Berichtigungen (ABl. L 266 vom 13.10.2022, S. 23; ABl. L 328 vom 22.12.2022, S. 171) zu vergleichen.',
  'form.language':
    'Beschriftungen in der Sprache „{language}“ werden mit dieser Installation nicht ausgeliefert; die Beschriftungen dieses Formulars sind englisch.',
  'form.attachment':
    'Die Daten dieses Formulars sind in dieses Dokument als form.json eingebettet (RFC 8785) und gehen dem Gedruckten vor.',
  'form.codepoints':
    'Zeichen, die hier nicht gedruckt werden können, stehen als Codepunkt in eckigen Klammern; form.json enthält sie unverändert.',
  'form.page': 'Seite {page} von {pages}',
  'form.untitled': 'Nicht angegeben',
  'signature.level': 'Stufe der Signatur',
  'signature.none': 'Keine. Dieses Dokument trägt keine elektronische Signatur.',
  'signature.jws':
    'Ed25519-Signatur der Behörde über form.json, abgetrennte JWS (RFC 7515), eingebettet als form.jws; Schlüssel {kid}.',
  'signature.certificate':
    'Fortgeschrittene elektronische Signatur mit dem Zertifikat der Behörde in diesem PDF-Dokument (PAdES {baseline}).',
  'signature.both':
    'Fortgeschrittene elektronische Signatur mit dem Zertifikat der Behörde in diesem PDF-Dokument (PAdES {baseline}) und Ed25519-Signatur über form.json, abgetrennte JWS (RFC 7515), eingebettet als form.jws; Schlüssel {kid}.',

  'annex-i.annex': 'Anhang I',
  'annex-i.title': 'ENTFERNUNGSANORDNUNG',
  'annex-i.law': '(Artikel 3 der Verordnung (EU) 2021/784 des Europäischen Parlaments und des Rates)',
  'annex-i.intro.remove':
    'Gemäß Artikel 3 der Verordnung (EU) 2021/784 (im Folgenden „Verordnung“) entfernt der Adressat dieser Entfernungsanordnung terroristische Inhalte oder sperrt den Zugang zu terroristischen Inhalten in allen Mitgliedstaaten so schnell wie möglich und in jedem Fall innerhalb einer Stunde nach Erhalt der Entfernungsanordnung.',
  'annex-i.intro.preserve':
    'Gemäß Artikel 6 der Verordnung bewahrt der Adressat Inhalte und zugehörige Daten, die entfernt wurden oder zu denen der Zugang gesperrt wurde, sechs Monate lang oder auf Verlangen der zuständigen Behörden oder Gerichte länger auf.',
  'annex-i.intro.language':
    'Gemäß Artikel 15 Absatz 2 der Verordnung wird diese Entfernungsanordnung in einer der vom Adressaten benannten Sprachen übermittelt.',
  'annex-i.a': 'ABSCHNITT A:',
  'annex-i.a.issuingMemberState': 'Mitgliedstaat der erlassenden zuständigen Behörde',
  'annex-i.a.note': 'NB: Angaben zur erlassenden zuständigen Behörde sind in den Abschnitten E und F zu machen.',
  'annex-i.a.addressee': 'Adressat',
  'annex-i.a.legalRepresentative': 'Gesetzlicher Vertreter',
  'annex-i.a.contactPoint': 'Kontaktstelle',
  'annex-i.a.homeMemberState':
    'Mitgliedstaat, in dem der Hostingdiensteanbieter seine Hauptniederlassung hat oder in dem sein gesetzlicher Vertreter ansässig oder niedergelassen ist',
  'annex-i.a.issuedAt': 'Uhrzeit und Datum des Erlasses der Entfernungsanordnung',
  'annex-i.a.reference': 'Referenznummer der Entfernungsanordnung',
  'annex-i.b':
    'ABSCHNITT B: Terroristische Inhalte, die in allen Mitgliedstaaten so schnell wie möglich und in jedem Fall innerhalb einer Stunde nach Erhalt der Entfernungsanordnung zu entfernen sind oder zu denen der Zugang zu sperren ist',
  'annex-i.b.target': 'Inhalt {number} von {count}',
  'annex-i.b.url': 'URL',
  'annex-i.b.additionalInfo':
    'Zusätzliche Angaben, die die Identifizierung und genaue Lokalisierung der terroristischen Inhalte ermöglichen',
  'annex-i.b.screenshotRef': 'Bildschirmfoto',
  'annex-i.b.types':
    'Gründe, aus denen das Material gemäß Artikel 2 Nummer 7 der Verordnung als terroristischer Inhalt gilt. Das Material (Zutreffendes ankreuzen):',
  'annex-i.b.type.a':
    'stachelt andere zur Begehung terroristischer Straftaten an, etwa durch Verherrlichung terroristischer Handlungen, indem es die Begehung solcher Straftaten befürwortet (Artikel 2 Nummer 7 Buchstabe a)',
  'annex-i.b.type.b':
    'bestimmt andere dazu, terroristische Straftaten zu begehen oder zu deren Begehung beizutragen (Artikel 2 Nummer 7 Buchstabe b)',
  'annex-i.b.type.c':
    'bestimmt andere dazu, sich an den Handlungen einer terroristischen Vereinigung zu beteiligen (Artikel 2 Nummer 7 Buchstabe c)',
  'annex-i.b.type.d':
    'unterweist in der Herstellung oder Verwendung von Sprengstoffen, Schusswaffen oder anderen Waffen oder schädlichen oder gefährlichen Stoffen oder in anderen spezifischen Methoden oder Techniken mit dem Ziel, terroristische Straftaten zu begehen oder zu deren Begehung beizutragen (Artikel 2 Nummer 7 Buchstabe d)',
  'annex-i.b.type.e':
    'stellt eine Drohung mit der Begehung einer terroristischen Straftat dar (Artikel 2 Nummer 7 Buchstabe e)',
  'annex-i.b.reasons': 'Zusätzliche Angaben dazu, warum das Material als terroristischer Inhalt gilt',
  'annex-i.c': 'ABSCHNITT C: Unterrichtung des Inhalteanbieters',
  'annex-i.c.nonDisclosure':
    'Aus Gründen der öffentlichen Sicherheit darf der Adressat den Inhalteanbieter nicht über die Entfernung der terroristischen Inhalte oder die Sperrung des Zugangs zu ihnen unterrichten.',
  'annex-i.c.otherwise':
    'Falls nicht angekreuzt: Angaben zu den Möglichkeiten, die Entfernungsanordnung im Mitgliedstaat der erlassenden zuständigen Behörde nach nationalem Recht anzufechten, enthält Abschnitt G (dem Inhalteanbieter ist auf Verlangen eine Kopie der Entfernungsanordnung zu übermitteln).',
  'annex-i.d':
    'ABSCHNITT D: Unterrichtung der zuständigen Behörde des Mitgliedstaats, in dem der Hostingdiensteanbieter seine Hauptniederlassung hat oder in dem sein gesetzlicher Vertreter ansässig oder niedergelassen ist',
  'annex-i.d.crossBorder':
    'Der Mitgliedstaat, in dem der Hostingdiensteanbieter seine Hauptniederlassung hat oder in dem sein gesetzlicher Vertreter ansässig oder niedergelassen ist, ist nicht der Mitgliedstaat der erlassenden zuständigen Behörde.',
  'annex-i.d.copySent':
    'Eine Kopie der Entfernungsanordnung wird der zuständigen Behörde des Mitgliedstaats übermittelt, in dem der Hostingdiensteanbieter seine Hauptniederlassung hat oder in dem sein gesetzlicher Vertreter ansässig oder niedergelassen ist.',
  'annex-i.e': 'ABSCHNITT E: Angaben zur erlassenden zuständigen Behörde',
  'annex-i.e.type.JUDICIAL': 'Richter, Gericht oder Ermittlungsrichter',
  'annex-i.e.type.LAW_ENFORCEMENT': 'Strafverfolgungsbehörde',
  'annex-i.e.type.OTHER': 'andere zuständige Behörde (siehe auch Abschnitt F)',
  'annex-i.e.type': 'Art der erlassenden zuständigen Behörde (Zutreffendes ankreuzen)',
  'annex-i.e.details':
    'Angaben zur erlassenden zuständigen Behörde oder zu ihrem Vertreter, die bzw. der die inhaltliche Richtigkeit der Entfernungsanordnung bescheinigt',
  'annex-i.e.name': 'Name der erlassenden zuständigen Behörde',
  'annex-i.e.representative': 'Name ihres Vertreters',
  'annex-i.e.post': 'Funktion (Titel und Amtsbezeichnung)',
  'annex-i.e.fileNo': 'Aktenzeichen',
  'annex-i.e.address': 'Anschrift',
  'annex-i.e.tel': 'Telefon (Ländervorwahl) (Ortsvorwahl)',
  'annex-i.e.fax': 'Fax (Ländervorwahl) (Ortsvorwahl)',
  'annex-i.e.email': 'E-Mail-Adresse',
  'annex-i.e.date': 'Datum',
  'annex-i.e.stamp': 'Amtlicher Stempel (falls vorhanden)',
  'annex-i.e.signature': 'Unterschrift (1)',
  'annex-i.e.footnote':
    '(1) Eine Unterschrift ist nicht erforderlich, wenn die Entfernungsanordnung über authentifizierte Übermittlungskanäle versandt wird, die ihre Echtheit gewährleisten können.',
  'annex-i.f': 'ABSCHNITT F: Kontaktangaben für Folgemaßnahmen',
  'annex-i.f.issuer':
    'Kontaktangaben der erlassenden zuständigen Behörde für Rückmeldungen zum Zeitpunkt der Entfernung oder der Sperrung des Zugangs oder für weitere Klarstellungen',
  'annex-i.f.home':
    'Kontaktangaben der zuständigen Behörde des Mitgliedstaats, in dem der Hostingdiensteanbieter seine Hauptniederlassung hat oder in dem sein gesetzlicher Vertreter ansässig oder niedergelassen ist',
  'annex-i.g': 'ABSCHNITT G: Angaben zu Rechtsbehelfen',
  'annex-i.g.body': 'Zuständige Stelle oder zuständiges Gericht für die Anfechtung der Entfernungsanordnung',
  'annex-i.g.deadline': 'Frist für die Anfechtung der Entscheidung',
  'annex-i.g.days': '{n} Tage ab: {from}',
  'annex-i.g.months': '{n} Monate ab: {from}',
  'annex-i.g.lawUrl': 'Link zu den Bestimmungen des nationalen Rechts',

  'annex-ii.annex': 'Anhang II',
  'annex-ii.title':
    'RÜCKMELDUNG NACH DER ENTFERNUNG TERRORISTISCHER INHALTE ODER DER SPERRUNG DES ZUGANGS ZU TERRORISTISCHEN INHALTEN',
  'annex-ii.law': '(Artikel 3 Absatz 6 der Verordnung (EU) 2021/784 des Europäischen Parlaments und des Rates)',
  'annex-ii.b': 'ABSCHNITT B: Gemäß der Entfernungsanordnung ergriffene Maßnahmen (Zutreffendes ankreuzen)',
  'annex-ii.measure.REMOVED': 'die terroristischen Inhalte wurden entfernt',
  'annex-ii.measure.DISABLED_ALL_MS':
    'der Zugang zu den terroristischen Inhalten wurde in allen Mitgliedstaaten gesperrt',
  'annex-ii.measureAt': 'Uhrzeit und Datum der ergriffenen Maßnahme',

  'annex-iii.annex': 'Anhang III',
  'annex-iii.title': 'ANGABEN ZUR UNMÖGLICHKEIT DER AUSFÜHRUNG DER ENTFERNUNGSANORDNUNG',
  'annex-iii.law': '(Artikel 3 Absätze 7 und 8 der Verordnung (EU) 2021/784 des Europäischen Parlaments und des Rates)',
  'annex-iii.b': 'ABSCHNITT B: Nichtausführung',
  'annex-iii.ground':
    '(1) Die Entfernungsanordnung kann aus folgenden Gründen nicht fristgerecht ausgeführt werden (Zutreffendes ankreuzen):',
  'annex-iii.ground.FORCE_MAJEURE':
    'höhere Gewalt oder faktische Unmöglichkeit, die dem Hostingdiensteanbieter nicht anzulasten ist, einschließlich objektiv vertretbarer technischer oder operativer Gründe',
  'annex-iii.ground.MANIFEST_ERRORS': 'die Entfernungsanordnung enthält offensichtliche Fehler',
  'annex-iii.ground.INSUFFICIENT_INFO': 'die Entfernungsanordnung enthält keine ausreichenden Informationen',
  'annex-iii.explanation': '(2) Weitere Angaben zu den Gründen der Nichtausführung',
  'annex-iii.clarificationNeeded':
    '(3) Falls die Entfernungsanordnung offensichtliche Fehler oder keine ausreichenden Informationen enthält: die Fehler und die benötigten weiteren Informationen oder Klarstellungen',
  'annex-iii.signature': 'Unterschrift',
  'annex-iii.date': 'Uhrzeit und Datum',

  'answer.a': 'ABSCHNITT A:',
  'answer.addressee': 'Adressat der Entfernungsanordnung',
  'answer.issuer': 'Zuständige Behörde, die die Entfernungsanordnung erlassen hat',
  'answer.issuerRef': 'Aktenzeichen der zuständigen Behörde, die die Entfernungsanordnung erlassen hat',
  'answer.addresseeRef': 'Aktenzeichen des Adressaten',
  'answer.receivedAt': 'Uhrzeit und Datum des Erhalts der Entfernungsanordnung',
  'answer.c': 'ABSCHNITT C: Angaben zum Hostingdiensteanbieter',
  'answer.hsp.name': 'Name des Hostingdiensteanbieters',
  'answer.hsp.legalRepName': 'Name des gesetzlichen Vertreters',
  'answer.hsp.memberState': 'Mitgliedstaat der Hauptniederlassung des Hostingdiensteanbieters',
  'answer.hsp.legalRepMemberState': 'Mitgliedstaat, in dem der gesetzliche Vertreter ansässig oder niedergelassen ist',
  'answer.authorisedPerson': 'Name der ermächtigten Person',
  'answer.contactEmail': 'Kontaktangaben (E-Mail-Adresse)',
  'answer.date': 'Datum',

  'referral.annex': 'Meldung',
  'referral.title': 'MELDUNG ZUR FREIWILLIGEN PRÜFUNG',
  'referral.law': '(Erwägungsgrund 40 der Verordnung (EU) 2021/784 des Europäischen Parlaments und des Rates)',
  'referral.voluntary':
    'Dies ist keine Entfernungsanordnung. Der Anbieter prüft den Inhalt anhand seiner eigenen Nutzungsbedingungen; die endgültige Entscheidung, ob er entfernt wird, liegt bei ihm.',
  'referral.id': 'Zeichen der Meldung',
  'referral.referrer': 'Meldende Stelle',
  'referral.sentAt': 'Uhrzeit und Datum der Absendung',
  'referral.what': 'Gemeldeter Inhalt',
  'referral.target.url': 'URL',
  'referral.target.account': 'Konto',
  'referral.target.channel': 'Kanal',
  'referral.target.file': 'Datei',
  'referral.language': 'Sprache des Inhalts',
  'referral.why': 'Gründe',
  'referral.grounds.tosClause': 'Klausel der Nutzungsbedingungen',
  'referral.grounds.legalRef': 'Rechtsvorschrift',
  'referral.category': 'Art des Inhalts',
  'referral.category.other': 'anderes, nach den Nutzungsbedingungen des Anbieters',
  'referral.listedEntity': 'Gelistete Person, Vereinigung oder Körperschaft',
  'referral.evidenceRef': 'Zeichen des Beweismittels',
  'referral.requestedAction': 'Worum gebeten wird',
  'referral.requestedAction.review': 'um Prüfung des Inhalts',
  'referral.requestedAction.review_and_preserve': 'um Prüfung des Inhalts und um freiwillige Sicherung einer Kopie',

  'referral-response.annex': 'Antwort',
  'referral-response.title': 'ANTWORT AUF EINE MELDUNG',
  'referral-response.law': '(Erwägungsgrund 40 der Verordnung (EU) 2021/784 des Europäischen Parlaments und des Rates)',
  'referral-response.inReplyTo': 'Zeichen der Meldung',
  'referral-response.ackAt': 'Uhrzeit und Datum der Empfangsbestätigung',
  'referral-response.what': 'Entscheidung',
  'referral-response.decision.removed': 'der Inhalt wurde entfernt',
  'referral-response.decision.disabled_geo': 'der Zugang wurde in einigen Gebieten gesperrt',
  'referral-response.decision.restricted': 'der Inhalt wurde eingeschränkt',
  'referral-response.decision.account_actioned': 'es wurde eine Maßnahme gegen das Konto ergriffen',
  'referral-response.decision.no_action': 'keine Maßnahme',
  'referral-response.decision.already_gone': 'der Inhalt war schon nicht mehr vorhanden',
  'referral-response.decision.not_found': 'der Inhalt wurde nicht gefunden',
  'referral-response.basis': 'Grundlage',
  'referral-response.basis.tos': 'Nutzungsbedingungen',
  'referral-response.basis.law': 'Gesetz',
  'referral-response.reasons': 'Gründe',
  'referral-response.decidedAt': 'Uhrzeit und Datum der Entscheidung',
  'referral-response.appealable': 'Gegen die Entscheidung kann beim Anbieter Beschwerde eingelegt werden.',
};
