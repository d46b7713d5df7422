import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import { isRecord } from '../../../domain/json';
import { isSignalHash, type SignalType } from '../../../domain/vocabulary';
import { Matching } from '../../matching/matching.service';
import { sentIn, textOf, type Sent } from '../core/sent';
import { ExchangeScopes } from '../core/scopes.service';
import type { Bearer } from '../credentials/credential';
import { tatIdeology, typeOfAlgorithm } from './tat-records';

/** What is known of one hash that was asked for. */
export interface Verified {
  readonly hash_value: string;
  readonly hash_type: string;
  readonly match: boolean;
  /** 1 for equality; for PDQ the part of the bits that agree with the nearest hash. Null without a match. */
  readonly confidence: number | null;
  readonly ideology: string | null;
  /** Why this one could not be looked up. */
  readonly error?: string;
}

const MOST = 50;
const PDQ_BITS = 256;
/** The field's threshold for PDQ, unless the asker states a confidence. */
const USUAL_RADIUS = 31;
const LARGEST_RADIUS = 64;

/** The hash verification call: "is this known?", for at most 50 hashes. Nothing of a miss is kept. */
@Injectable()
export class TatVerification {
  constructor(
    private readonly matching: Matching,
    private readonly scopes: ExchangeScopes,
  ) {}

  async verify(bearer: Bearer, body: unknown, query: Sent): Promise<Verified[]> {
    const items = itemsOf(body);
    const wanted = textOf(query, 'ideologies');
    const lists = await this.scopes.listsOf(bearer);
    const answers: Verified[] = [];
    for (const item of items) answers.push(await this.verifyOne(bearer, item, lists, wanted));
    return answers;
  }

  private async verifyOne(bearer: Bearer, item: Sent, lists: readonly string[], wanted: string): Promise<Verified> {
    const [hash_value, hash_type] = [textOf(item, 'hash_value'), textOf(item, 'hash_type')];
    const none = { hash_value, hash_type, match: false, confidence: null, ideology: null };
    const type = typeOfAlgorithm(hash_type);
    if (!type) return { ...none, error: 'hash_type is one of PDQ, MD5, SHA256, SHA512' };
    const value = hash_value.trim().toLowerCase();
    if (!isSignalHash(type, value)) return { ...none, error: `hash_value is no ${hash_type}` };
    const radius = radiusOf(type, item['confidence']);
    if (radius === null) return { ...none, error: 'confidence is a number from 0 to 1' };
    const { matches } = await this.matching.byHash(bearer.actor, { type, value, radius });
    const known = matches.find(
      (match) =>
        match.lists.some(({ id }) => lists.includes(id)) &&
        (wanted === '' || tatIdeology(match.labels.ideology) === wanted),
    );
    if (!known) return none;
    const confidence = type === 'pdq' ? 1 - known.distance / PDQ_BITS : 1;
    return { hash_value, hash_type, match: true, confidence, ideology: tatIdeology(known.labels.ideology) };
  }
}

function radiusOf(type: SignalType, confidence: unknown): number | null {
  if (type !== 'pdq') return 0;
  if (confidence === undefined || confidence === null) return USUAL_RADIUS;
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1)) return null;
  return Math.min(LARGEST_RADIUS, Math.floor((1 - confidence) * PDQ_BITS));
}

/** The list by itself, or as member `body`: the public documentation has both. */
function itemsOf(body: unknown): Sent[] {
  const list: unknown = isRecord(body) && 'body' in body ? body.body : body;
  if (Array.isArray(list) && list.length > 0 && list.length <= MOST) {
    return list.map(sentIn);
  }
  throw new DomainError('request.invalid', {}, [{ pointer: '', detail: `a list of 1 to ${MOST} hashes` }]);
}
