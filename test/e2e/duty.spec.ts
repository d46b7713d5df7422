import type { ContactPointView } from '../../src/deliveries/deliveries.dto';
import type { BoardView, DutyView, PingView } from '../../src/deliveries/duty/duty.dto';
import { Escalating } from '../../src/deliveries/duty/escalating.service';
import { Pings } from '../../src/deliveries/duty/pings.service';
import type { NoticeView } from '../../src/notices/notice.view';
import { minutes, type CastOrganisation, type Person, type World } from '../support/app';
import { enrol, PagedPeople } from '../support/duty';
import { PlatformSystem } from '../support/platform-system';
import { notice, refer, startQuietWorld } from '../support/referral';

let world: World;
let system: PlatformSystem;
let paged: PagedPeople;
let analyst: Person;
let moderator: Person;
let platform: CastOrganisation;
let ana: Person;
let ben: Person;

beforeAll(async () => {
  world = await startQuietWorld();
  system = await new PlatformSystem().listen();
  paged = new PagedPeople(world, system);
  ({ analyst, moderator, platform } = await world.cast());
  ana = await world.person(platform, ['moderator']);
  ben = await world.person(platform, ['moderator']);
});
afterAll(async () => {
  await world?.close();
  await system?.close();
});

const DAY = 24 * 60;
const later = (ms: number): string => new Date(world.clock.now().getTime() + ms).toISOString();
const roster = async (who: Person = moderator): Promise<DutyView> => (await who.get<DutyView>('/v1/duty')).body;
const nowOf = ({ now }: DutyView): string[] => now.map(({ personId }) => personId);

describe('the clock of a referral', () => {
  it('runs for the target of the register’s entry', async () => {
    await world.sql.query(
      `insert into provider_entry (platform_id, home_country, referral_target_minutes, changed_at) values ($1, 'IE', 30, now())`,
      [platform.id],
    );
    const { id } = await refer(analyst);
    await moderator.post(`/v1/notices/${id}/acknowledge`);
    expect((await notice(analyst, id)).clock?.dueAt).toBe(later(minutes(30)));
    world.clock.advance(minutes(12));
    const { body } = await moderator.get<BoardView>('/v1/board');
    expect(body.items.find(({ noticeId }) => noticeId === id)).toMatchObject({ side: 'recipient', minutesLeft: 18 });
    expect((await analyst.get<BoardView>('/v1/board')).body.items[0]).toMatchObject({ side: 'sender', noticeId: id });
  });

  it('counts that target in the staffed hours alone', async () => {
    // A Monday at nine in the morning, UTC, and twelve minutes.
    const hours = {
      timeZone: 'UTC',
      shifts: [
        { day: 'mon', from: '10:00', to: '10:20' },
        { day: 'tue', from: '10:00', to: '12:00' },
      ],
    };
    expect((await moderator.post('/v1/contact-hours', hours)).status).toBe(200);
    const { id } = await refer(analyst);
    const { body } = await moderator.post<NoticeView>(`/v1/notices/${id}/acknowledge`);
    expect(body.clock?.dueAt).toBe('2026-03-03T10:10:00.000Z');
    await world.sql.query('delete from contact_hours');
    await world.sql.query('delete from provider_entry');
  });
});

describe('the roster', () => {
  it('falls over from the shift to the others and then to a supervisor or an administrator', async () => {
    expect(nowOf(await roster())).toEqual([moderator.personId]);
    const shifts = [{ day: 'mon', from: '08:00', to: '18:00' }];
    await enrol(moderator, ana.personId, { failover: 1, pageLanguage: 'fr', languages: ['fr', 'en'] });
    await enrol(moderator, ben.personId, { failover: 2, shifts });
    expect(nowOf(await roster(ana))).toEqual([ben.personId, ana.personId, moderator.personId]);
  });

  it('takes exceptions for a time and a handing over with a note, by who is on it', async () => {
    const { members } = await roster();
    const of = (personId: string): string => members.find((one) => one.personId === personId)?.id ?? '';
    const off = { memberId: of(ben.personId), kind: 'off', until: later(minutes(60)) };
    const away = await moderator.post<DutyView>('/v1/duty/overrides', off);
    expect(nowOf(away.body)).toEqual([ana.personId, moderator.personId, ben.personId]);
    const back = await moderator.post<DutyView>(`/v1/duty/overrides/${away.body.overrides[0]?.id}/remove`);
    expect(nowOf(back.body)[0]).toBe(ben.personId);
    const handed = await ben.post<DutyView>('/v1/duty/handover', {
      toMemberId: of(ana.personId),
      note: 'Two orders are open, one waits for an engineer',
    });
    expect(handed.body).toMatchObject({
      now: [{ personId: ana.personId, reason: 'override' }, { personId: ben.personId }, {}],
      overrides: [{ handedOverBy: ben.personId, until: later(minutes(12 * 60)) }],
    });
    const stranger = await world.person(platform, ['auditor']);
    const refused = await stranger.post('/v1/duty/handover', { toMemberId: of(ana.personId), note: 'Mine' });
    expect(refused).toMatchObject({ status: 403, body: { code: 'duty.not-enrolled' } });
    world.clock.advance(minutes(12 * 60));
    expect((await roster()).overrides).toEqual([]);
  });

  it('refuses what could call nobody, twice the same, and who is not a member', async () => {
    const entry = { pageLanguage: 'en', failover: 0, shifts: [] };
    const post = (body: object) => moderator.post('/v1/duty/members', { ...entry, ...body });
    expect(await post({ personId: ana.personId })).toMatchObject({ status: 409, body: { code: 'duty.member-exists' } });
    for (const wrong of [
      { personId: analyst.personId },
      { role: 'analyst' },
      {},
      { personId: ben.personId, role: 'moderator' },
    ])
      expect(await post(wrong)).toMatchObject({ status: 400, body: { code: 'duty.member-unknown' } });
    const overnight = { role: 'moderator', shifts: [{ day: 'mon', from: '22:00', to: '06:00' }] };
    expect(await post(overnight)).toMatchObject({ status: 400, body: { code: 'duty.shifts-invalid' } });
    const times = {
      timeZone: 'Europe/Paris',
      secondMinutes: 20,
      channelMinutes: 10,
      supervisorMinutes: 20,
      answerMinutes: 60,
    };
    const settings = await moderator.post('/v1/duty/settings', times);
    expect(settings).toMatchObject({ status: 400, body: { code: 'duty.settings-invalid' } });
    expect((await ana.post('/v1/duty/settings', { ...times, secondMinutes: 5 })).status).toBe(403);
    expect((await moderator.post('/v1/duty/settings', { ...times, secondMinutes: 5 })).status).toBe(200);
  });

  it('is nobody else’s to see', async () => {
    expect((await roster(analyst)).members).toEqual([]);
  });
});

describe('a contact point', () => {
  const inbox = async (): Promise<ContactPointView> => {
    const { body } = await moderator.get<ContactPointView[]>('/v1/contact-points');
    return body.find(({ channel }) => channel === 'inbox')!;
  };
  const pings = (): Pings => world.app.get(Pings);

  it('is tested after a quarter of a year, and answered by a person', async () => {
    const { id } = await inbox();
    await world.sql.query('update contact_point set confirmed_at = $2 where id = $1', [id, world.clock.now()]);
    expect(await pings().askDue(world.clock.now())).toBe(0);
    world.clock.advance(minutes(85 * DAY));
    expect(await pings().askDue(world.clock.now())).toBe(1);
    expect(await pings().askDue(world.clock.now())).toBe(0);
    const { body } = await ana.get<{ items: PingView[] }>('/v1/contact-pings');
    expect(body.items).toMatchObject([{ contactId: id, state: 'waiting', answerBy: later(minutes(60)) }]);
    world.clock.advance(minutes(10));
    const answered = await ana.post<PingView>(`/v1/contact-pings/${body.items[0]?.id}/answer`);
    expect(answered.body).toMatchObject({ state: 'answered', answeredHow: 'person' });
    expect(await inbox()).toMatchObject({ pingState: 'answered', lastAnsweredAt: later(0), isStale: false });
  });

  it('that does not answer in time is shown as such to everybody, and people are called until somebody answers', async () => {
    await paged.give(moderator, ben.personId, '/ben');
    await paged.give(moderator, ana.personId, '/ana');
    const { id } = await inbox();
    const asked = await moderator.post<PingView>(`/v1/contact-points/${id}/ping`);
    expect(asked.status).toBe(201);
    expect(await moderator.post(`/v1/contact-points/${id}/ping`)).toMatchObject({ status: 409 });
    world.clock.advance(minutes(60));
    expect(await pings().endDue(world.clock.now())).toBe(1);
    await world.app.get(Escalating).escalateDue(world.clock.now());
    expect(await inbox()).toMatchObject({ pingState: 'unanswered' });
    const entry = await analyst.get(`/v1/providers/${platform.id}`);
    expect(entry.body).toMatchObject({ unansweredChannels: ['inbox'], isStale: true });
    expect(await paged.pages(platform)).toEqual([['/ana', 'le point de contact ne répond pas']]);
    world.clock.advance(minutes(5));
    await world.app.get(Escalating).escalateDue(world.clock.now());
    expect((await paged.pages(platform)).at(-1)).toEqual(['/ben', 'contact point does not answer']);
    await ben.post(`/v1/contact-pings/${asked.body.id}/answer`);
    world.clock.advance(minutes(20));
    await world.app.get(Escalating).escalateDue(world.clock.now());
    expect(await paged.pages(platform)).toHaveLength(2);
    expect(await inbox()).toMatchObject({ pingState: 'answered' });
  });

  it('that nobody has confirmed or answered on for ninety days is flagged', async () => {
    world.clock.advance(minutes(90 * DAY + 1));
    expect(await inbox()).toMatchObject({ isStale: true });
  });
});
