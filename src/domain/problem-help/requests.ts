import type { ProblemCode } from '../errors';

export const REQUEST_HELP = {
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
} as const satisfies Partial<Record<ProblemCode, string>>;
