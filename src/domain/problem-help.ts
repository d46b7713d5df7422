import { PROBLEMS, type ProblemCode } from './errors';

/** What each error means and what to do about it, for its page under /problems. A test names the codes that lack a text. */
export const PROBLEM_HELP = {
  'request.invalid':
    'A field is missing, of the wrong type, or not one this route knows. The answer lists every fault with a JSON Pointer to its field. Correct those and send again; nothing was done.',
  'request.malformed-json':
    'The body could not be read as JSON. Check quotes, commas and that the text is UTF-8, and that Content-Type is application/json. Nothing was done.',
  'request.too-large':
    'The body is larger than this route accepts. Send files as multipart, where they are streamed, and long lists in several submissions.',
  'request.head-too-large':
    'The line with the address and all headers together may have 16 KiB. A value of that length belongs into the body of a POST; too many cookies or a very long Authorization header are the other causes.',
  'request.too-slow':
    'No more of the body came for twenty seconds, or it came more slowly than a kilobyte a second; or a file to be compared came slowly while others waited for its place, and then Retry-After says when to try again. The connection was closed. Send it again whole; a service that passes files on reads them from its own callers first.',
  'request.too-many':
    'More requests came from you than this route takes in the time. Wait for the number of seconds in the Retry-After header, then go on more slowly.',
  'request.unsupported-media-type':
    'This route does not take bodies of this Content-Type. The API description names the types that each route takes.',
  'request.not-found':
    'Nothing stands under this address that you may see. Check the id, and which organisation you are signed in for: what belongs to others is answered in the same way as what does not exist.',
  'request.method-not-allowed':
    'The address exists and does not answer to this HTTP method. The Allow header names the methods that it answers to.',
  'request.version-conflict':
    'Somebody changed this after you had read it, so your change was not made. Read it again, see whether your change still fits, and send it with the new version.',
  'request.internal':
    'Something failed on our side and was recorded under the request id in this answer. Try again with the same idempotency key: what was done is not done twice. If it stays, give the operator that id.',
  'request.unavailable':
    'The database or another part is not available at this moment. Nothing was half done. Try again shortly with the same idempotency key.',
  'idempotency.key-reused':
    'This Idempotency-Key came before with another body or on another route. A key stands for one request: take a new key for a new request, and the same key only to repeat exactly the same one.',
  'idempotency.answer-erased':
    'The request was carried out when it was first sent. What it was about, a hash with what was said of it, has been erased since, and the stored answer with it. Ask for the present state; to do the same again, use a new idempotency key.',
  'idempotency.key-invalid':
    'An Idempotency-Key is a short text of visible ASCII characters; a random UUID is a good one. The API description states the exact form and length.',
  'auth.required': 'This route needs a login or an API key. Sign in, or send the key in the Authorization header.',
  'auth.bad-credentials':
    'The e-mail address and the password do not belong together; which of the two is wrong is not said. After several tries there is a pause. An administrator of your organisation can have a new password set.',
  'auth.expired':
    'The session or API key has ended or was revoked. Sign in again, or ask an administrator of your organisation for a new key.',
  'auth.not-permitted':
    'None of your roles in this organisation permits this, or the API key is limited to other scopes. An administrator of your organisation can give roles and make keys.',
  'auth.no-competence':
    'The law gives your organisation no power to do this here: for example, it may refer but not order. Competences are recorded by the operator on proof, and no role replaces them.',
  'auth.cross-site':
    'A browser sent this request from a page of another site, so it was refused. Programs should use an API key instead of the cookie of a session.',
  'organisation.exists':
    'The short name or the host is taken by an organisation that is registered already. Look it up in the directory before you register another.',
  'platform.not-provisional':
    'Only a platform that was made from an unknown host waits for a confirmation. This one does not; nothing is to be done.',
  'provider.claimed':
    'The platform has people here, or was given to those who proved that its host is theirs. Propose the change instead: the platform or the operator decides about it.',
  'provider.own-proposal':
    'A proposal of a person is confirmed by another person. Ask a colleague who may confirm platforms, or wait for the platform or the operator.',
  'provider.proposal-decided': 'Another person accepted or rejected it in the meantime. Read the entry again.',
  'provider.contact-invalid':
    'An e-mail contact is one address, a telephone number begins with + and the country, a web form is an https address, and a postal address is a text of several words. Correct it and send again.',
  'provider.scope-unreasoned':
    'Calling a service anything but hosting means that no removal order can be sent to it. Say in scopeReasons what that rests on (recitals 13 and 14).',
  'provider.discovery-recent':
    'Each search calls registries and, if asked to, the host itself. Wait until the time in the answer, and look at what the last one proposed.',
  'provider.no-host':
    'Contacts are looked for by host name, and this platform has none. Add what you know as a proposal.',
  'provider-claim.too-many':
    'Several claims of this host are waiting for their proof. Use one of them, wait until they expire, or write to the operator.',
  'provider-claim.unproven':
    'Neither the file on the host nor the DNS record held the token of this claim, or the host could not be reached over https. Put it there exactly as it was given to you and try again; a redirect is not followed. After ten tries, ask anew.',
  'provider-claim.host-above':
    'Many platforms give names below their own to their users, so whoever holds such a name does not hold the platform. If this claim is the platform’s own, name its id in platformId; if not, refuse it.',
  'provider-claim.state':
    'The claim was decided, has expired or is not proven yet. Its state stands in the answer where you may know it; otherwise ask anew.',
  'authority.exists': 'Change the entry that stands, or remove it first.',
  'authority.not-a-member-state':
    'Orders, scrutiny, specific measures and penalties are competences under Article 12(1) of Regulation (EU) 2021/784, which binds Member States alone. An authority of another country is entered without them and can refer.',
  'authority.may-not-order':
    'A removal order comes from an authority that a Member State has designated for it (Article 12(1)(a)). The answer says whether the entry is missing, is of another country, or names other competences. Refer instead, or ask the operator to complete the register.',
  'order.duplicate':
    'A body should not order what another has ordered already (recital 36). The answer names whom to call; of your own orders it names the notice. Leave those items out, or agree with that body that it withdraws first.',
  'order.key-differs':
    'The deconfliction.key in the secrets folder of this node is not the one by which the orders that stand were recorded, so it cannot tell whether there is another order, and none is sent. The operator puts the right file back.',
  'order.questions-spent':
    'Each item asks whether another body has an order on it, and such questions are counted for a day, because the answers tell what others work on. Go on tomorrow, or with another colleague.',
  'person.member-already':
    'This person belongs to the organisation already. To change what they may do, change their roles.',
  'approval.decided':
    'Another person has agreed or refused in the meantime, and their decision stands. Read the request again to see it.',
  'approval.same-person':
    'This needs two people, and the one who asked cannot be the second. Ask a colleague who has the right to decide.',
  'approval.reason-required':
    'What you ask for is unusual enough that a reason has to be typed and kept, for instance for a home page or a whole search result. Send it again with a reason that the second person can judge.',
  'ledger.unknown-checkpoint':
    'No signed checkpoint of this tree size is kept here. Ask for the latest, or for the size named in a receipt. If a receipt names a size that this server denies, keep the receipt: it is the proof.',
  'egress.refused-scheme':
    'The service calls out over https only, without user name or password in the address and on permitted ports. Give the address in that form.',
  'egress.refused-address':
    'The host name leads to a private, local or reserved network, which is never called from here, whatever the name says. Give an address that is reachable from the public internet; the demo calls this machine alone, by localhost or a loopback address.',
  'egress.timeout':
    'The other side did not answer within the time allowed. Deliveries are tried again by themselves; a check made by hand can be repeated later.',
  'egress.too-large': 'The other side sent more bytes than are accepted, and the answer was dropped unread.',
  'egress.redirect':
    'The other side redirected more often than is followed, or to where is never called. Register the final address.',
  'egress.failed':
    'No connection could be made, or it broke: name, certificate, port or network. Check the address from outside; deliveries are tried again by themselves.',
  'file.too-large':
    'The file is larger than the service accepts. The other items of the case were kept. Refer the address without the file, or send a shorter excerpt.',
  'file.interrupted':
    'The connection ended before the whole file had arrived, and what had come was discarded. Send the file again.',
  'file.empty': 'The file has no bytes. Check what was exported or captured, and send the file again.',
  'file.svg':
    'SVG files can carry scripts and load things from elsewhere, so none is stored. Send a capture of what it shows, as PNG.',
  'file.mislabelled':
    'The first bytes of the file say that it is of another type than its name or Content-Type. Send it under its true type; the other items were kept.',
  'file.item-unknown':
    'A file says that it belongs to an item which this submission does not have. Name the part file, or file[0], file[1] and so on after the position of its item in the case document.',
  'storage.full':
    'The disk or the store has no room left, and nothing was kept of this upload. The operator has been told; try again later with the same file.',
  'storage.missing':
    'An object that the records name is not in the store. This is a fault of ours that may concern evidence; the operator must look into it at once. Give them the request id.',
  'storage.damaged':
    'An object read back from the store does not agree with its digests. Nothing of it is handed out. The operator must restore it from a copy; give them the request id.',
  'storage.range': 'The Range header asks for bytes beyond the end of the object. Ask for the size first.',
  'storage.key-destroyed':
    'Every reason to keep this content has ended and its key was destroyed, as the law asks. Its record and proof of destruction remain in the custody history.',
  'storage.key-unavailable':
    'The key store cannot be reached now, so protected content can neither be read nor stored. Try again; if it stays, tell the operator.',
  'image.too-large':
    'The image has more pixels or bytes than are decoded here, which also guards against files made to exhaust memory. It can be kept as evidence; a smaller copy can be compared.',
  'image.truncated': 'The image ends before its content does: the upload or the capture broke off. Send it again.',
  'image.unsupported':
    'This kind of file is not decoded as an image, so it gets no perceptual hash. Exact digests are still computed.',
  'image.undecodable': 'The file says that it is an image and cannot be decoded as one. Send a fresh capture.',
  'image.ambiguous':
    'Some viewers show the picture itself, others a frame of its animation, and the two are not alike. The frame was compared; the other picture was not. Look at both before it is published.',
  'image.timeout':
    'Decoding took longer than is allowed, as with files made to do so. Send the image in a plain format.',
  'video.unsupported':
    'The container or the codec of this video is not among those that are decoded here. The file itself can be kept as evidence, and is compared by its exact digests; a copy re-encoded as H.264 in MP4 can be compared by its frames.',
  'video.truncated':
    'The video ends before its own structure says it does, as after an upload or download that broke off. What could be decoded was compared; send the whole file for the rest.',
  'video.undecodable':
    'The first bytes are those of a video, but no frame of it could be decoded. It is compared by its exact digests alone.',
  'video.ambiguous':
    'Players choose one of several picture tracks, not all of them the same. The one that browsers show was compared; the others were not. Look at each before it is published, or send one track.',
  'video.timeout':
    'The video took longer to decode than is allowed, which also guards against files made to hang a decoder. The frames decoded until then were compared. A shorter excerpt can be compared whole.',
  'video.too-large':
    'The video has more bytes, or larger frames, than are decoded here. It can be kept as evidence and is compared by its exact digests; a smaller copy can be compared by its frames.',
  'pdf.encrypted':
    'The document opens only with a password, or with a method of encryption that is not known here, so neither its text nor its pages can be compared. Send a copy without the password, or captures of its pages.',
  'pdf.truncated':
    'The document ends before its own structure says it does. What could be read of it was compared; send the whole file for the rest.',
  'pdf.undecodable':
    'The first bytes are those of a PDF, but the document cannot be opened. It is compared by its exact digests alone.',
  'pdf.timeout':
    'The document took longer to read than is allowed, which also guards against files made to hang a reader. The pages read until then were compared.',
  'pdf.too-large':
    'The document has more bytes, or needs more memory to show, than is allowed. It can be kept as evidence and is compared by its exact digests; an excerpt of fewer pages can be compared.',
  'notice.illegal-transition':
    'The notice is in a state in which this cannot be done; the answer names the state and the event. A closed or withdrawn notice stays as it is, a notice is closed only when every item is answered, and a sender can no longer withdraw once that is so.',
  'notice.outcome-not-applicable':
    'This outcome does not exist for this kind of notice. A referral may be declined; a removal order may not, and has other ways to object.',
  'notice.measure-required':
    'Removed, disabled and account actioned need the time at which you did it, in UTC or with its zone. It is published as your claim beside the time at which we received your answer.',
  'notice.measure-not-applicable':
    'A declined item, and one that was gone or not found, has no measure and so takes no time for one. Leave measureAt out.',
  'notice.measure-in-future':
    'The time given for the measure is later than our clock. Check the zone of the time and the clock of your system. Answer once the measure has been taken.',
  'notice.measure-before-receipt':
    'The time given for the measure is earlier than the receipt of the notice. If the content was gone by then, answer already_gone. Otherwise check the zone of the time.',
  'assessment.exclusions-incomplete':
    'Name each ground of TCO Art. 1(3) exactly once in `exclusions`, with its finding and its reasons.',
  'assessment.same-person': 'The assessor, the second reviewer and whoever signs off legally are three people.',
  'assessment.signed-off': 'A sign-off is given once. Assess anew when something has changed.',
  'order.not-orderable':
    'The answer lists what stands in the way: an exclusion that applies, editorial responsibility, a closed group, or a sign-off that is missing.',
  'order.out-of-scope':
    'Recitals 13 and 14 of the Regulation leave this kind of service out. It can be sent a voluntary referral.',
  'order.home-unknown':
    'The register of providers has to name the Member State of the main establishment or of the legal representative (Art. 17) first.',
  'order.home-authority-unknown':
    'A cross-border order is copied to the home authority at the same moment (Art. 4(1)). Say in `homeCopyNote` how it gets there.',
  'order.unsigned': 'Ask for the signature first: the call is made by two people of the authority.',
  'order.signed': 'What was signed is not signed again. Withdraw the draft and write another to change it.',
  'order.language-not-accepted':
    'Write the order in a language that the contact point declares (TCO Art. 15(2)). The answer lists them.',
  'order.advance-information-missing':
    'Send the information on procedures and deadlines, or justify an emergency in the order (TCO Art. 3(2)). The answer says from when the order can go.',
  'order.emergency-reasons':
    'Give `emergencyReasons` with an emergency, and leave them out without one (TCO Art. 3(2), recital 17).',
  'order.non-disclosure':
    'TCO Art. 11(3): as long as necessary, and six weeks from the decision at most; give its reasons.',
  'order.not-escalatable': 'Name a referral that you sent in this case and that is withdrawn by nobody.',
  'order.no-non-disclosure':
    'Only a non-disclosure that was ordered with the order and has not ended yet can be extended (Art. 11(3)). What the content provider has been able to read is not taken back.',
  'order.non-disclosure-extended':
    'A non-disclosure is extended once, by six weeks at most (Art. 11(3)). It ends at the instant that stands in the order, and the notice to the content provider opens by itself.',
  'scrutiny.not-cross-border':
    'Scrutiny under Art. 4 is for orders from another Member State, by the authority of the provider’s own. Either this order is of the same Member State, or its home authority is not on this installation: then the request goes to that authority directly.',
  'scrutiny.period-over':
    'The period of Art. 4(3) or 4(4) ended at the instant in endedAt. A review before the courts of the issuing Member State stays possible; the order says until when.',
  'scrutiny.exists':
    'There is one scrutiny of each kind for an order: of the authority’s own accord, on request of the provider, and on request of the content provider of each item. Read the one that is there.',
  'scrutiny.illegal-transition':
    'The scrutiny has gone further than that, or not so far. Read it again; once decided it stays so.',
  'scrutiny.intention-first':
    'Before an infringement is decided the issuing authority is told of the intention and the reasons (Art. 4(5)), and has time to answer. Tell it first; the decision can be made when it has answered or when the instant in answerBy has come.',
  'scrutiny.answer-by':
    'The issuer needs an end of its time to answer that lies in the future and, while the decision is not overdue, before the instant in latest at which the decision is due.',
  'review.decided':
    'The outcome of this review is on record. If another court decided afterwards, record another review and its outcome.',
  'review.instant':
    'A review is lodged after the order was sent and not in the future, and decided after it was lodged and not in the future. Correct the instants and send again.',
  'content.nothing':
    'Under this reference there is no measure that this could be about, or it is not known. Ask the platform for the reference of your content and compare every character.',
  'content.too-many-references':
    'Ten references were made for this item. Give out one of those; each of them stays good.',
  'complaint.order-stands':
    'The platform acted on a removal order and is bound by it. Against an order there are a request for scrutiny to the home authority and the courts of the issuing Member State: the notice under this reference says until when.',
  'complaint.open':
    'One complaint is made about a measure, and its outcome is read under the same reference. Wait for it, or read it there.',
  'complaint.decided':
    'Somebody of the platform has decided this complaint. The outcome stands with it and cannot be changed here.',
  'complaint.same-person':
    'A complaint is decided by a person who did not give the answer complained of. Ask a colleague to decide.',
  'complaint.alone':
    'Only where a platform has nobody else may the person who answered decide as well, and then the member alone says why. Leave it out where another person decides.',
  'complaint.reason':
    'An upheld complaint about a referral becomes a further answer that declines it, which needs its reason. Where the notice has ended there is no further answer, and no reason is taken.',
  'notice.departed': 'The time for second thoughts is over. Withdraw the notice instead: the platform is told.',
  'notice.territory-not-applicable': 'Leave `territory` out: nothing was done that could take effect anywhere.',
  'notice.territory-too-narrow':
    'A removal order has effect in all Member States (TCO Art. 3(1)). Answer with territory `union` or `worldwide`, or say that it is impossible.',
  'notice.obstacle-open': 'End the obstacle that is open, or wait for the clarification that was asked for.',
  'notice.no-obstacle': 'No impossibility and no request for clarification is open on this notice.',
  'notice.obstacle-instant':
    'A claimed time lies between receipt of the notice and now, and an obstacle ends after it began.',
  'notice.not-a-clarification':
    'Only a request for clarification is answered by the sender. An impossibility is ended by the platform.',
  'notice.not-an-order': 'A referral is for voluntary consideration: nobody fails to comply with it.',
  'notice.not-overdue':
    'Non-compliance is recorded after the deadline only, and not while an obstacle of Art. 3(7) or 3(8) stands or the miss was corrected.',
  'notice.non-compliance-recorded': 'It is recorded once. The entry stays in the ledger.',
  'preservation.no-measure': 'Preservation (TCO Art. 6) concerns content that was removed, disabled or hidden.',
  'preservation.deleted': 'What is destroyed has no preservation any more.',
  'deletion.preservation-incomplete':
    'Hard deletion waits until preservation is `complete`. The answer to the notice does not wait.',
  'deletion.cross-border':
    'TCO Art. 4(2): a provider under a cross-border order takes the measures needed to be able to reinstate the content.',
  'deletion.held': 'TCO Art. 6(2): six months from the removal, longer while proceedings run.',
  'deletion.not-removed': 'Only content that was removed or disabled can be destroyed for good.',
  'reinstatement.not-asked':
    'A reinstatement is asked for by a withdrawal, an annulment or a complaint that was upheld.',
  'reinstatement.instant': 'The claimed time of putting back lies between the request and now.',
  'reinstatement.time-required': 'The time `doneAt` belongs to the outcome `reinstated`, and to no other.',
  'contact.hours-invalid':
    'Name an IANA time zone and at least one shift, each with `from` before `to` as HH:MM; `24:00` is the end of the day.',
  'notice.reason-required': 'A declined item needs one of the coded reasons. They are listed in the API description.',
  'notice.reason-not-applicable': 'Only a declined item takes a coded reason. Leave it out for other outcomes.',
  'notice.no-items':
    'A notice is about at least one open item of its case. All items named here are closed, held or already in a notice.',
  'notice.unknown-item':
    'An item id does not belong to this case or notice. Read it again and use the ids that it lists.',
  'notice.no-platform':
    'No platform is known for the host of an item, so there is nobody to send to. Name the platform, or give the full address.',
  'notice.several-platforms': 'The items lie on more than one platform. Write one notice for each platform.',
  'notice.item-held':
    'An item is broader than one piece of content, such as a home or search page, and waits for a second person to release it. Leave it out to send the others now.',
  'notice.item-closed':
    'An item was closed after this notice had been written. Read the case again and write the notice anew without it.',
  'notice.case-closed': 'The case is closed, so nothing more is sent from it. Open a new case; it can be linked.',
  'notice.contact-unconfirmed':
    'The platform was made from an unknown host, and no person has confirmed yet whom the notice would reach. A supervisor or the operator confirms it; then send again.',
  'notice.platform-suspended':
    'The platform has been suspended from this service. Ask the operator, and use another way to reach it meanwhile.',
  'notice.answered-meanwhile':
    'Since the answer was read that `afterRevision` names, another was recorded for the items in `itemIds`. Nothing of this request was. Read the notice again; send the answers with the revisions that stand there now if they are still to be corrected.',
  'notice.item-repeated': 'The same item stands twice in one answer. Give one outcome for each item.',
  'contact.webhook-unknown':
    'A contact point by webhook needs one of your own webhooks that is in use. Register the webhook first, then name its id.',
  'webhook.too-many': 'Ten webhooks are in use, which is the most. Remove one that is no longer needed.',
  'webhook.disabled': 'This webhook was taken out of use and gets no deliveries. Register a new one.',
  'webhook.replay-what':
    'A replay sends either everything since an instant (`since`) or one delivery (`deliveryId`) again. Give one of the two.',
  'contact.fields':
    'A webhook needs `webhookId`, mail needs `address`, a pager needs `pagerId`; the inbox and the feed need nothing. Only mail and pagers take a `language`. Give what belongs to the channel and nothing else.',
  'contact.mail-unavailable':
    'The operator has configured no relay for mail, so an address would never be written to. Declare another channel, or ask the operator.',
  'contact.pager-unknown':
    'A contact point by pager needs one of your own pagers that is in use. Register the pager first, then name its id.',
  'pager.settings-invalid':
    'What is wrong stands in `reason`. Text messages need `url`, `method` and a template that contains {text}; ntfy needs the address of its topic; Matrix needs `homeserver`, `room` and `token`.',
  'pager.person-unknown':
    'The person named is no member of your organisation. Leave it out for a pager that is not a person’s.',
  'duty.settings-invalid':
    'The minutes are whole numbers within their bounds, with a second person called before the supervisor, and the zone is an IANA name such as Europe/Paris.',
  'duty.shifts-invalid':
    'Each shift lies within one day, with from earlier than to, as HH:MM; 24:00 is the end of the day. A shift over midnight is two: one until 24:00 and one from 00:00.',
  'duty.member-exists':
    'The roster has this person or role. Change that entry instead of adding another: its id stands in the roster.',
  'duty.member-unknown':
    'The person is not a member of your organisation now, or organisations of your kind have no such role. Look at the list of people and their roles.',
  'duty.times-invalid':
    'Give an end that lies after the beginning and has not passed. Without a beginning the exception begins now.',
  'duty.not-enrolled':
    'A duty is handed over by somebody of the roster, or by whoever manages the contacts of the organisation. Ask one of them.',
  'contact.ping-waiting':
    'A test of this contact point was sent and its time has not passed. Answer it, or wait until it is over and ask for another.',
  'contact.ping-code':
    'The code is not that of the last test of a contact point, or was mistyped. Copy the link of the newest mail whole.',
  'life-threat.basis':
    'Name the States concerned together with what makes them so, or leave both out when the State is not known. The report is sent to the home State then.',
  'life-threat.taken': 'Somebody of your organisation acknowledged this report before. The report shows when.',
  'life-threat.copied':
    'It is recorded already how Europol has its copy; the report shows it. Nothing more is to be done.',
  'pager.too-many': 'Fifty pagers are in use, which is the most. Remove one that is no longer needed.',
  'receipt.digest-mismatch':
    'A receipt by the feed names the `digest` of the `notice.sent` entry as the feed gave it. Read the entry again and send its digest.',
  'receipt.no-feed':
    'Reading the feed counts as receipt only for a platform that has declared the feed as a contact point. Declare it first.',
  'address.invalid':
    'This text cannot be referred as an address; `reason` says why. It needs http or https, a full host name and neither spaces nor control characters; a defanged address is understood. An address with a user name or password is refused, because it would be passed on.',
  'case.empty':
    'Every item and file in this submission was refused, so no case was opened. The answer lists the reason for each.',
  'case.closed': 'The case is closed. Open a new case; it can be linked.',
  'case.document-first':
    'In a multipart submission the part with the case comes before the files, because files are streamed as they arrive. Change the order of the parts.',
  'bulk.line-unreadable':
    'One line of a long list cannot be read: it is longer than 20,000 characters, not UTF-8, not a JSON object, or has a quotation mark that is not closed. Its number stands beside it. The other lines were taken; put this one right and send it alone.',
  'bulk.header-unknown':
    'A CSV list begins with the names of its columns: url, account, channel, platform, uploadedAt, note; one of the first three is needed. A list of addresses alone needs no first line. Nothing was done.',
  'item.not-held': 'The item does not wait for a second person, or has been decided already. Read it again.',
  'item.platform-unknown':
    'No organisation in the directory has this name. Leave the platform out to have it found by the host.',
  'item.platform-mismatch':
    'The host of the address belongs to another platform than the one named. Check the address, or leave the platform out.',
  'signal.contributed-already':
    'Your organisation has contributed this hash before. To change its labels, withdraw it and contribute it anew.',
  'signal.not-yours':
    'Only an organisation that contributed a hash can withdraw it. To say that it is wrong, dispute it with a reason.',
  'signal.quota-spent':
    'How many hashes an organisation may contribute, confirm or dispute in a day follows the trust in it. `left` says how many are left, `resetsAt` when the count begins anew. The operator can raise the quota of an organisation that needs more.',
  'signal.vouch-needed':
    'A key says `reviewed: true` only with the permission `signal.vouch`, which an administrator gives it by name. Leave it out: the hashes are provisional until somebody confirms them or a person of your organisation reviews them.',
  'signal.harmless':
    'The hash equals, or lies within the matching distance of, a plain colour, a gradient, a test card or another image known to be harmless. It would match what nobody means. Contribute the exact digest of the file if it is meant.',
  'signal-quarantine.decided':
    'Nothing in this batch waits any more: it was released or rejected by somebody else. Read it again.',
  'signal-negative.unusable':
    'No line of the list holds a hash of a known type. A line is `type,value` or `type,value,note` in CSV with a header, or a JSON object with these members; the type may be left out when the request names one.',
  'signal-policy.not-tried':
    'See first what this very policy would have done: POST /v1/signal-policies/{id}/dry-run with {} for the matches of yesterday, or `clepsydra policy dry-run`. Then put it in force.',
  'signal-policy.in-force': 'This policy decides already. Draft a new one to change what is done with matches.',
  'signal.illegal-transition':
    'A contribution that was withdrawn, retracted, expired or erased has ended and does not come back. Contribute the hash anew if it should stand again.',
  'signal.nobody-behind':
    'Every organisation has withdrawn its contribution, so there is nothing to confirm, dispute, review or withdraw. The hash matches no more.',
  'signal.nothing-to-end':
    'No contribution that stands, and that your organisation may end in this way, fits what was named. Check the case, exhibit or notice, or read the hash again: it may have ended already.',
  'signal.only-yours':
    'Where your organisation alone contributed a hash there is nobody whose decision it could confirm or dispute. Withdraw the contribution if it was a mistake.',
  'signal.opinion-none':
    'There is no standing opinion of your organisation to take back. Earlier ones remain in the history of the hash.',
  'dispute.decided':
    'Somebody who answers for the list has decided this dispute, or nobody stands behind the hash any more. Read it again to see the outcome.',
  'dispute.decided-before':
    'Your organisation disputed this hash for the same reason before, and a person rejected it with their reason. Your opinion stays on record. A different reason opens a new dispute.',
  'dispute.own':
    'A dispute is decided by the owner of the list, by the operator or by the only contributor, and never by the organisation that raised it. To end your own, take your opinion back.',
  'dispute.not-yours-to-decide':
    'The owner of a list decides for that list, the operator for all, and a contributor when nobody else stands behind the hash. To reject a dispute one must answer for every list on which the hash stands.',
  'signal-list.exists': 'Choose another short name: yours have to differ from each other, not from those of others.',
  'signal-list.closed':
    'Its owner has closed this list. What stands on it goes on standing until it is withdrawn; contribute to another list.',
  'signal-list.not-writable':
    'Your organisation reads this list. Its owner can let you contribute; meanwhile use the common list or one of your own.',
  'signal-list.needs-trust':
    'Everybody matches against a list that is shared with everyone. While your organisation is new, share lists with a group; the operator raises its trust once it is known.',
  'signal-list.not-owner':
    'Lists are changed, closed and opened to members by the organisation that made them; the common list by the operator.',
  'signal-list.given-stricter':
    'What stands on the list was given by others under the marking that it has now, and is not opened afterwards. Make a list with the looser marking, and ask them to give to that one.',
  'signal-list.not-member':
    'Only a member leaves a list or is put out of it. The common list and those shared with everyone have no members to leave: withdraw your contributions instead.',
  'signals.budget-spent':
    'A person may ask for 2,000 hashes a day, because a matcher that answers without end tells how to change a picture until it is no longer found. The answer says how many are left and when the count begins again. A system that checks uploads uses an API key, which has room for them.',
  'signals.too-many-matches':
    'The hashes of this batch have more than 100,000 matches together, which no single answer holds. Nothing is left out silently: ask again in smaller batches or with a smaller radius.',
  'signal.low-quality':
    'The image has too little structure for a perceptual hash, or the value is not one that PDQ makes of a picture: many unrelated images would match it. Of a video every usable frame is so. Contribute its exact digest instead. A PDQ whose quality is not known is not reviewed: contribute it with its quality.',
  'exchange.credential-refused':
    'Check that each header or field carries the secret made for it, and that the credential has neither expired nor been revoked. An administrator of your organisation sees all of them under /v1/exchange-credentials and makes a new one; a secret is shown only when it is made.',
  'exchange.verb-refused':
    'A credential fetches, submits or gives feedback, as it was made. Have one made with the verb that is needed.',
  'exchange.list-not-exportable':
    'TLP:RED is for the eyes of those it was given to, so such a list is matched against and never copied out. Its owner can mark it otherwise.',
  'exchange.protocol-verb':
    'The feed and TAXII are for fetching. Submitting needs an organisation that may contribute and a list it may add to; feedback one that decides about matches. `errors` says which.',
  'exchange.not-acceptable':
    'TAXII 2.1 is answered as application/taxii+json;version=2.1. Ask for that, or for anything, in the Accept header.',
  'exchange.read-only':
    'Collections are read-only: `can_write` says so. Contribute hashes by POST /v1/signals, by the batch route, or with a protocol that submits.',
  'exchange.list-too-open':
    'What a source marks with the Traffic Light Protocol must not reach more readers here: the list must be marked at least as strictly. TLP:AMBER+STRICT and TLP:RED stay within your organisation, so they need a list of your own, for a group, without other members.',
  'exchange.source-ended': 'The source was removed. Subscribe anew to take hashes from it again.',
  'exchange.source-paused': 'Nothing is read from a source that is paused. Resume it to have it read again.',
  'exchange.source-not-followed':
    'A CSV file is read when it is uploaded. Upload it again to bring what is new in it; remove the source to end it.',
  'exchange.too-many-sources': 'Remove a source that is not needed any more. Files that were taken do not count.',
  'exchange.source-refuses':
    'The other side answered 401 or 403. It is asked again only after a long pause, so that no account there is locked. Make a new credential there, remove this source with keep, and subscribe anew.',
  'exchange.source-missing':
    'The other side answered 404 or 410. Look at the address and at what the protocol expects there; docs/subscriptions.md says which address each one needs.',
  'exchange.source-busy': 'The other side answered 429 or 503. It is asked again when it says, at most a day later.',
  'exchange.source-down':
    'The other side answered with an error of its own. It is asked again, each time after a longer pause.',
  'exchange.source-unreadable':
    'The answer is not of the media type, or not of the form, of the protocol: often a login page or an error page of a proxy. Nothing of it was taken.',
  'exchange.source-cut': 'The answer ended before its end. Nothing of this page was taken; it is asked for again.',
  'exchange.source-rewound':
    'A place that the source told lies before the one it told last. Nothing is taken until its operator has put that right, because a list that went back would bring back what was withdrawn.',
  'exchange.source-repeats':
    'The source says that there is more and gives a place where it has been already. What it brought stands; it is asked again later.',
  'form.missing':
    'A form made here embeds its data as form.json; this PDF has no such attachment. It may have been printed to a new file, which drops attachments. Ask for the original, or send the data as JSON.',
  'form.damaged':
    'The attachment form.json is not in the one form in which it is embedded (RFC 8785), or not a form of a known version, or the PDF has it twice. Ask the sender for the original and do not act on this one.',
  'form.too-large':
    'A form of more than 8 MiB of data is neither drawn nor read. Send several orders or referrals, each with a part of the content.',
  'form.no-certificate':
    'A PDF is signed with the certificate of the authority itself, and none was put on this installation for it. The operator places it in the folder of certificates; docs/forms.md says how.',
  'form.certificate-unusable':
    'The file with the certificate, its key or its passphrase cannot be read, they do not belong together, or the certificate is not valid now. The operator replaces it as docs/forms.md says. Nothing was signed.',
} as const satisfies Partial<Record<ProblemCode, string>>;

/** The paragraph for a code; its title while nobody has written one. */
export function helpFor(code: ProblemCode): string {
  const texts: Readonly<Partial<Record<ProblemCode, string>>> = PROBLEM_HELP;
  return texts[code] ?? `${PROBLEMS[code][1]}.`;
}
