import { v7 as uuidv7 } from 'uuid';
import { COMMON_LIST } from '../../src/signals/changes';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import type { SignalListView } from '../../src/signals/store/list.dto';
import { startWorld, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';
import { AppRole, contribute, dispute } from '../support/signals';

/** SQL as the role that serves requests, in the scope of one organisation: what a hole in the service could do at most. */
describe('what the database keeps from the role that serves requests', () => {
  let world: World;
  let app: AppRole;
  let owner: Person;
  let member: Person;
  let stranger: Person;
  let operator: Person;
  let list: SignalListView;

  beforeAll(async () => {
    world = await startWorld();
    const { supervisor, platform } = await world.cast();
    owner = supervisor;
    member = await world.person(platform, ['supervisor']);
    stranger = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    operator = await world.person(await world.organisation('operator', 'service'), ['operator']);
    const body = { slug: 'group', name: 'Group', purpose: 'an enquiry', sharing: 'group', tlp: 'red' };
    list = (await owner.post<SignalListView>('/v1/signal-lists', body)).body;
    const joining = { organisationId: platform.id, mayContribute: false };
    await owner.post(`/v1/signal-lists/${list.id}/members`, joining);
    app = await AppRole.connect(world);
  });
  afterAll(async () => {
    await app.close();
    await world.close();
  });

  const tryAs: AppRole['try'] = (...asked) => app.try(...asked);
  const contributionOf = async (signal: SignalView): Promise<string> =>
    (await world.sql.query<{ id: string }>('select id from signal_contribution where signal_id = $1', [signal.id]))
      .rows[0]!.id;
  const disputed = (by: Person, { id }: SignalView): Promise<string> => dispute(by, id, 'other');
  const END = 'select * from signal_end_contributions($1::uuid[], $2, $3, now(), null)';

  it('writes the state of no signal', async () => {
    const signal = await contribute(owner);
    for (const column of ['state', 'reviewed', 'value', 'changed_at', 'erased_at', 'forgotten_at']) {
      expect([
        column,
        await tryAs(owner, `update signal set ${column} = ${column} where id = $1`, [signal.id]),
      ]).toEqual([column, '42501']);
    }
    expect(
      await tryAs(
        owner,
        `insert into signal (id, type, value, state, created_at, changed_at) values ($1, 'md5', $2, 'active', now(), now())`,
        [uuidv7(), 'ab'.repeat(16)],
      ),
    ).toBe('42501');
  });

  it('writes the state of no contribution, not even of its own organisation’s, and lets nobody out of quarantine', async () => {
    const signal = await contribute(owner);
    const id = await contributionOf(signal);
    for (const column of [
      'state',
      'withdrawn_at',
      'end_ground',
      'labels',
      'provenance',
      'organisation_id',
      'list_id',
    ]) {
      expect([
        column,
        await tryAs(owner, `update signal_contribution set ${column} = ${column} where id = $1`, [id]),
      ]).toEqual([column, '42501']);
    }
    expect(await tryAs(stranger, 'update signal_contribution set reviewed = false where id = $1', [id])).toBe(0);
    await world.sql.query(`update signal_contribution set state = 'quarantined' where id = $1`, [id]);
    for (const person of [owner, stranger, null]) {
      expect(await tryAs(person, 'select * from signal_hold_contributions($1::uuid[], false, now())', [[id]])).toBe(
        '42501',
      );
    }
    expect(await tryAs(operator, 'select * from signal_hold_contributions($1::uuid[], false, now())', [[id]])).toBe(1);
  });

  it('ends nobody else’s contribution on any ground', async () => {
    const id = await contributionOf(await contribute(owner));
    const grounds = [
      ['withdrawn', 'withdrawn'], ['retracted', 'order_annulled'], ['retracted', 'dispute_upheld'], ['retracted', 'rolled_back'],
      ['expired', 'expired'], ['erased', 'erased'], ['retracted', 'rejected'], ['retracted', 'source_withdrew'],
    ]; // prettier-ignore
    for (const [ended, ground] of grounds) {
      for (const person of [stranger, null]) {
        expect([ground, await tryAs(person, END, [[id], ended, ground])]).toEqual([ground, '42501']);
      }
    }
    expect(await tryAs(operator, END, [[id], 'withdrawn', 'withdrawn'])).toBe('42501');
    expect(await tryAs(operator, END, [[id], 'retracted', 'dispute_upheld'])).toBe('42501');
    expect(await tryAs(operator, END, [[id], 'retracted', 'rolled_back'])).toBe(1);
    // A contribution ends into a state that is an end.
    expect(await tryAs(owner, END, [[id], 'standing', 'withdrawn'])).toBe('23514');
  });

  it('upholds no dispute of its own, and for the owner of a list only on that list', async () => {
    const body = { slug: 'open', name: 'Open', purpose: 'an enquiry', sharing: 'everyone', tlp: 'green' };
    const open = (await owner.post<SignalListView>('/v1/signal-lists', body)).body;
    await owner.post(`/v1/signal-lists/${open.id}/members`, {
      organisationId: member.organisation.id,
      mayContribute: true,
    });
    const listed = await contribute(member, { listId: open.id });
    const elsewhere = await contribute(member);
    const [onList, onCommon] = [await contributionOf(listed), await contributionOf(elsewhere)];
    expect(await tryAs(owner, END, [[onList], 'retracted', 'dispute_upheld'])).toBe('42501');
    await disputed(stranger, listed);
    await disputed(stranger, elsewhere);
    expect(await tryAs(owner, END, [[onList], 'retracted', 'dispute_upheld'])).toBe(1);
    expect(await tryAs(owner, END, [[onCommon], 'retracted', 'dispute_upheld'])).toBe('42501');
    const own = await contribute(member, { listId: open.id });
    await disputed(owner, own);
    expect(await tryAs(owner, END, [[await contributionOf(own)], 'retracted', 'dispute_upheld'])).toBe('42501');
  });

  it('states no opinion in another’s name, changes none, and none about a hash that it does not see', async () => {
    const signal = await contribute(owner);
    const hidden = await contribute(owner, { listId: list.id });
    await stranger.post(`/v1/signals/${signal.id}/opinion`, { opinion: 'confirm' });
    const insert = `insert into signal_opinion (id, signal_id, organisation_id, list_ids, opinion, stated_at) values ($1, $2, $3, array[$4::uuid], 'confirm', now())`;
    expect(await tryAs(stranger, insert, [uuidv7(), signal.id, member.organisation.id, COMMON_LIST])).toBe('42501');
    expect(await tryAs(stranger, insert, [uuidv7(), hidden.id, stranger.organisation.id, list.id])).toBe('42501');
    expect(await tryAs(member, insert, [uuidv7(), signal.id, member.organisation.id, COMMON_LIST])).toBe(1);
    // Nor about a list on which it does not stand, nor where nobody else stands behind it.
    expect(await tryAs(member, insert, [uuidv7(), signal.id, member.organisation.id, list.id])).toBe('42501');
    expect(await tryAs(owner, insert, [uuidv7(), hidden.id, owner.organisation.id, list.id])).toBe('42501');
    expect(await tryAs(member, insert, [uuidv7(), hidden.id, member.organisation.id, list.id])).toBe(1);
    expect(
      await tryAs(member, 'update signal_opinion set superseded_at = now() where signal_id = $1', [signal.id]),
    ).toBe(0);
    expect(
      await tryAs(stranger, `update signal_opinion set opinion = 'dispute' where signal_id = $1`, [signal.id]),
    ).toBe('42501');
    expect(await tryAs(stranger, 'delete from signal_opinion', [])).toBe('42501');
    const fed = `insert into signal_feedback (id, signal_id, organisation_id, list_ids, verdict, given_at) values ($1, $2, $3, array[$4::uuid], 'false', now())`;
    expect(await tryAs(stranger, fed, [uuidv7(), hidden.id, stranger.organisation.id, list.id])).toBe('42501');
    expect(await tryAs(stranger, fed, [uuidv7(), signal.id, stranger.organisation.id, list.id])).toBe('42501');
    expect(await tryAs(stranger, fed, [uuidv7(), signal.id, stranger.organisation.id, COMMON_LIST])).toBe(1);
  });

  it('opens no dispute in another’s or nobody’s name, and decides none that is not its to decide', async () => {
    const signal = await contribute(owner);
    const id = await disputed(stranger, signal);
    const insert = `insert into signal_dispute (id, signal_id, organisation_id, list_ids, reason, opened_at, due_at) values ($1, $2, $3, '{${COMMON_LIST}}', $4, now(), now())`;
    for (const organisation of [owner.organisation.id, null]) {
      expect(await tryAs(member, insert, [uuidv7(), signal.id, organisation, 'other'])).toBe('42501');
    }
    expect(await tryAs(member, insert, [uuidv7(), signal.id, member.organisation.id, 'order_annulled'])).toBe('42501');
    expect(await tryAs(member, insert, [uuidv7(), signal.id, member.organisation.id, 'other'])).toBe(1);
    expect(
      await tryAs(stranger, `update signal_dispute set list_ids = array[$2::uuid] where id = $1`, [id, list.id]),
    ).toBe('42501');
    const annul = 'select * from signal_dispute_annulled(array[$1::uuid], array[$2::uuid], now(), now())';
    expect(await tryAs(member, annul, [uuidv7(), signal.id])).toBe(0);
    for (const state of ['upheld', 'rejected']) {
      const close = `update signal_dispute set state = '${state}', closed_at = now() where id = $1`;
      expect([state, await tryAs(stranger, close, [id]), await tryAs(owner, close, [id])]).toEqual([state, '42501', 0]);
    }
    expect(
      await tryAs(member, `update signal_dispute set state = 'retracted', closed_at = now() where id = $1`, [id]),
    ).toBe(0);
    expect(
      await tryAs(stranger, `update signal_dispute set state = 'retracted', closed_at = now() where id = $1`, [id]),
    ).toBe(1);
    expect(await tryAs(stranger, 'update signal_dispute set due_at = now() where id = $1', [id])).toBe('42501');
    const reject = `select signal_reject_dispute($1, 'no', now())`;
    // The one who contributed it is not the judge of it either.
    for (const person of [stranger, member, owner, null]) expect(await tryAs(person, reject, [id])).toBe('42501');
  });

  it('lets itself into no list, gives itself no right there, and takes over none', async () => {
    const insert = `insert into signal_list_member (list_id, organisation_id, may_contribute, joined_at) values ($1, $2, true, now())`;
    expect(await tryAs(stranger, insert, [list.id, stranger.organisation.id])).toBe('42501');
    expect(
      await tryAs(member, 'update signal_list_member set may_contribute = true where list_id = $1', [list.id]),
    ).toBe('42501');
    expect(await tryAs(member, 'update signal_list_member set left_at = now() where list_id = $1', [list.id])).toBe(1);
    await world.sql.query('update signal_list_member set left_at = now() where list_id = $1', [list.id]);
    expect(await tryAs(member, 'update signal_list_member set left_at = null where list_id = $1', [list.id])).toBe(
      '42501',
    );
    await world.sql.query('update signal_list_member set left_at = null where list_id = $1', [list.id]);
    expect(await tryAs(member, `update signal_list set name = 'ours' where id = $1`, [list.id])).toBe(0);
    expect(await tryAs(owner, 'update signal_list set owner_id = null where id = $1', [list.id])).toBe('42501');
    expect(await tryAs(owner, `update signal_list set sharing = 'everyone' where id = $1`, [list.id])).toBe('42501');
    expect(await tryAs(owner, `update signal_list set name = 'all ours' where id = $1`, [COMMON_LIST])).toBe(0);
    const claim = `insert into signal_list (id, slug, name, purpose, owner_id, sharing, tlp, created_at) values ($1, 'x', 'x', 'x', $2, 'everyone', 'red', now())`;
    expect(await tryAs(stranger, claim, [uuidv7(), owner.organisation.id])).toBe('42501');
    expect(await tryAs(stranger, claim, [uuidv7(), null])).toBe('42501');
  });

  it('contributes to no list that it may not, as nobody else, and nothing that has ended already', async () => {
    const signal = await contribute(owner);
    const insert = `insert into signal_contribution (id, signal_id, organisation_id, list_id, state, withdrawn_at, end_ground, labels, contributed_at)
      values ($1, $2, $3, $4, $5, $6, $7, '{}', now())`;
    const [own, at] = [member.organisation.id, new Date()];
    expect(await tryAs(member, insert, [uuidv7(), signal.id, own, list.id, 'standing', null, null])).toBe('42501');
    expect(
      await tryAs(member, insert, [uuidv7(), signal.id, owner.organisation.id, COMMON_LIST, 'standing', null, null]),
    ).toBe('42501');
    expect(await tryAs(member, insert, [uuidv7(), signal.id, own, COMMON_LIST, 'withdrawn', at, 'withdrawn'])).toBe(
      '42501',
    );
    expect(await tryAs(member, insert, [uuidv7(), signal.id, own, COMMON_LIST, 'standing', null, null])).toBe(1);
    const frame = `insert into signal_frame (signal_id, ordinal, hash, quality) values ($1, 0, $2, 80)`;
    expect(await tryAs(stranger, frame, [signal.id, randomHash()])).toBe('42501');
    expect(await tryAs(stranger, 'select * from signal_forget(now(), now(), 10)')).toBe('42501');
  });

  it('reads no opinion and no dispute about lists that it does not read, and counts nothing found through them', async () => {
    const value = randomHash();
    const hidden = await contribute(owner, { value, listId: list.id });
    const own = { slug: 'own', name: 'Own', purpose: 'an enquiry', sharing: 'group', tlp: 'red' };
    const { id: listId } = (await stranger.post<SignalListView>('/v1/signal-lists', own)).body;
    await contribute(stranger, { value, listId });
    await member.post(`/v1/signals/${hidden.id}/opinion`, { opinion: 'dispute', reason: 'other' });
    await member.post(`/v1/signals/${hidden.id}/feedback`, { verdict: 'false' });
    const told = async (person: Person | null) => {
      const answers: (number | string)[] = [];
      for (const table of ['signal_opinion', 'signal_dispute', 'signal_feedback_counts(array[$1::uuid])']) {
        answers.push(await tryAs(person, `select 1 from ${table} where signal_id = $1`, [hidden.id]));
      }
      return answers;
    };
    for (const person of [owner, member, operator]) expect(await told(person)).toEqual([1, 1, 1]);
    for (const person of [stranger, null]) expect(await told(person)).toEqual([0, 0, 0]);
    for (const column of ['state', 'reviewed', 'reviewed_at', 'changed_at']) {
      expect([column, await tryAs(stranger, `select ${column} from signal`)]).toEqual([column, '42501']);
    }
    expect(
      await tryAs(stranger, `select 1 from signal where id = $1 and signal_state(id) = 'active'`, [hidden.id]),
    ).toBe(1);
    expect(
      await tryAs(owner, `select 1 from signal where id = $1 and signal_state(id) = 'disputed'`, [hidden.id]),
    ).toBe(1);
  });
});
