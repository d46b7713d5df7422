import type { ProblemCode } from '../errors';

export const ORDER_HELP = {
  'order.duplicate':
    'A body should not order what another has ordered already (recital 36). The answer names whom to call; of your own orders it names the notice. Another spelling of an address is the same subject, and so is a page and a place in it. Leave those items out, or agree with that body; once an order has been carried out and its issuer has closed it, what comes back can be ordered again.',
  'order.key-differs':
    'The deconfliction.key in the secrets folder of this node is not the one by which the orders that stand were recorded, so it cannot tell whether there is another order, and none is sent. The operator puts the right file back.',
  'order.questions-spent':
    'Each item asks whether another body has an order on it, and such questions are counted for a day, because the answers tell what others work on. Go on tomorrow, or with another colleague.',
  'order.not-orderable':
    'The answer lists what stands in the way: an exclusion that applies, editorial responsibility, a closed group, or a sign-off that is missing. `assessmentId` names the assessment that finds it: the one that the order rests on, or a later one of the same case. What an earlier assessment found unclear takes its second review and legal sign-off also when a later one is sure, by people who wrote neither.',
  'order.not-assessed':
    'An assessment is of what the case held when it was made. Assess the case again, and draft the order on that; or leave these items out.',
  'order.no-url':
    'TCO Art. 3(4)(c): an order names the exact URL of what is to be taken down. Add the address of the page of the account or channel to the case, order that, and give the name in `additionalInformation`; or leave these items out with `itemIds`.',
  'order.out-of-scope':
    'Recitals 13 and 14 of the Regulation leave this kind of service out. It can be sent a voluntary referral.',
  'order.home-unknown':
    'The register of providers has to name the Member State of the main establishment or of the legal representative (Art. 17) first.',
  'order.home-changed':
    'An order states the home Member State and has its copy go to the authority there, and is signed as it was drafted. The registers of providers and of authorities say otherwise now: `drafted` and `now` tell what changed. Withdraw the draft and write the order again.',
  'order.home-authority-unknown':
    'A cross-border order is copied to the home authority at the same moment (Art. 4(1)). Say in `homeCopyNote` how it gets there.',
  'order.unsigned': 'Ask for the signature first: the call is made by two people of the authority.',
  'order.signed': 'What was signed is not signed again. Withdraw the draft and write another to change it.',
  'order.language-not-accepted':
    'Write the order in a language that the contact point declares, which the answer lists, or in an official language of its home Member State (TCO Art. 15(2)).',
  'order.advance-information-missing':
    'Send the information on procedures and deadlines, or justify an emergency in the order (TCO Art. 3(2)). The answer says from when the order can be signed; one that was signed before that is withdrawn and written again. With `awaitsReceipt` the information was sent to a provider that has nothing but mail, and no receipt of it stands: see its deliveries.',
  'order.emergency-reasons':
    'Give `emergencyReasons` with an emergency, and leave them out without one (TCO Art. 3(2), recital 17).',
  'order.non-disclosure':
    'TCO Art. 11(3): as long as necessary, and six weeks from the decision at most; give its reasons.',
  'order.non-disclosure-over':
    'TCO Art. 11(3): an order tells the provider not to inform the content provider, for as long as the draft says and six weeks at most. When it is signed or sent outside that time it would say what is not so. Withdraw the draft and write the order again, without non-disclosure or with another end.',
  'order.not-escalatable':
    'Name a referral that you sent in this case to the platform of the order, that is withdrawn by nobody and of which something was declined or is open, and order nothing that it was not about: `itemIds` says what that would be. Anything else is ordered without `escalatedFrom`.',
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
  'scrutiny.decided-otherwise':
    'Read the scrutiny named in `scrutinyId`. Where an infringement was found the order has ended, and with it every scrutiny of it. Where none was found after this decision had been put to a second person, refuse that question and, if the reasons of this scrutiny lead to another result all the same, put it again.',
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
} as const satisfies Partial<Record<ProblemCode, string>>;
