/** Orders that reached a platform outside of this installation. */
export const RECEIVED_ORDER_HELP = {
  'received-order.unreadable':
    'Hand in what you received as it is: the PDF with the embedded data, or the JSON of the form. Nothing was kept of this file. If it is an order in another format, have it as a PDF and hand that in, so that its receipt is recorded.',
  'received-order.not-an-order':
    'Only removal orders (Annex I) are handed in. A referral, an answer or a decision is another form; `POST /v1/forms/read` shows it.',
  'received-order.in-the-future':
    'State the instant at which the order reached you, with its offset, or leave it out: then it is the instant at which you hand it in. The later of the two never counts.',
  'received-order.decided':
    'Somebody of your organisation decided, or the signature did. Read the order again to see what is known about it.',
  'received-order.no-form':
    'What was handed in carries no data that can be held to the form of Annex I. Ask the authority for the JSON, or write it out with `POST /v1/forms/pdf` and hand that in; the earlier receipt is recorded already.',
  'received-order.authority':
    'Only an authority that the register names for removal orders issues them (`GET /v1/authorities`): look at `reason`. If the register is wrong, the operator has to correct it first; the receipt is recorded already.',
  'received-order.key':
    'Compare the key with the authority once more, by the telephone number of the register. The order names the thumbprint of another key, or was changed since it was signed.',
  'received-order.not-taken-up':
    'Only an order that was recognised, or that two people found genuine, has an hour that runs and is answered.',
  'received-order.no-answer-form':
    'Annex II tells that all of the content was removed, or access to it disabled in all Member States; Annex III tells that you cannot act. Answer every item, or report what keeps you from it. Where some content was not removed, write to the authority in your own words.',
  'received-order.contact-needed':
    'Annex II and III name an e-mail address of your contact point. Record one in your entry of the register of providers, or give it as `contactEmail`.',
} as const;
