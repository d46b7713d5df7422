import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { assertHash, MIN_QUALITY } from './matching/matching.service';
import type { ContributeSignalDto, SignalView } from './signal.dto';
import { COMMON_LIST, recordChange } from './changes';
import { findSignals } from './signal.queries';
import { SignalIndex } from './matching/signal-index.service';

@Injectable()
export class Signals {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly index: SignalIndex,
  ) {}

  /** Stands behind a hash. The same hash from several organisations is one signal with several contributions. */
  async contribute(actor: Actor, dto: ContributeSignalDto): Promise<SignalView> {
    assertHash(dto.type, dto.value);
    assertUsable(dto);
    const at = this.clock.now();
    const view = await this.work.run(actor, async (tx) => {
      if (dto.exhibitId) await requireExhibit(tx, dto.exhibitId);
      const signalId = await findOrMake(tx, dto, at);
      const contributed = await tx.query<unknown[]>(
        `insert into signal_contribution (id, signal_id, organisation_id, list_id, labels, contributed_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (signal_id, organisation_id, list_id) where withdrawn_at is null do nothing returning id`,
        [uuidv7(), signalId, actor.organisationId, COMMON_LIST, dto.labels, at],
      );
      if (contributed.length === 0) throw new DomainError('signal.contributed-already', { signalId });
      const entry = await append(tx, {
        kind: 'signal.contributed',
        actor,
        at,
        subjects: { signal: signalId, ...(dto.exhibitId ? { exhibit: dto.exhibitId } : {}) },
        dims: { signalType: dto.type, category: dto.labels.category ?? null, ideology: dto.labels.ideology ?? null },
        internal: { note: dto.note ?? null, quality: dto.quality ?? null },
        audience: [actor.organisationId],
      });
      await recordChange(tx, entry.id, [signalId]);
      return one(tx, signalId);
    });
    this.index.put(view);
    return view;
  }

  get(actor: Actor, id: string): Promise<SignalView> {
    return this.work.read(actor, (tx) => one(tx, id));
  }

  /** Takes one's own contribution back; a signal that nobody stands behind matches no more. */
  async withdraw(actor: Actor, id: string, reason: string): Promise<SignalView> {
    const at = this.clock.now();
    const view = await this.work.run(actor, async (tx) => {
      await one(tx, id);
      const [, withdrawn] = await tx.query<[unknown[], number]>(
        `update signal_contribution set withdrawn_at = $3, state = 'withdrawn' where signal_id = $1 and organisation_id = $2 and withdrawn_at is null`,
        [id, actor.organisationId, at],
      );
      if (withdrawn === 0) throw new DomainError('signal.not-yours', { signalId: id });
      const entry = await append(tx, {
        kind: 'signal.withdrawn',
        actor,
        at,
        subjects: { signal: id },
        internal: { reason },
        audience: [actor.organisationId],
      });
      await recordChange(tx, entry.id, [id]);
      return one(tx, id);
    });
    this.index.put(view);
    return view;
  }
}

/** A hash without information would match what has nothing to do with it. */
function assertUsable(dto: ContributeSignalDto): void {
  if (dto.type === 'pdq' && dto.quality !== undefined && dto.quality < MIN_QUALITY) {
    throw new DomainError('signal.low-quality', { quality: dto.quality, least: MIN_QUALITY });
  }
  if (/^(0+|f+)$/.test(dto.value)) throw new DomainError('signal.low-quality', { reason: 'a flat image' });
}

/** The table's own policies say who sees it: one of others cannot be told from none. */
async function requireExhibit(tx: Tx, exhibitId: string): Promise<void> {
  const found = await tx.query<unknown[]>('select 1 from exhibit where id = $1', [exhibitId]);
  if (found.length > 0) return;
  throw new DomainError('request.invalid', {}, [
    { pointer: '/exhibitId', detail: 'there is no such exhibit, or it is not yours to see' },
  ]);
}

async function findOrMake(tx: Tx, dto: ContributeSignalDto, at: Date): Promise<string> {
  const [made] = await tx.query<{ id: string }[]>('select id from signal_make($1, $2, $3, $4, $5)', [
    [uuidv7()],
    [dto.type],
    [dto.value],
    [dto.quality ?? null],
    at,
  ]);
  if (!made) throw new Error('a signal was neither found nor made');
  return made.id;
}

async function one(tx: Tx, id: string): Promise<SignalView> {
  const [row] = await findSignals(tx, [id]);
  if (!row) throw new DomainError('request.not-found');
  return row;
}
