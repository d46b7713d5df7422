import type { ProblemCode } from '../errors';

export const NOTICE_HELP = {
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
  'notice.pap-red':
    'A case in which an item lies is marked PAP:RED: it is neither referred nor ordered, and its address is not called. Leave the named items out, or have that case marked anew by whoever answers for it.',
  'notice.case-closed': 'The case is closed, so nothing more is sent from it. Open a new case; it can be linked.',
  'notice.contact-unconfirmed':
    'The platform was made from an unknown host, and no person has confirmed yet whom the notice would reach. A supervisor or the operator confirms it; then send again.',
  'notice.platform-suspended':
    'The platform has been suspended from this service. Ask the operator, and use another way to reach it meanwhile.',
  'notice.answered-meanwhile':
    'Since the answer was read that `afterRevision` names, another was recorded for the items in `itemIds`. Nothing of this request was. Read the notice again; send the answers with the revisions that stand there now if they are still to be corrected.',
  'notice.item-repeated': 'The same item stands twice in one answer. Give one outcome for each item.',
  'preservation.no-measure': 'Preservation (TCO Art. 6) concerns content that was removed, disabled or hidden.',
  'preservation.deleted': 'What is destroyed has no preservation any more.',
  'deletion.preservation-incomplete':
    'Hard deletion waits until preservation is `complete`. The answer to the notice does not wait.',
  'deletion.cross-border':
    'TCO Art. 4(2): a provider under a cross-border order takes the measures needed to be able to reinstate the content.',
  'deletion.held': 'TCO Art. 6(2): six months from the removal, longer while proceedings run.',
  'deletion.reinstatement-asked':
    'The notice was withdrawn, the order annulled or a complaint upheld. Say first what became of it: put back, or kept down under your own terms.',
  'deletion.complaint-open':
    'TCO Art. 6(1)(a), 10(2): what may have to be put back is preserved until the complaint is decided.',
  'deletion.review-pending':
    'TCO Art. 6(2): content is preserved for as long as proceedings run, whatever time has passed since its removal.',
  'deletion.not-removed':
    'Only content that was removed or disabled, and was not put back since, can be destroyed for good.',
  'reinstatement.not-asked':
    'A reinstatement is asked for by a withdrawal, an annulment or a complaint that was upheld.',
  'reinstatement.instant': 'The claimed time of putting back lies between the request and now.',
  'reinstatement.time-required': 'The time `doneAt` belongs to the outcome `reinstated`, and to no other.',
} as const satisfies Partial<Record<ProblemCode, string>>;
