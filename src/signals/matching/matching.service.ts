import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import { isSignalHash, type SignalType } from '../../domain/vocabulary';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import type { Match, MatchAnswer, MatchQuery, SignalView } from '../signal.dto';
import { findExact, findSignals, scanSignals } from '../signal.queries';
import { SignalIndex, type PerceptualType } from './signal-index.service';

/** Bits that may differ unless the asker says otherwise: PDQ as the field uses it; blockhash as for deduplication. */
export const DEFAULT_RADIUS: Readonly<Record<PerceptualType, number>> = { pdq: 31, blockhash: 10 };

/** Below this PDQ says little: perceptual matching of such an image would be a guess. */
export const MIN_QUALITY = 50;

/** What is known of one file. */
export interface FileHashes {
  readonly sha256: string;
  readonly md5: string;
  readonly pdq?: { readonly hash: string; readonly quality: number };
  readonly blockhash?: string;
}

const isPerceptual = (type: SignalType): type is PerceptualType => type === 'pdq' || type === 'blockhash';

/** Looks hashes up. Exact: every signal within the radius, always. Misses are not kept; hits are for the asker alone. */
@Injectable()
export class Matching {
  constructor(
    private readonly work: Work,
    private readonly index: SignalIndex,
  ) {}

  /** One hash, as `GET /v1/signals/match` asks. */
  byHash(actor: Actor, query: MatchQuery): Promise<MatchAnswer> {
    assertHash(query.type, query.value);
    if (!isPerceptual(query.type) && (query.radius ?? 0) > 0) {
      throw new DomainError('request.invalid', {}, [
        { pointer: '/radius', detail: `${query.type} is equal or not: the radius is 0` },
      ]);
    }
    return this.work.read(actor, async (tx) => ({
      matches: await this.find(tx, query.type, query.value, query.radius),
      matchable: isPerceptual(query.type) ? 'perceptual' : 'exact only',
    }));
  }

  /** Everything that is known of one file against every signal type. */
  byFile(actor: Actor, hashes: FileHashes): Promise<MatchAnswer> {
    return this.work.read(actor, (tx) => this.inTransaction(tx, hashes));
  }

  /** The same, for whoever has a transaction open. */
  async inTransaction(tx: Tx, hashes: FileHashes): Promise<MatchAnswer> {
    const exact = [...(await findExact(tx, 'sha256', hashes.sha256)), ...(await findExact(tx, 'md5', hashes.md5))];
    const matches = exact.map((signal) => toMatch(signal, 0));
    const { pdq, blockhash } = hashes;
    if (!pdq) return { matches, matchable: 'exact only: not an image' };
    if (pdq.quality < MIN_QUALITY)
      return { matches, matchable: `exact only: PDQ quality ${pdq.quality} is below ${MIN_QUALITY}` };
    matches.push(...(await this.find(tx, 'pdq', pdq.hash)));
    if (blockhash) matches.push(...(await this.find(tx, 'blockhash', blockhash)));
    return { matches, matchable: 'perceptual' };
  }

  /** Keeps hits of an exhibit for the organisation that holds it. */
  async remember(tx: Tx, actor: Actor, exhibitId: string, matches: readonly Match[], at: Date): Promise<void> {
    for (const match of matches) {
      await tx.query(
        'insert into signal_match (id, organisation_id, signal_id, exhibit_id, distance, found_at) values ($1, $2, $3, $4, $5, $6)',
        [uuidv7(), actor.organisationId, match.signalId, exhibitId, match.distance, at],
      );
    }
  }

  private async find(tx: Tx, type: SignalType, value: string, radius?: number): Promise<Match[]> {
    if (!isPerceptual(type)) return (await findExact(tx, type, value)).map((signal) => toMatch(signal, 0));
    const within = radius ?? DEFAULT_RADIUS[type];
    const near = this.index.loaded ? this.index.query(type, value, within) : await scanSignals(tx, type, value, within);
    if (near.length === 0) return [];
    const signals = new Map(
      (
        await findSignals(
          tx,
          near.map(({ id }) => id),
        )
      ).map((signal) => [signal.id, signal]),
    );
    return near
      .flatMap(({ id, distance }) => {
        const signal = signals.get(id);
        // The database has the last word: it may know of a withdrawal that this node has yet to follow.
        return signal && signal.state !== 'withdrawn' ? [toMatch(signal, distance)] : [];
      })
      .sort((a, b) => a.distance - b.distance);
  }
}

function toMatch({ id, ...signal }: SignalView, distance: number): Match {
  return { signalId: id, ...signal, distance };
}

export function assertHash(type: SignalType, value: string): void {
  if (isSignalHash(type, value)) return;
  const digits = type === 'md5' ? 32 : 64;
  throw new DomainError('request.invalid', {}, [
    { pointer: '/value', detail: `${type} is ${digits} lower-case hexadecimal digits` },
  ]);
}
