import { Injectable } from '@nestjs/common';
import { DomainError } from '../domain/errors';
import type { SignalType } from '../domain/vocabulary';
import { Exhibit } from '../evidence/evidence.entity';
import type { MediaView } from '../evidence/exhibit.dto';
import { mediaOf } from '../evidence/media';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { PDQ_MIN_QUALITY } from '../perceptual/pdq';
import { COMMON_LIST } from '../signals/changes';
import { Contributions, type Candidate } from '../signals/store/contributions.service';
import { vouches } from '../signals/store/vouching';
import { whyMissing } from './exhibit-hash-missing';
import type { ContributedView, ContributeExhibitDto, HashMissingView } from './exhibit-signals.dto';

type Hash = Pick<Candidate, 'type' | 'value' | 'quality' | 'frames'>;

/**
 * Gives the hashes of a preserved exhibit to the shared database. Only what is sealed is an exhibit, so the content is
 * preserved before its hash begins to take copies of it down.
 */
@Injectable()
export class ExhibitSignals {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly contributions: Contributions,
  ) {}

  async contribute(actor: Actor, exhibitId: string, dto: ContributeExhibitDto): Promise<ContributedView> {
    // A person looked at the content: that is what an exhibit of a case is, unless they say otherwise.
    const reviewed = vouches(actor, dto.reviewed);
    const { results, touched, missing } = await this.work.run(actor, async (tx) => {
      const { exhibit, media } = await find(tx, exhibitId);
      if (dto.noticeId) await assertAbout(tx, dto.noticeId, exhibit);
      const offered = hashesOf(exhibit, media);
      const hashes = offered.filter(({ type }) => !dto.types || dto.types.includes(type));
      const batch = await this.contributions.contributeMany(tx, actor, {
        listId: dto.listId ?? COMMON_LIST,
        at: this.clock.now(),
        reviewed,
        provenance: { origin: 'exhibit', sha256: exhibit.sha256 },
        items: hashes.map((hash) => ({ ...hash, ...labelsOf(dto), exhibitId, caseId: exhibit.caseId })),
      });
      return {
        results: batch.results.map(({ index, ...result }) => ({ type: hashes[index]?.type ?? 'sha256', ...result })),
        touched: batch.results.flatMap(({ signalId }) => (signalId ? [signalId] : [])),
        missing: missingOf(dto.types ?? [], offered, exhibit, media),
      };
    });
    await this.contributions.told(touched);
    return { exhibitId, signals: results, missing };
  }
}

const labelsOf = ({
  labels,
  severity,
  incident,
  noticeId,
  note,
}: ContributeExhibitDto): Omit<Candidate, 'type' | 'value'> => ({
  labels,
  ...(noticeId ? { noticeId } : {}),
  ...(severity ? { severity } : {}),
  ...(incident ? { incident } : {}),
  ...(note ? { note } : {}),
});

async function find(tx: Tx, id: string): Promise<{ exhibit: Exhibit; media: MediaView | null }> {
  const exhibit = await tx.findOneBy(Exhibit, { id });
  if (!exhibit) throw new DomainError('request.not-found');
  return { exhibit, media: (await mediaOf(tx, [id])).get(id) ?? null };
}

/** The policies of its tables say whose notice it is: one of others cannot be told from none. */
async function assertAbout(tx: Tx, noticeId: string, { itemId }: Exhibit): Promise<void> {
  const found = await tx.query<unknown[]>('select 1 from notice_item where notice_id = $1 and item_id = $2', [
    noticeId,
    itemId,
  ]);
  if (found.length > 0) return;
  throw new DomainError('request.invalid', {}, [
    { pointer: '/noticeId', detail: 'there is no such notice of yours about the item of this exhibit' },
  ]);
}

/**
 * Every hash of it that others may match on. Of a video or document that was not read to its end only the bytes' digests are
 * shared; and never the look of a document's pages, because pages of writing resemble each other.
 */
function hashesOf(exhibit: Exhibit, media: MediaView | null): Hash[] {
  const { sha256, sha512, md5, pdq, pdqQuality, blockhash } = exhibit;
  const hashes: Hash[] = [
    { type: 'sha256', value: sha256 },
    { type: 'sha512', value: sha512 },
    { type: 'md5', value: md5 },
  ];
  if (pdq !== null && blockhash !== null && (pdqQuality ?? 0) >= PDQ_MIN_QUALITY) {
    hashes.push({ type: 'pdq', value: pdq, quality: pdqQuality ?? 0 }, { type: 'blockhash', value: blockhash });
  }
  if (media?.vpdq && !media.fault) {
    hashes.push({ type: 'vpdq', value: media.vpdq, frames: framesOf(media) });
  }
  if (media?.textSha256 && !media.fault) hashes.push({ type: 'text_sha256', value: media.textSha256 });
  return hashes;
}

const missingOf = (
  types: readonly SignalType[],
  offered: readonly Hash[],
  exhibit: Exhibit,
  media: MediaView | null,
): HashMissingView[] =>
  types
    .filter((type) => !offered.some((hash) => hash.type === type))
    .map((type) => ({ type, reason: whyMissing(type, exhibit, media) }));

const framesOf = ({ hashes }: MediaView): NonNullable<Candidate['frames']> =>
  hashes.map(({ hash, quality, atMs }, frame) => ({ hash, quality, frame, atMs: atMs ?? 0 }));
