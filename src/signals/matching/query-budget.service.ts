import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { NIL } from 'uuid';
import { DomainError } from '../../domain/errors';
import type { Actor } from '../../infra/database/actor';
import { Work } from '../../infra/database/work';
import { log } from '../../infra/log';
import { WriteBehind } from '../../infra/write-behind';

/** A matcher that anybody may ask without end tells how far to change a picture until it is no longer found. */
export const HASHES_PER_PERSON_AND_DAY = 2_000;
/** For all keys of an organisation together: what a large platform's uploads need, and an end. */
export const HASHES_PER_ORGANISATION_AND_DAY = 500_000_000;

/** In place of a person: what keys and the service asked. */
export const NOBODY = NIL;
const DAY_MS = 86_400_000;
const FLUSH_MS = 250;

interface Spender {
  readonly organisationId: string;
  readonly personId: string;
  /** UTC, `2026-03-02`. */
  readonly day: string;
  /** Of all nodes, as the database last said. */
  kept: number;
  /** Of this node, not yet written. */
  asked: number;
  matched: number;
}

/**
 * How many hashes were asked for, by organisation and day: the only thing that is kept of a question without a match. In
 * memory, with what other nodes have written added four times a second; so a node looks into the database once for each
 * who asks on a day. What a killed node had not written is lost: a quarter of a second of counts.
 */
@Injectable()
export class QueryBudget implements OnModuleDestroy {
  private readonly spenders = new Map<string, Promise<Spender>>();
  private readonly known = new Map<string, Spender>();
  private readonly writing = new WriteBehind({
    afterMs: FLUSH_MS,
    write: () => this.write(),
    failed: (error) => log.warn({ event: 'signal-queries.not-counted', reason: String(error) }),
  });

  constructor(private readonly work: Work) {}

  onModuleDestroy(): Promise<void> {
    return this.flush();
  }

  /** @throws DomainError `signals.budget-spent` when so many more hashes are not left today; then none is taken. */
  async take(actor: Actor, hashes: number, at: Date): Promise<void> {
    const spender = await this.spender(actor, at);
    const limit = actor.via === 'session' ? HASHES_PER_PERSON_AND_DAY : HASHES_PER_ORGANISATION_AND_DAY;
    const spent = spender.kept + spender.asked;
    if (spent + hashes > limit) {
      const resetsAt = new Date(Date.parse(spender.day) + DAY_MS).toISOString();
      throw new DomainError('signals.budget-spent', { limit, left: Math.max(0, limit - spent), resetsAt });
    }
    spender.asked += hashes;
    this.writing.later();
  }

  /** Questions of those taken that had a match. */
  async noteMatched(actor: Actor, questions: number, at: Date): Promise<void> {
    if (questions > 0) (await this.spender(actor, at)).matched += questions;
  }

  /** Writes what was counted. */
  flush(): Promise<void> {
    return this.writing.flush();
  }

  private async spender(actor: Actor, at: Date): Promise<Spender> {
    const personId = actor.via === 'session' ? (actor.personId ?? NOBODY) : NOBODY;
    const day = at.toISOString().slice(0, 10);
    const name = `${actor.organisationId}.${personId}`;
    const known = this.known.get(name);
    if (known?.day === day) return known;
    // What is left of yesterday is written with what is known of today.
    if (known) await this.flush();
    const asking = this.spenders.get(`${name}.${day}`) ?? this.read(name, actor.organisationId, personId, day);
    this.spenders.set(`${name}.${day}`, asking);
    return asking.finally(() => this.spenders.delete(`${name}.${day}`));
  }

  private async read(name: string, organisationId: string, personId: string, day: string): Promise<Spender> {
    const kept = await this.keptOf(organisationId, personId, day).catch((error: unknown) => {
      // Whoever asked yesterday goes on without a database. What other nodes counted comes with the first write.
      if (this.known.has(name)) return 0;
      throw error;
    });
    const spender: Spender = { organisationId, personId, day, kept, asked: 0, matched: 0 };
    this.known.set(name, spender);
    return spender;
  }

  private async keptOf(organisationId: string, personId: string, day: string): Promise<number> {
    const [row] = await this.work.asWorkerFor(organisationId, (tx) =>
      tx.query<{ asked: string }[]>(
        'select asked from signal_query_count where organisation_id = $1 and person_id = $2 and day = $3',
        [organisationId, personId, day],
      ),
    );
    return Number(row?.asked ?? 0);
  }

  private async write(): Promise<void> {
    const due = [...this.known.values()].filter(({ asked, matched }) => asked > 0 || matched > 0);
    if (due.length === 0) return;
    const taken = due.map((spender) => ({ spender, asked: spender.asked, matched: spender.matched }));
    const rows = await this.work.asWorker((tx) =>
      tx.query<{ organisation_id: string; person_id: string; day: string; asked: string }[]>(
        `insert into signal_query_count as c (organisation_id, person_id, day, asked, matched)
           select * from unnest($1::uuid[], $2::uuid[], $3::date[], $4::bigint[], $5::bigint[]) order by 1, 2, 3
         on conflict (organisation_id, person_id, day)
           do update set asked = c.asked + excluded.asked, matched = c.matched + excluded.matched
         returning organisation_id, person_id, to_char(day, 'YYYY-MM-DD') as day, asked`,
        [
          taken.map(({ spender }) => spender.organisationId),
          taken.map(({ spender }) => spender.personId),
          taken.map(({ spender }) => spender.day),
          taken.map(({ asked }) => asked),
          taken.map(({ matched }) => matched),
        ],
      ),
    );
    for (const { spender, asked, matched } of taken) {
      const row = rows.find(
        (each) =>
          each.organisation_id === spender.organisationId &&
          each.person_id === spender.personId &&
          each.day === spender.day,
      );
      spender.kept = Number(row?.asked ?? spender.kept + asked);
      spender.asked -= asked;
      spender.matched -= matched;
    }
  }
}
