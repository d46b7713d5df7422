import type { ComplaintOutcome } from '../../../domain/redress';
import type { ScrutinyOutcome } from '../../../domain/scrutiny';

/** What the page for content providers says (TCO Art. 10, 11). */
export const CONTENT_EN = {
  title: 'What became of your content',
  landing:
    'A platform gave you this address. Behind it stands what was done about something that you published, and what you can do about that. You need no account.',
  open: 'Open',
  nothing: 'Nothing can be said under this reference',
  nothingHelp:
    'Check that the address is complete. Otherwise come back later, or ask the platform that gave it to you.',
  platform: 'Platform',
  measure: 'What was done',
  measureAt: 'When',
  basis: 'Why',
  bases: {
    order: 'the platform was bound by a removal order of an authority (Regulation (EU) 2021/784)',
    terms: 'the platform decided so by itself, under its own terms and conditions',
  },
  takenBack: 'What it rested on has fallen',
  reinstatement: 'The platform was asked to put it back',
  reinstatementOpen: 'not answered yet',
  copy: 'Copy of the order',
  redress: 'Challenge the order in court',
  body: 'Where',
  deadline: 'Within',
  units: { days: 'days', months: 'months' },
  law: 'Law',
  complaint: 'Complain to the platform',
  complaintHelp:
    'The platform answers within two weeks; somebody decides who did not take the measure. You can complain of a measure once.',
  complaintText: 'Why the measure is wrong',
  complaintLodged: 'Your complaint',
  complaintOutcomes: {
    upheld: 'upheld: the content is to be put back',
    rejected: 'rejected',
  },
  scrutiny: 'Ask the authority of the platform’s Member State to examine the order',
  scrutinyHelp: 'It decides within 72 hours of your request (Article 4(4)). You can ask until',
  scrutinyText: 'How the order infringes the law or your rights',
  scrutinyLodged: 'Your request for scrutiny',
  scrutinyOutcomes: {
    infringement: 'the order infringes the law and has no effect any more',
    no_infringement: 'no infringement was found',
  },
  lodgedAt: 'Sent',
  dueAt: 'Decision due by',
  decidedAt: 'Decided',
  outcome: 'Outcome',
  reasons: 'Reasons',
  continue: 'Continue',
  confirm: 'Is this what you want to send?',
  confirmHelp: 'Nothing was sent yet. What you send is read by whoever decides, and cannot be changed.',
  send: 'Send it',
  change: 'Back',
  sent: 'It was sent. You read the outcome at this address.',
  faults: {
    length: 'Write between 10 and 5,000 characters. Nothing was sent.',
    open: 'A complaint about this was sent already.',
    bound:
      'An order stands behind this measure, and binds the platform. You can have the order examined, or go to court.',
    late: 'The time in which this can be asked for is over. Nothing was sent.',
    exists: 'This was asked for already.',
    other: 'This was refused. Nothing was sent.',
  },
} satisfies {
  readonly complaintOutcomes: Readonly<Record<ComplaintOutcome, string>>;
  readonly scrutinyOutcomes: Readonly<Record<ScrutinyOutcome, string>>;
} & Readonly<Record<string, unknown>>;

export type ContentTexts = typeof CONTENT_EN;
