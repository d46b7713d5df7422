import type { ProblemCode } from '../errors';

export const SIGNAL_HELP = {
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
  'signal.low-quality':
    'The image has too little structure for a perceptual hash, or the value is not one that PDQ makes of a picture: many unrelated images would match it. Of a video every usable frame is so. Contribute its exact digest instead. A PDQ whose quality is not known is not reviewed: contribute it with its quality.',
  'signals.budget-spent':
    'A person may ask for 2,000 hashes a day, because a matcher that answers without end tells how to change a picture until it is no longer found. The answer says how many are left and when the count begins again. A system that checks uploads uses an API key, which has room for them.',
  'signals.too-many-matches':
    'The hashes of this batch have more than 100,000 matches together, which no single answer holds. Nothing is left out silently: ask again in smaller batches or with a smaller radius.',
  'signal-quarantine.decided':
    'Nothing in this batch waits any more: it was released or rejected by somebody else. Read it again.',
  'signal-negative.unusable':
    'No line of the list holds a hash of a known type. A line is `type,value` or `type,value,note` in CSV with a header, or a JSON object with these members; the type may be left out when the request names one.',
  'signal-policy.not-tried':
    'See first what this very policy would have done: POST /v1/signal-policies/{id}/dry-run with {} for the matches of yesterday, or `clepsydra policy dry-run`. Then put it in force.',
  'signal-policy.in-force': 'This policy decides already. Draft a new one to change what is done with matches.',
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
  'dispute.decided':
    'Somebody who answers for the list has decided this dispute, or nobody stands behind the hash any more. Read it again to see the outcome.',
  'dispute.decided-before':
    'Your organisation disputed this hash for the same reason before, and a person rejected it with their reason. Your opinion stays on record. A different reason opens a new dispute.',
  'dispute.own':
    'A dispute is decided by the owner of the list, by the operator or by the only contributor, and never by the organisation that raised it. To end your own, take your opinion back.',
  'dispute.not-yours-to-decide':
    'The owner of a list decides for that list, the operator for all, and a contributor when nobody else stands behind the hash. To reject a dispute one must answer for every list on which the hash stands.',
} as const satisfies Partial<Record<ProblemCode, string>>;
