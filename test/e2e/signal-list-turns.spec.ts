import type { BatchAnswer, SignalView } from '../../src/signals/store/contribution.dto';
import type { LeftView, SignalListView } from '../../src/signals/store/list.dto';
import { startWorld, type Answer, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';
import { holding, QUOTA, untilWaiting } from '../support/locks';
import type { Problem } from '../support/signals';

describe('contributing to a list and what ends the right to it', () => {
  let world: World;
  let owner: Person;
  let member: Person;
  let made = 0;

  beforeAll(async () => {
    world = await startWorld();
    const { supervisor, platform } = await world.cast();
    owner = supervisor;
    member = await world.person(platform, ['supervisor']);
  });
  afterAll(() => world.close());

  const join = (id: string): Promise<Answer<SignalListView>> =>
    owner.post<SignalListView>(`/v1/signal-lists/${id}/members`, {
      organisationId: member.organisation.id,
      mayContribute: true,
    });
  const joined = async (): Promise<SignalListView> => {
    const list = { slug: `turns-${++made}`, name: 'Turns', purpose: 'an enquiry', sharing: 'group', tlp: 'amber' };
    const { body } = await owner.post<SignalListView>('/v1/signal-lists', list);
    expect((await join(body.id)).status).toBe(200);
    return body;
  };
  const batch = (listId: string, count = 3) =>
    member.post<BatchAnswer & Problem>('/v1/signals/batch', {
      listId,
      signals: Array.from({ length: count }, () => ({ type: 'sha256', value: randomHash() })),
    });
  const leave = (listId: string) =>
    member.post<LeftView & Problem>(`/v1/signal-lists/${listId}/leave`, { keepContributions: false });
  const close = (listId: string) => owner.post<SignalListView & Problem>(`/v1/signal-lists/${listId}/close`, {});

  const standing = async (listId: string): Promise<number> => {
    const { rows } = await world.sql.query<{ count: number }>(
      `select count(*)::int from signal_contribution where list_id = $1 and organisation_id = $2 and withdrawn_at is null`,
      [listId, member.organisation.id],
    );
    return rows[0]!.count;
  };
  it('takes back on leaving what was still being contributed', async () => {
    const list = await joined();
    // The batch has been let onto the list, and waits further on.
    const [given, left] = await holding(world, QUOTA, [member.organisation.id], async () => {
      const sent = batch(list.id);
      await untilWaiting(world, 1, sent);
      const leaving = leave(list.id);
      await untilWaiting(world, 2, sent, leaving);
      return [sent, leaving] as const;
    });
    expect([(await given).status, (await given).body]).toMatchObject([200, { contributed: 3 }]);
    expect([(await left).status, (await left).body]).toMatchObject([200, { withdrawn: 3 }]);
    expect(await standing(list.id)).toBe(0);
  });

  it('tells whoever contributes while his organisation leaves that there is no such list', async () => {
    const list = await joined();
    const given = await member.post<SignalView>('/v1/signals', {
      type: 'sha256',
      value: randomHash(),
      labels: {},
      listId: list.id,
    });
    expect(given.status).toBe(201);
    const [left, late] = await holding(
      world,
      'select 1 from signal where id = $1 for update',
      [given.body.id],
      async () => {
        const leaving = leave(list.id);
        await untilWaiting(world, 1, leaving);
        const sent = batch(list.id);
        await untilWaiting(world, 2, leaving, sent);
        return [leaving, sent] as const;
      },
    );
    expect([(await left).status, (await left).body]).toMatchObject([200, { withdrawn: 1 }]);
    expect([(await late).status, (await late).body.errors?.[0]?.pointer]).toEqual([400, '/listId']);
    expect(await standing(list.id)).toBe(0);
  });

  it('closes a list after what was being contributed, and refuses what comes then', async () => {
    const list = await joined();
    const [given, closed, late] = await holding(world, QUOTA, [member.organisation.id], async () => {
      const sent = batch(list.id);
      await untilWaiting(world, 1, sent);
      const closing = close(list.id);
      await untilWaiting(world, 2, sent, closing);
      world.clock.advance(1_000);
      return [sent, closing, closing.then(() => batch(list.id))] as const;
    });
    expect([(await given).status, (await closed).status]).toEqual([200, 200]);
    expect([(await late).status, (await late).body.code]).toEqual([409, 'signal-list.closed']);
    const { rows } = await world.sql.query<{ late: number }>(
      `select count(*)::int as late from signal_contribution c join signal_list l on l.id = c.list_id
       where l.id = $1 and c.contributed_at > l.closed_at`,
      [list.id],
    );
    expect([await standing(list.id), rows[0]!.late]).toEqual([3, 0]);
  });

  it('does not let a member onto a list that is being closed', async () => {
    const list = await joined();
    await owner.post(`/v1/signal-lists/${list.id}/members/remove`, { organisationId: member.organisation.id });
    const [closed, again] = await holding(
      world,
      'select 1 from signal_list where id = $1 for update',
      [list.id],
      async () => {
        const closing = close(list.id);
        await untilWaiting(world, 1, closing);
        world.clock.advance(1_000);
        const joining = join(list.id);
        await untilWaiting(world, 2, closing, joining);
        return [closing, joining] as const;
      },
    );
    // Whichever came first: never both a closed list and a member that joined it afterwards.
    expect((await closed).status).toBe(200);
    expect([200, 409]).toContain((await again).status);
    const { rows } = await world.sql.query<{ late: boolean }>(
      `select exists (select 1 from signal_list_member m join signal_list l on l.id = m.list_id
         where l.id = $1 and m.left_at is null and m.joined_at > l.closed_at) as late`,
      [list.id],
    );
    expect(rows[0]!.late).toBe(false);
  });

  it('is not marked more loosely once others gave to it, also where one is just giving; its owner’s own is its own', async () => {
    const list = await joined();
    const mark = (tlp: string) => owner.post<SignalListView & Problem>(`/v1/signal-lists/${list.id}`, { tlp });
    expect((await mark('green')).body).toMatchObject({ tlp: 'green' });
    expect((await mark('red')).body).toMatchObject({ tlp: 'red' });
    const [given, loosened] = await holding(world, QUOTA, [member.organisation.id], async () => {
      const sent = batch(list.id);
      await untilWaiting(world, 1, sent);
      const marking = mark('clear');
      await untilWaiting(world, 2, sent, marking);
      return [sent, marking] as const;
    });
    expect([(await given).status, (await loosened).status]).toEqual([200, 409]);
    expect((await loosened).body.code).toBe('signal-list.given-stricter');
    expect((await leave(list.id)).body).toMatchObject({ withdrawn: 3 });
    expect((await mark('clear')).body).toMatchObject({ tlp: 'clear' });
  });

  it('leaves nothing behind and fails nobody, in whatever order batches, leaving, removal and joining meet', async () => {
    const list = await joined();
    for (let round = 0; round < 6; round += 1) {
      const answers = await Promise.all([
        batch(list.id, 40),
        leave(list.id),
        batch(list.id, 40),
        ...(round % 2 === 0 ? [leave(list.id)] : []),
      ]);
      for (const { status, body } of answers) expect([status < 500, body]).toEqual([true, body]);
      expect(answers.filter(({ body }) => 'withdrawn' in body)).toHaveLength(1);
      expect(await standing(list.id)).toBe(0);
      expect((await join(list.id)).status).toBe(200);
    }
  });
});
