import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { Contributions } from './contributions.service';
import { SELECT_DISPUTE } from './dispute.queries';
import { Disputes } from './disputes.service';
import type { ResolvedDisputes, ResolveDisputesDto } from './opinion.dto';

const MOST = 1_000;
/** Decided in one transaction: other verbs about these signals wait for so many and no more. */
const PORTION = 50;

/** Decides what one body disputed in masses with one word, so that a flood of disputes costs one call and not a day. */
@Injectable()
export class ManyDisputes {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly disputes: Disputes,
    private readonly contributions: Contributions,
  ) {}

  async resolve(actor: Actor, dto: ResolveDisputesDto): Promise<ResolvedDisputes> {
    if (!actor.personId) throw new DomainError('auth.not-permitted', { reason: 'a person has to do this, not a key' });
    const ids = await this.chosen(actor, dto);
    const refused: ResolvedDisputes['refused'] = [];
    let decided = 0;
    for (let from = 0; from < Math.min(ids.length, MOST); from += PORTION) {
      const portion = await this.decide(actor, ids.slice(from, Math.min(from + PORTION, MOST)), dto);
      await this.contributions.told(portion.signalIds);
      decided += portion.signalIds.length;
      refused.push(...portion.refused);
    }
    const answer = { decided, refused, more: ids.length > MOST };
    return this.work.run(actor, () => Promise.resolve(answer));
  }

  private async chosen(actor: Actor, { disputeIds, openedBy, outcome }: ResolveDisputesDto): Promise<string[]> {
    if ((disputeIds === undefined) === (openedBy === undefined)) {
      throw new DomainError('request.invalid', {}, [{ pointer: '', detail: 'name either disputeIds or openedBy' }]);
    }
    if (disputeIds) return disputeIds;
    if (openedBy === actor.organisationId) throw new DomainError('dispute.own');
    const answers = outcome === 'upheld' ? 'cardinality(r.contributions) > 0' : 'r.is_judge';
    const rows = await this.work.read(actor, (tx) =>
      tx.query<{ id: string }[]>(
        `select id from (${SELECT_DISPUTE} where (d.organisation_id = $1 or d.relayed_by = $1) and d.state = 'open' and ${answers}) mine
         order by opened_at, id limit $2`,
        [openedBy, MOST + 1],
      ),
    );
    return rows.map(({ id }) => id);
  }

  /** Those that cannot be decided leave the others as they are. */
  private async decide(
    actor: Actor,
    ids: readonly string[],
    { outcome, note }: ResolveDisputesDto,
  ): Promise<{ signalIds: string[]; refused: ResolvedDisputes['refused'] }> {
    const at = this.clock.now();
    const refused: ResolvedDisputes['refused'] = [];
    const signalIds: string[] = [];
    await this.work.aside(actor, async (tx) => {
      for (const id of await inOrder(tx, ids)) {
        try {
          signalIds.push(await this.disputes.decide(tx, actor, id, { outcome, note }, at));
        } catch (error) {
          // What the decision itself refuses was refused before anything was written.
          if (!(error instanceof DomainError)) throw error;
          refused.push({ disputeId: id, code: error.code });
        }
      }
    });
    return { signalIds, refused };
  }
}

/** As contributions lock signals, so that a batch of them and this wait for each other instead of for ever. Unseen ones come last. */
async function inOrder(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `select given.id from unnest($1::uuid[]) as given (id) left join signal_dispute d on d.id = given.id
     left join signal s on s.id = d.signal_id order by s.type, s.value, given.id`,
    [ids],
  );
  return rows.map(({ id }) => id);
}
