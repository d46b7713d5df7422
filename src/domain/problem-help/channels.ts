import type { ProblemCode } from '../errors';

export const CHANNEL_HELP = {
  'contact.hours-invalid':
    'Name an IANA time zone and at least one shift, each with `from` before `to` as HH:MM; `24:00` is the end of the day.',
  'contact.webhook-unknown':
    'A contact point by webhook needs one of your own webhooks that is in use. Register the webhook first, then name its id.',
  'contact.fields':
    'A webhook needs `webhookId`, mail needs `address`, a pager needs `pagerId`; the inbox and the feed need nothing. Only mail and pagers take a `language`. Give what belongs to the channel and nothing else.',
  'contact.mail-unavailable':
    'The operator has configured no relay for mail, so an address would never be written to. Declare another channel, or ask the operator.',
  'contact.pager-unknown':
    'A contact point by pager needs one of your own pagers that is in use. Register the pager first, then name its id.',
  'contact.ping-waiting':
    'A test of this contact point was sent and its time has not passed. Answer it, or wait until it is over and ask for another.',
  'contact.ping-code':
    'The code is not that of the last test of a contact point, or was mistyped. Copy the link of the newest mail whole.',
  'webhook.too-many': 'Ten webhooks are in use, which is the most. Remove one that is no longer needed.',
  'webhook.disabled': 'This webhook was taken out of use and gets no deliveries. Register a new one.',
  'webhook.replay-what':
    'A replay sends either everything since an instant (`since`) or one delivery (`deliveryId`) again. Give one of the two.',
  'pager.settings-invalid':
    'What is wrong stands in `reason`. Text messages need `url`, `method` and a template that contains {text}; ntfy needs the address of its topic; Matrix needs `homeserver`, `room` and `token`.',
  'pager.person-unknown':
    'The person named is no member of your organisation. Leave it out for a pager that is not a person’s.',
  'pager.too-many': 'Fifty pagers are in use, which is the most. Remove one that is no longer needed.',
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
  'life-threat.basis':
    'Name the States concerned together with what makes them so, or leave both out when the State is not known. The report is sent to the home State then.',
  'life-threat.taken': 'Somebody of your organisation acknowledged this report before. The report shows when.',
  'life-threat.copied':
    'It is recorded already how Europol has its copy; the report shows it. Nothing more is to be done.',
  'receipt.digest-mismatch':
    'A receipt by the feed names the `digest` of the `notice.sent` entry as the feed gave it. Read the entry again and send its digest.',
  'receipt.no-feed':
    'Reading the feed counts as receipt only for a platform that has declared the feed as a contact point. Declare it first.',
} as const satisfies Partial<Record<ProblemCode, string>>;
