import { Injectable } from '@nestjs/common';
import type { MatchSource } from '../../domain/vocabulary';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { isPerceptual, radiusFor } from '../../perceptual/match-radius';
import { matchableOf, type Look } from '../../perceptual/matchable';
import type { VpdqFrame } from '../../perceptual/vpdq';
import { findInDatabase, findVideosInDatabase, newestEntry } from './database-answers';
import { Directory } from './directory.service';
import { findInStore, findVideosInStore } from './index-answers';
import { byDistance, SEES_WHAT_IT_IS_GIVEN, toMatch, type Asker, type Hit } from './known-signal';
import { MatchAccount } from './match-account.service';
import type { Freshness, Match, MatchAnswer, MatchQuery } from './match.dto';
import { countOf, questionsOf, type FileHashes, type Question } from './question';
import { SignalIndex } from './signal-index.service';

/** Everything that is asked of one thing. */
interface Asked {
  readonly questions: readonly Question[];
  readonly frames: readonly VpdqFrame[];
}

interface Found {
  readonly matches: Match[];
  readonly freshness: Freshness;
}

/**
 * Looks hashes up. Exact: every signal within the radius, always. From memory, without a call to the database; while this
 * node loads, from the database, and the answer says so. Misses are not kept; matches are for the asker alone.
 */
@Injectable()
export class Matching {
  constructor(
    private readonly work: Work,
    private readonly index: SignalIndex,
    private readonly directory: Directory,
    private readonly account: MatchAccount,
  ) {}

  /** One hash of that type's form, as `GET /v1/signals/match` asks. */
  async byHash(actor: Actor, { type, value, radius }: MatchQuery): Promise<MatchAnswer> {
    const question = { type, value, radius: radius ?? radiusFor(type) };
    const answer = await this.counted(actor, 'lookup', { questions: [question], frames: [] });
    return { ...answer, matchable: isPerceptual(type) ? 'perceptual' : 'exact only' };
  }

  /** Everything that is known of one file against every signal type. */
  async byFile(actor: Actor, hashes: FileHashes): Promise<MatchAnswer> {
    const answer = await this.counted(actor, 'file', askedOf(hashes));
    return { ...answer, matchable: matchableOf(lookOf(hashes), 'exact only: not an image') };
  }

  /** The same for whoever has a transaction open; neither counted nor kept: `remember` keeps it. */
  inTransaction(tx: Tx, actor: Actor, hashes: FileHashes): Promise<Found> {
    return this.find(actor, askedOf(hashes), (read) => read(tx));
  }

  /** Keeps matches of an exhibit for the organisation that holds it. */
  remember(tx: Tx, actor: Actor, exhibitId: string, matches: readonly Match[], at: Date): Promise<void> {
    return this.account.keep(tx, actor, exhibitId, matches, at);
  }

  private async counted(actor: Actor, source: MatchSource, asked: Asked): Promise<Found> {
    const at = await this.account.take(actor, countOf(asked.questions));
    const found = await this.find(actor, asked, (read) => this.work.read(actor, read));
    if (found.matches.length > 0) await this.account.noteMatched(actor, 1, at);
    this.account.note(actor, source, found.matches, at);
    return found;
  }

  private async find(
    actor: Actor,
    asked: Asked,
    inDatabase: <T>(read: (tx: Tx) => Promise<T>) => Promise<T>,
  ): Promise<Found> {
    if (!this.directory.isReady) await this.directory.ready();
    const { index } = this;
    if (!index.loaded) {
      const { hits, through } = await inDatabase((tx) => readHits(tx, asked));
      const freshness: Freshness = { source: 'database', through, behindMs: 0 };
      return { matches: this.answer(actor, SEES_WHAT_IT_IS_GIVEN, hits), freshness };
    }
    const freshness: Freshness = { source: 'index', through: index.through, behindMs: index.behindMs };
    const hits = await storedHits(index, asked);
    return { matches: this.answer(actor, this.directory.asker(actor), hits), freshness };
  }

  private answer(actor: Actor, asker: Asker, hits: readonly Hit[]): Match[] {
    const policy = this.directory.policyOf(actor.organisationId);
    const nearest = new Map<string, Hit>();
    for (const hit of hits) {
      const known = nearest.get(hit.signal.id);
      if (!known || hit.distance < known.distance) nearest.set(hit.signal.id, hit);
    }
    return [...nearest.values()].flatMap((hit) => toMatch(hit, asker, this.directory, policy) ?? []).sort(byDistance);
  }
}

const askedOf = (hashes: FileHashes): Asked => ({ questions: questionsOf(hashes), frames: hashes.frames ?? [] });

// Frames before the questions: of two hits of one signal that are as near the first one counts, and theirs says the shares.
async function readHits(tx: Tx, { questions, frames }: Asked): Promise<{ hits: Hit[]; through: number }> {
  const through = await newestEntry(tx);
  const hits = await findVideosInDatabase(tx, frames);
  for (const question of questions) {
    const { variant } = question;
    const found = await findInDatabase(tx, question);
    hits.push(...(variant ? found.map((hit) => ({ ...hit, variant })) : found));
  }
  return { hits, through };
}

async function storedHits({ store }: SignalIndex, { questions, frames }: Asked): Promise<Hit[]> {
  const hits = frames.length > 0 ? await findVideosInStore(store, frames) : [];
  for (const question of questions) hits.push(...(await findInStore(store, question)));
  return hits;
}

/** Of the whole file, its turned and mirrored forms aside: they are of the same picture. */
const lookOf = ({ pdq, frames = [], pages = [], textSha256 }: FileHashes): Look => ({
  hashes: [...(pdq ? [pdq] : []), ...frames, ...pages],
  textSha256,
});
