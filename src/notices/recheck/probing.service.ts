import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Readable } from 'node:stream';
import { takeNumbers } from '../../cases/case-file';
import { canonicalJson } from '../../domain/canonical';
import { mayProbe } from '../../domain/pap';
import { concludeProbe, hasReappeared, type Finding } from '../../domain/probe';
import type { ReceivedFile } from '../../evidence/consignment';
import { sealFiles } from '../../evidence/seal';
import { Vault } from '../../evidence/vault.service';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { JobRegistry } from '../../infra/jobs/jobs';
import { appendAll, type NewEntry } from '../../ledger/append';
import { Looking, type View } from './looking.service';
import {
  actorOf,
  finishProbe,
  lastSeen,
  readCalling,
  subjectOf,
  withhold,
  type CallingProbe,
  type ProbeSubject,
} from './probe.queries';
import { reappear } from './reappearance';
import { PROBE_TASK } from './rechecking.service';

/** A look that was taken, before it is written down. */
interface Look {
  readonly probe: CallingProbe;
  readonly subject: ProbeSubject;
  readonly at: Date;
  readonly views: readonly View[];
  readonly finding: Finding;
  readonly isReappearance: boolean;
}

/** Takes one look: calls the address, then writes what came back within the sender's own rows. */
@Injectable()
export class Probing implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly jobs: JobRegistry,
    private readonly looking: Looking,
    private readonly vault: Vault,
  ) {}

  onModuleInit(): void {
    this.jobs.register(PROBE_TASK, ({ probeId }, signal) =>
      probeId ? this.probe(probeId, signal) : Promise.resolve(),
    );
  }

  /** Taken twice, by a job that was given to another node, it is written once. */
  async probe(probeId: string, signal: AbortSignal): Promise<void> {
    const probe = await this.work.asWorker((tx) => readCalling(tx, probeId));
    if (!probe) return;
    const actor = actorOf(probe);
    const subject = await this.work.aside(actor, (tx) => subjectOf(tx, probe));
    // Asked at the last moment: the case may have been marked after the look was planned.
    if (!mayProbe(subject.pap)) return this.work.aside(actor, (tx) => withhold(tx, probeId));
    const at = this.clock.now();
    const views = await this.looking.look(subject.address, signal);
    const finding = concludeProbe(views);
    const before = await this.work.aside(actor, (tx) => lastSeen(tx, probe.itemId));
    const look: Look = { probe, subject, at, views, finding, isReappearance: hasReappeared(before, finding.outcome) };
    if (probe.reason === 'deadline' || look.isReappearance) await this.withExhibit(actor, look);
    else await this.work.aside(actor, (tx) => record(tx, actor, look, null));
  }

  /** The record of the look lies in the vault before the transaction that tells of it. */
  private async withExhibit(actor: Actor, look: Look): Promise<void> {
    const { probe, subject } = look;
    const consignment = this.vault.receiveFor(actor, subject.caseId);
    try {
      const file = await consignment.receive({
        stream: Readable.from([Buffer.from(canonicalJson(recordOf(look)))]),
        fileName: `look-${probe.reason}-${look.at.toISOString().replaceAll(':', '')}.json`,
      });
      if ('error' in file) throw file.error;
      await this.work.aside(actor, (tx) => record(tx, actor, look, file));
    } finally {
      await consignment.end();
    }
  }
}

/** What the exhibit holds: RFC 8785 JSON. */
const recordOf = ({ probe, subject, at, views, finding }: Look) => ({
  record: 'clepsydra.look/1',
  probe: probe.id,
  notice: probe.noticeId,
  item: probe.itemId,
  address: subject.address,
  reason: probe.reason,
  dueAt: probe.dueAt.toISOString(),
  lookedAt: at.toISOString(),
  outcome: finding.outcome,
  cause: finding.cause,
  views: views.map((view) => ({ ...view, redirects: [...view.redirects] })),
});

async function record(tx: Tx, actor: Actor, look: Look, file: ReceivedFile | null): Promise<void> {
  const { probe, subject, at, finding } = look;
  if (!(await finishProbe(tx, probe.id, { at, finding, views: look.views }))) return;
  const subjects = { case: subject.caseId, item: probe.itemId, notice: probe.noticeId };
  const dims = {
    probe: probe.id,
    reason: probe.reason,
    dueAt: probe.dueAt.toISOString(),
    outcome: finding.outcome,
    cause: finding.cause,
    vantages: look.views.length,
  };
  const entries: NewEntry[] = [{ kind: 'item.probed', actor, at, subjects, dims, audience: [actor.organisationId] }];
  if (file) entries.push(...(await seal(tx, actor, look, file)));
  if (look.isReappearance) entries.push(...(await reappear(tx, actor, { at, probe, subject })));
  await appendAll(tx, entries);
}

async function seal(tx: Tx, actor: Actor, look: Look, file: ReceivedFile): Promise<readonly NewEntry[]> {
  const { subject, at, probe } = look;
  const firstNumber = await takeNumbers(tx, subject.caseId, 1);
  const method = 'a look at the address by the service';
  const sealing = { actor, at, caseId: subject.caseId, reference: subject.reference, firstNumber, method };
  const { exhibits, entries } = await sealFiles(tx, sealing, [{ file, itemId: probe.itemId }]);
  await tx.query(`update probe set exhibit_id = $2 where id = $1`, [probe.id, exhibits[0]?.id ?? null]);
  return entries;
}
