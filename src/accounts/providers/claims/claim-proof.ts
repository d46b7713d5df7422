import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import { CheckedConnector } from '../../../infra/egress/connector';
import { log } from '../../../infra/log';
import { HostPlaces } from '../discovery/host-places';
import type { Proof } from './claims.dto';

const FILE = '/.well-known/clepsydra-claim.txt';
const FILE_BYTES = 4_096;
const CALL_MS = 5_000;

export const fileAddressOf = (host: string): string => `https://${host}${FILE}`;
export const dnsNameOf = (host: string): string => `_clepsydra-claim.${host}`;
/** Says what it is to whoever finds it on a host. */
export const makeClaimToken = (): string => `clepsydra-claim=${randomBytes(24).toString('base64url')}`;

/** Whether a claim's token stands on its host. */
@Injectable()
export class ClaimProof {
  constructor(
    private readonly connector: CheckedConnector,
    private readonly places: HostPlaces,
  ) {}

  /** False also when the host cannot be reached. */
  async holds(host: string, token: string, proof: Proof): Promise<boolean> {
    try {
      return proof === 'https' ? await this.inFile(host, token) : await this.inDns(host, token);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      log.info({ event: 'provider-claim.unreachable', proof, code: error.code });
      return false;
    }
  }

  /** No redirect is followed: on many hosts a stranger can make one. */
  private async inFile(host: string, token: string): Promise<boolean> {
    const limits = { timeoutMs: CALL_MS, maxResponseBytes: FILE_BYTES, maxRedirects: 0 };
    const answer = await this.connector.fetch(`${this.places.origin(host)}${FILE}`, limits);
    // Where users choose what a page says, they do not choose that it is plain text.
    if (answer.status !== 200 || !/^text\/plain/i.test(answer.headers['content-type'] ?? '')) return false;
    const lines = answer.body.toString('utf8').split(/\r?\n/);
    return lines.some((line) => line.trim() === token);
  }

  private async inDns(host: string, token: string): Promise<boolean> {
    const texts = await this.places.txt(dnsNameOf(host));
    return texts.some((text) => text.trim() === token);
  }
}
