import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { Integer, OctetString } from 'asn1js';
import { AlgorithmIdentifier, MessageImprint, SignedData, TimeStampReq, TimeStampResp, TSTInfo } from 'pkijs';
import { DomainError } from '../../domain/errors';
import type { CheckedConnector } from '../egress/connector';

/** A timestamp of somebody else over bytes (RFC 3161). */
export interface Timestamp {
  /** The TimeStampToken, DER. */
  readonly token: Uint8Array;
  /** When the authority says that it saw them, by its own clock. */
  readonly at: Date;
}

const SHA256 = '2.16.840.1.101.3.4.2.1';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
/** PKIStatus granted and grantedWithMods. */
const GRANTED = [0, 1];
const exact = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const refused = (reason: string): DomainError => new DomainError('timestamp.refused', { reason });

function requestFor(bytes: Uint8Array, nonce: Integer): Uint8Array {
  const hashedMessage = new OctetString({ valueHex: exact(createHash('sha256').update(bytes).digest()) });
  const messageImprint = new MessageImprint({ hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA256 }), hashedMessage }); // prettier-ignore
  return new Uint8Array(new TimeStampReq({ version: 1, messageImprint, nonce, certReq: true }).toSchema().toBER());
}

/** Over exactly these bytes, answering this request, by a certificate that is for this (RFC 3161, 2.3) and was valid then. */
async function checked(token: SignedData, bytes: Uint8Array, nonce: Integer): Promise<Date> {
  const verdict = await token.verify({ signer: 0, data: exact(bytes), checkChain: false, extendedMode: true });
  const content = token.encapContentInfo.eContent?.getValue();
  if (!verdict.signatureVerified || !verdict.signerCertificate || !content) throw refused('the token does not verify');
  const { genTime, nonce: answered } = TSTInfo.fromBER(content);
  if (!answered?.isEqual(nonce)) throw refused('the token answers another request');
  const signer = new X509Certificate(Buffer.from(verdict.signerCertificate.toSchema().toBER()));
  if (!signer.keyUsage?.includes(TIME_STAMPING)) throw refused('its certificate is not one for timestamps');
  if (genTime < signer.validFromDate || genTime > signer.validToDate) throw refused('its certificate was not valid');
  return genTime;
}

/**
 * Has these bytes timestamped; only their SHA-256 leaves. The token is verified with the certificate in it, which is one for
 * timestamps; whether its root is trusted is for whoever relies on it.
 * @throws DomainError timestamp.refused with a reason, egress.*
 */
export async function timestampOver(
  bytes: Uint8Array,
  connector: Pick<CheckedConnector, 'fetch'>,
  address: string,
): Promise<Timestamp> {
  // Positive, whatever its first bit.
  const nonce = Integer.fromBigInt(BigInt(`0x01${randomBytes(8).toString('hex')}`));
  const headers = { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' };
  const { status, body } = await connector.fetch(address, { method: 'POST', headers, body: requestFor(bytes, nonce) });
  if (status !== 200) throw refused(`it answered with ${status}`);
  try {
    const { status: answer, timeStampToken } = TimeStampResp.fromBER(exact(body));
    if (!GRANTED.includes(answer.status)) throw refused(`its status is ${answer.status}`);
    if (!timeStampToken) throw refused('the answer has no token');
    const at = await checked(new SignedData({ schema: timeStampToken.content }), bytes, nonce);
    return { token: new Uint8Array(timeStampToken.toSchema().toBER()), at };
  } catch (error) {
    throw error instanceof DomainError ? error : refused('the answer is no timestamp');
  }
}
