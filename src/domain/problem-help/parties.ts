import type { ProblemCode } from '../errors';

export const PARTY_HELP = {
  'organisation.exists':
    'The short name or the host is taken by an organisation that is registered already. Look it up in the directory before you register another.',
  'person.member-already':
    'This person belongs to the organisation already. To change what they may do, change their roles.',
  'platform.not-provisional':
    'Only a platform that was made from an unknown host waits for a confirmation. This one does not; nothing is to be done.',
  'provider.claimed':
    'The platform has people here, or was given to those who proved that its host is theirs. Propose the change instead: the platform or the operator decides about it. What the platform has said of itself (`ownStatement`) you can accept or reject.',
  'provider.own-proposal':
    'A proposal of a person is confirmed by another person. Ask a colleague who may confirm platforms, or wait for the platform or the operator. What a platform says of its scope, its home State and its languages is confirmed by an authority or the operator.',
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
} as const satisfies Partial<Record<ProblemCode, string>>;
