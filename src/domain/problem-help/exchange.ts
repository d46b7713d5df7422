import type { ProblemCode } from '../errors';

export const EXCHANGE_HELP = {
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
} as const satisfies Partial<Record<ProblemCode, string>>;
