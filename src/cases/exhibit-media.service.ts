import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { OrganisationKind } from '../domain/vocabulary';
import type { Exhibit } from '../evidence/evidence.entity';
import { Exhibits } from '../evidence/exhibits.service';
import { HASH_MEDIA, isAwaited, recordMedia } from '../evidence/media';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { JobRegistry, type JobPayload } from '../infra/jobs/jobs';
import { MediaHashing, type MediaHashes } from '../infra/media/media-hashing';
import { appendAll } from '../ledger/append';
import { Matching } from '../signals/matching/matching.service';
import { matchEntry } from './match-entry';
import { linkReuploads } from './reuploads';

/** Hashes videos and documents after they were sealed, and asks the shared database about what it found. */
@Injectable()
export class ExhibitMedia implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly exhibits: Exhibits,
    private readonly hashing: MediaHashing,
    private readonly matching: Matching,
    private readonly jobs: JobRegistry,
  ) {}

  onModuleInit(): void {
    this.jobs.register(HASH_MEDIA, (payload, signal) => this.hash(payload, signal), { pace: 'heavy' });
  }

  private async hash(payload: JobPayload, signal: AbortSignal): Promise<void> {
    const { exhibitId, organisationId, organisationKind } = payload;
    if (!exhibitId || !organisationId || !organisationKind) throw new Error('a job without its exhibit');
    const actor = machineOf(organisationId, organisationKind as OrganisationKind);
    if (!(await this.work.aside(actor, (tx) => isAwaited(tx, exhibitId)))) return;
    const { exhibit, content } = await this.exhibits.open(actor, exhibitId);
    let opened: typeof content | undefined = content;
    const source = async (): Promise<typeof content> => {
      const given = opened ?? (await this.exhibits.open(actor, exhibitId)).content;
      opened = undefined;
      return given;
    };
    const hashes = await this.hashing.hash(source, { size: exhibit.size, signal });
    await this.work.aside(actor, (tx) => this.record(tx, actor, exhibit, hashes));
  }

  private async record(tx: Tx, actor: Actor, exhibit: Exhibit, hashes: MediaHashes): Promise<void> {
    // The job may run twice, on two nodes even; the second finds it done.
    if (!(await isAwaited(tx, exhibit.id))) return;
    const at = this.clock.now();
    await recordMedia(tx, actor, exhibit.id, hashes, at);
    const { matches } = await this.matching.inTransaction(tx, actor, {
      frames: hashes.video?.frames ?? [],
      pages: hashes.pdf?.pages ?? [],
      textSha256: hashes.pdf?.textSha256 ?? undefined,
    });
    await this.matching.remember(tx, actor, exhibit.id, matches, at);
    await linkReuploads(tx, actor, [{ exhibit, matches }], at);
    await appendAll(tx, [
      {
        kind: 'exhibit.hashed',
        actor,
        at,
        subjects: { case: exhibit.caseId, exhibit: exhibit.id, ...(exhibit.itemId ? { item: exhibit.itemId } : {}) },
        dims: {
          sha256: exhibit.sha256,
          vpdq: hashes.video?.digest ?? null,
          textSha256: hashes.pdf?.textSha256 ?? null,
          notHashed: hashes.fault?.code ?? null,
        },
        audience: [actor.organisationId],
      },
      ...matches.map((match) => matchEntry(actor, at, exhibit, match)),
    ]);
  }
}

/** The service itself, within one organisation's rows: nobody looks at what it hashes. */
const machineOf = (organisationId: string, organisationKind: OrganisationKind): Actor => ({
  organisationId,
  organisationKind,
  personId: null,
  via: 'service',
  name: 'media hashing',
  office: null,
  permissions: new Set(),
});
