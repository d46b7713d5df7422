import { v7 as uuidv7 } from 'uuid';
import { advanceContribution, CONTRIBUTION_EVENTS, standingOf } from '../../src/domain/signal-lifecycle';
import { CONTRIBUTION_STATES, type ContributionState } from '../../src/domain/vocabulary';
import { COMMON_LIST } from '../../src/signals/changes';
import type { SignalListView } from '../../src/signals/store/list.dto';
import { startWorld, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';
import { randomFrom } from '../support/images';
import { contribute } from '../support/signals';

describe('rules of signals that the database holds as well', () => {
  let world: World;
  let owner: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ supervisor: owner } = await world.cast());
  });
  afterAll(() => world.close());

  it('moves a contribution exactly as the table says, whoever writes', async () => {
    const signal = await contribute(owner);
    const { rows: made } = await world.sql.query<{ id: string }>(
      'select id from signal_contribution where signal_id = $1',
      [signal.id],
    );
    const { id } = made[0]!;
    const ends = (state: ContributionState): boolean => state !== 'standing' && state !== 'quarantined';
    for (const from of CONTRIBUTION_STATES) {
      const reachable = CONTRIBUTION_EVENTS.flatMap((event) => {
        try {
          return [advanceContribution(from, event)];
        } catch {
          return [];
        }
      });
      for (const to of CONTRIBUTION_STATES.filter((state) => state !== from)) {
        await world.sql.query('begin');
        await world.sql.query('alter table signal_contribution disable trigger signal_contribution_moves');
        await world.sql.query(
          `update signal_contribution set state = $2, withdrawn_at = ${ends(from) ? 'now()' : 'null'} where id = $1`,
          [id, from],
        );
        await world.sql.query('alter table signal_contribution enable trigger signal_contribution_moves');
        const moved = await world.sql
          .query(
            `update signal_contribution set state = $2, withdrawn_at = ${ends(to) ? 'now()' : 'null'} where id = $1`,
            [id, to],
          )
          .then(() => true)
          .catch((error: { code?: string }) => error.code !== '23514');
        await world.sql.query('rollback');
        expect([from, to, moved]).toEqual([from, to, reachable.includes(to)]);
      }
    }
  });

  it('computes the state of a signal as the pure rule does, for random mixtures of facts over lists', async () => {
    const organisations: string[] = [];
    for (let i = 0; i < 4; i++) organisations.push((await world.organisation('platform', `mix-${i}`)).id);
    const lists = [COMMON_LIST];
    for (const slug of ['mix-a', 'mix-b', 'mix-c']) {
      const body = { slug, name: slug, purpose: 'a test', sharing: 'group', tlp: 'red' };
      lists.push((await owner.post<SignalListView>('/v1/signal-lists', body)).body.id);
    }
    const random = randomFrom(20_261_123);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const some = (): string[] => {
      const chosen = lists.filter(() => random() < 0.4);
      return chosen.length > 0 ? chosen : [pick(lists)];
    };
    const states = new Set<string>();
    for (let turn = 0; turn < 150; turn++) {
      const id = uuidv7();
      await world.sql.query(
        `insert into signal (id, type, value, state, created_at, changed_at) values ($1, 'sha256', $2, 'withdrawn', now(), now())`,
        [id, randomHash()],
      );
      const stands: { organisationId: string; listId: string; reviewed: boolean }[] = [];
      const placed = new Set<string>();
      for (let n = Math.floor(random() * 4); n > 0; n--) {
        // What waits in quarantine counts for nothing, reviewed or not.
        const [organisationId, listId, reviewed, isHeld] = [
          pick(organisations),
          pick(lists),
          random() < 0.3,
          random() < 0.2,
        ];
        if (placed.has(organisationId + listId)) continue;
        placed.add(organisationId + listId);
        if (!isHeld) stands.push({ organisationId, listId, reviewed });
        await world.sql.query(
          `insert into signal_contribution (id, signal_id, organisation_id, list_id, state, reviewed, labels, contributed_at)
           values ($1, $2, $3, $4, $5, $6, '{}', now()) on conflict do nothing`,
          [uuidv7(), id, organisationId, listId, isHeld ? 'quarantined' : 'standing', reviewed],
        );
      }
      const confirmations: { organisationId: string; listIds: string[] }[] = [];
      for (const organisationId of organisations) {
        if (random() < 0.7) continue;
        const listIds = some();
        const opinion = pick(['confirm', 'confirm', 'dispute']);
        if (opinion === 'confirm') confirmations.push({ organisationId, listIds });
        await world.sql.query(
          `insert into signal_opinion (id, signal_id, organisation_id, list_ids, opinion, reason, stated_at) values ($1, $2, $3, $4, $5, $6, now())`,
          [uuidv7(), id, organisationId, listIds, opinion, opinion === 'dispute' ? 'other' : null],
        );
      }
      const disputes: { listIds: string[] }[] = [];
      for (const organisationId of organisations) {
        if (random() < 0.8) continue;
        const listIds = some();
        disputes.push({ listIds });
        await world.sql.query(
          `insert into signal_dispute (id, signal_id, organisation_id, list_ids, reason, opened_at, due_at) values ($1, $2, $3, $4, 'other', now(), now())`,
          [uuidv7(), id, organisationId, listIds],
        );
      }
      const { rows } = await world.sql.query<{ state: string; reviewed: boolean; same: string }>(
        'select state, reviewed, signal_state(id) as same from signal where id = $1',
        [id],
      );
      const { state } = standingOf({ contributions: stands, confirmations, disputes });
      states.add(state);
      const reviewed = stands.some((each) => each.reviewed);
      expect([turn, rows[0]]).toEqual([turn, { state, reviewed, same: state }]);
    }
    expect([...states].toSorted()).toEqual(['active', 'disputed', 'provisional', 'withdrawn']);
  });
});
