import { v7 as uuidv7 } from 'uuid';
import { Directory } from '../../src/signals/matching/directory.service';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import { startMatching, lookUp } from '../support/matching';
import { flip } from '../support/signals';
import type { Person, World } from '../support/app';
import { randomHash } from '../support/hashes';
import * as images from '../support/images';

describe('what is matched', () => {
  let world: World;

  beforeAll(async () => {
    ({ world } = await startMatching());
  });
  afterAll(() => world.close());

  it('sees in memory what row-level security lets the asker see, over random lists, members, contributions, opinions, disputes and feedback', async () => {
    const { sql } = world;
    const random = images.randomFrom(20_260_302);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const some = (from: readonly string[]): string[] => {
      const chosen = from.filter(() => random() < 0.35);
      return chosen.length > 0 ? chosen : [pick(from)];
    };
    const tag = uuidv7().slice(-6);
    const people: Person[] = [];
    for (let n = 0; n < 5; n++) {
      const organisation = await world.organisation(
        pick(['platform', 'authority', 'civil_society']),
        `body-${n}-${tag}`,
      );
      people.push(await world.person(organisation, ['supervisor']));
    }
    const bodies = people.map(({ organisation }) => organisation.id);
    const lists: string[] = ['00000000-0000-7000-8000-000000000001'];
    for (let n = 0; n < 6; n++) {
      const id = uuidv7();
      lists.push(id);
      await sql.query(
        `insert into signal_list (id, slug, name, purpose, owner_id, sharing, tlp, auto_action, created_at)
         values ($1, $2, $2, 'a test', $3, $4, $5, $6, now())`,
        [id, `list-${n}-${tag}`, pick(bodies), pick(['everyone', 'group', 'group', 'group']), pick(['clear', 'amber', 'red']), random() < 0.5],
      ); // prettier-ignore
      for (const body of bodies) {
        if (random() < 0.6) continue;
        await sql.query(
          `insert into signal_list_member (list_id, organisation_id, may_contribute, joined_at, left_at) values ($1, $2, true, now(), $3)`,
          [id, body, random() < 0.3 ? new Date() : null],
        );
      }
    }
    const signals: { id: string; type: string; value: string }[] = [];
    const centre = randomHash();
    for (let n = 0; n < 40; n++) {
      const type = pick(['pdq', 'pdq', 'blockhash', 'sha256']);
      const value =
        type === 'sha256' ? randomHash() : flip(centre, n % 12).replace(/^../, type === 'pdq' ? 'aa' : 'bb');
      if (signals.some((each) => each.type === type && each.value === value)) continue;
      const id = uuidv7();
      signals.push({ id, type, value });
      await sql.query(
        `insert into signal (id, type, value, state, created_at, changed_at) values ($1, $2, $3, 'withdrawn', now(), now())`,
        [id, type, value],
      );
      for (let m = Math.floor(random() * 5); m >= 0; m--) {
        const state = pick(['standing', 'standing', 'standing', 'quarantined', 'withdrawn']);
        await sql.query(
          `insert into signal_contribution (id, signal_id, organisation_id, list_id, labels, severity, incident, reviewed, state,
             contributed_at, withdrawn_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, timestamptz '2026-01-01' + $10 * interval '1 millisecond', $11)
           on conflict do nothing`,
          [
            uuidv7(), id, pick(bodies), pick(lists), { category: pick(['threat', 'instruction', undefined]), behaviours: [pick(['recruitment', 'glorification'])] },
            pick(['low', 'critical', null]), pick(['incident-1', null]), random() < 0.5, state, Math.floor(random() * 1e10),
            state === 'withdrawn' ? new Date() : null,
          ],
        ); // prettier-ignore
      }
      for (const body of bodies) {
        if (random() < 0.7) continue;
        const opinion = pick(['confirm', 'dispute']);
        await sql.query(
          `insert into signal_opinion (id, signal_id, organisation_id, list_ids, opinion, reason, stated_at) values ($1, $2, $3, $4, $5, $6, now())`,
          [uuidv7(), id, body, some(lists), opinion, opinion === 'dispute' ? 'false_match' : null],
        );
        if (opinion === 'confirm' && random() < 0.7) continue;
        const state = pick(['open', 'open', 'open', 'rejected']);
        await sql.query(
          `insert into signal_dispute (id, signal_id, organisation_id, list_ids, reason, state, opened_at, due_at, closed_at)
           values ($1, $2, $3, $4, 'false_match', $5, now(), now(), $6)`,
          [uuidv7(), id, pick([body, body, null]), some(lists), state, state === 'open' ? null : new Date()],
        );
      }
      for (const body of bodies) {
        if (random() < 0.7) continue;
        await sql.query(
          `insert into signal_feedback (id, signal_id, organisation_id, list_ids, verdict, given_at) values ($1, $2, $3, $4, $5, now())`,
          [uuidv7(), id, body, some(lists), pick(['confirmed', 'false', 'already_known'])],
        );
      }
    }
    const index = world.app.get(SignalIndex);
    await world.app.get(Directory).refresh();
    await index.touch(signals.map(({ id }) => id));
    const cold = index as unknown as { isLoaded: boolean };
    let seen = 0;
    let hidden = 0;
    const kinds = new Set<string>();
    for (const person of people) {
      for (const { id, type, value } of signals) {
        const warm = (await lookUp(person, type, value)).body.matches;
        cold.isLoaded = false;
        const slow = (await lookUp(person, type, value)).body;
        cold.isLoaded = true;
        expect(slow.freshness.source).toBe('database');
        expect(warm).toEqual(slow.matches);
        const own = warm.find(({ signalId }) => signalId === id);
        if (own) seen++;
        else hidden++;
        const view = (await person.get<SignalView>(`/v1/signals/${id}`)).body;
        if (!own) continue;
        kinds.add(own.state);
        const { state, opinions, feedback } = own;
        expect({ state: view.state, opinions: view.opinions, feedback: view.feedback }).toEqual({
          state,
          opinions,
          feedback,
        });
        // The same once more as SQL alone, under the asker's policies.
        expect(
          (
            await person.get<{ items: SignalView[] }>(`/v1/signals?state=${state}&type=${type}&limit=100`)
          ).body.items.map((each) => each.id),
        ).toContain(id);
      }
    }
    expect([...kinds].toSorted()).toEqual(['active', 'disputed', 'provisional']);
    // The test would prove little if everybody saw everything.
    expect([seen > 50, hidden > 20]).toEqual([true, true]);
  });
});
