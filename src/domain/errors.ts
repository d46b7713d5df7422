/**
 * Every error the service can answer with, written once: stable code, HTTP status, title.
 * The code becomes the `type` of a problem document (RFC 9457) and has a page of its own under /problems/<code>.
 */
export const PROBLEMS = {
  'request.invalid': [400, 'The request does not have the stated form'],
  'request.malformed-json': [400, 'The body is not JSON'],
  'request.too-large': [413, 'The body is larger than this route accepts'],
  'request.too-many': [429, 'Too many requests'],
  'request.unsupported-media-type': [415, 'The body is of a type this route does not accept'],
  'request.not-found': [404, 'There is no such thing, or it is not yours to see'],
  'request.method-not-allowed': [405, 'This address does not answer to that method'],
  'request.version-conflict': [409, 'It has changed since you read it'],
  'request.internal': [500, 'Something failed on our side'],
  'request.unavailable': [503, 'A part that is needed is not available now'],
  'idempotency.key-reused': [409, 'This idempotency key was used for another request'],
  'idempotency.key-invalid': [400, 'The idempotency key does not have the stated form'],
  'auth.required': [401, 'A login or an API key is needed'],
  'auth.bad-credentials': [401, 'The e-mail address or the password is wrong'],
  'auth.expired': [401, 'This login or key has ended'],
  'auth.not-permitted': [403, 'Your role does not permit this'],
  'auth.no-competence': [403, 'Your organisation is not competent for this'],
  'auth.cross-site': [403, 'This request came from another site'],
  'organisation.exists': [409, 'There is an organisation with this short name or host already'],
  'platform.not-provisional': [409, 'This platform needs no confirmation'],
  'person.member-already': [409, 'This person is a member already'],
  'approval.decided': [409, 'Somebody has decided this already'],
  'approval.same-person': [409, 'The second person must be somebody else'],
  'approval.reason-required': [400, 'A reason must be given for this'],
  'ledger.unknown-checkpoint': [404, 'No checkpoint of that size is kept'],
  'egress.refused-scheme': [422, 'Only an https address without credentials and on a permitted port is called'],
  'egress.refused-address': [422, 'That address leads to a network that is never called from here'],
  'egress.timeout': [504, 'The other side did not answer in time'],
  'egress.too-large': [502, 'The other side answered with more than is accepted'],
  'egress.redirect': [502, 'The other side points elsewhere more often, or otherwise, than is followed'],
  'egress.failed': [502, 'The other side could not be reached'],
  'file.too-large': [413, 'The file is larger than is accepted'],
  'file.interrupted': [400, 'The upload broke off before its end'],
  'storage.full': [507, 'There is no room left to store this'],
  'storage.missing': [500, 'A stored object is not where it should be'],
  'storage.damaged': [500, 'A stored object was changed or cut short'],
  'storage.range': [416, 'The object does not have that range of bytes'],
  'storage.key-destroyed': [410, 'The key of this content was destroyed: it can no longer be read'],
  'storage.key-unavailable': [503, 'The key that protects this content is not available now'],
  'image.too-large': [422, 'The image has more bytes or pixels than are decoded here'],
  'image.truncated': [422, 'The image file ends before its content does'],
  'image.unsupported': [422, 'Files of this kind are not decoded as images'],
  'image.undecodable': [422, 'The image cannot be decoded'],
  'image.timeout': [422, 'Decoding the image took longer than is allowed'],
  'video.unsupported': [422, 'Videos of this kind are not decoded here'],
  'video.truncated': [422, 'The video file ends before its content does'],
  'video.undecodable': [422, 'No frame of the video can be decoded'],
  'video.timeout': [422, 'Decoding the video took longer than is allowed'],
  'video.too-large': [422, 'The video has more bytes or pixels than are decoded here'],
  'pdf.encrypted': [422, 'The PDF opens only with a password'],
  'pdf.truncated': [422, 'The PDF ends before its content does'],
  'pdf.undecodable': [422, 'The PDF cannot be read'],
  'pdf.timeout': [422, 'Reading the PDF took longer than is allowed'],
  'pdf.too-large': [422, 'The PDF has more bytes or needs more memory than is allowed'],
  'notice.illegal-transition': [409, 'A notice in this state does not allow that'],
  'notice.outcome-not-applicable': [400, 'This kind of notice does not know that outcome'],
  'notice.measure-required': [400, 'This outcome needs the time of the measure'],
  'notice.measure-not-applicable': [400, 'This outcome has no measure and takes no time for one'],
  'notice.measure-in-future': [400, 'The claimed time of the measure lies in the future'],
  'notice.measure-before-receipt': [400, 'The claimed time of the measure lies before receipt of the notice'],
  'notice.reason-required': [400, 'A declined item needs its reason'],
  'notice.reason-not-applicable': [400, 'Only a declined item takes a reason'],
  'notice.no-items': [400, 'There is no open item to write this notice about'],
  'notice.unknown-item': [400, 'An item named here does not belong to it'],
  'notice.no-platform': [400, 'No platform is known for an item of this notice'],
  'notice.several-platforms': [400, 'One notice goes to one platform'],
  'notice.item-held': [409, 'An item is held: a second person has to release it first'],
  'notice.item-closed': [409, 'An item was closed since this notice was written'],
  'notice.case-closed': [409, 'The case is closed'],
  'notice.contact-unconfirmed': [409, 'Nobody has confirmed yet who is behind this platform'],
  'notice.platform-suspended': [409, 'This platform does not take part now'],
  'notice.item-repeated': [400, 'An item is answered twice here'],
  'contact.webhook-unknown': [400, 'A webhook contact point needs one of your webhooks in use'],
  'webhook.too-many': [409, 'An organisation has at most ten webhooks in use'],
  'webhook.disabled': [409, 'This webhook is no longer in use'],
  'address.invalid': [400, 'This is not an address that can be referred'],
  'case.empty': [400, 'Nothing in this submission could be taken'],
  'case.closed': [409, 'This case is closed'],
  'case.document-first': [400, 'The part with the case has to come before the files'],
  'item.not-held': [409, 'This item is not held'],
  'item.platform-unknown': [422, 'No platform has this name'],
  'item.platform-mismatch': [422, 'This address belongs to another platform'],
  'file.empty': [422, 'The file has no content'],
  'file.svg': [422, 'SVG can carry scripts and is not taken: send a capture of it'],
  'file.mislabelled': [422, 'The file is not what it is said to be'],
  'file.item-unknown': [422, 'The file names an item that is not in this submission'],
  'signal.contributed-already': [409, 'Your organisation stands behind this hash already'],
  'signal.not-yours': [409, 'Your organisation does not stand behind this hash'],
  'signal.quota-spent': [429, 'Your organisation has contributed as many hashes as its trust allows for today'],
  'signal.harmless': [422, 'This hash is that of well-known harmless content'],
  'signal-quarantine.decided': [409, 'Somebody has decided this already'],
  'signal-negative.unusable': [422, 'Nothing in this list could be taken'],
  'signal-policy.in-force': [409, 'This policy is in force already'],
  'signal.illegal-transition': [409, 'A contribution in this state does not allow that'],
  'signal.nobody-behind': [409, 'Nobody stands behind this hash now'],
  'signal.nothing-to-end': [409, 'There is nothing of yours that this would end'],
  'signal.opinion-none': [409, 'Your organisation has stated no opinion of this hash'],
  'dispute.decided': [409, 'This dispute was decided already'],
  'dispute.decided-before': [409, 'This was disputed for the same reason before, and decided'],
  'dispute.own': [409, 'Whoever disputes a hash does not decide about it'],
  'dispute.not-yours-to-decide': [403, 'Your organisation does not answer for the lists that this hash stands on'],
  'signal-list.exists': [409, 'Your organisation has a list of this short name already'],
  'signal-list.closed': [409, 'This list takes nothing more'],
  'signal-list.not-writable': [403, 'Your organisation may read this list and not add to it'],
  'signal-list.not-owner': [403, 'Only the organisation that owns this list does that'],
  'signal-list.not-member': [409, 'This organisation is not a member of the list'],
  'signal.low-quality': [422, 'This hash says too little to be matched with'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One field that was wrong: `pointer` is a JSON Pointer (RFC 6901) into the request body. */
export interface FieldFault {
  readonly pointer: string;
  readonly detail: string;
}

/** What a rule throws; one filter turns it into problem+json with the status of the table above. */
export class DomainError extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly faults: readonly FieldFault[] = [],
  ) {
    super(PROBLEMS[code][1]);
    this.name = 'DomainError';
  }

  get status(): number {
    return PROBLEMS[this.code][0];
  }
}
