import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { everybody, PEOPLE, type CastPerson } from '../../seeds/cast';
import { openDemo, type Demo } from '../../seeds/demo';
import { readOrMakeLogins } from '../../seeds/logins';
import { PAST_MONTH } from '../../seeds/past-month';
import { beginStory, storyState } from '../../seeds/story-marker';
import type { StoryDatabase } from '../../seeds/stage';
import type { NewSessionView } from '../../src/accounts/accounts.dto';
import { createApp } from '../../src/app';
import { dataSourceOptions } from '../../src/data-source';
import { ROLES } from '../../src/domain/permissions';
import { SettableClock } from '../../src/infra/clock-source';
import { readConfig, type Config } from '../../src/infra/config';
import { Work } from '../../src/infra/database/work';
import { log } from '../../src/infra/log';
import { LedgerKey } from '../../src/ledger/ledger-key';
import { verifyLedger } from '../../src/ledger/verify';
import type { NoticeView } from '../../src/notices/notice.view';
import type { MatchAnswer } from '../../src/signals/matching/match.dto';
import type { PolicyView } from '../../src/signals/policy/policy.dto';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import type { SignalListView } from '../../src/signals/store/list.dto';
import type { DisputeView } from '../../src/signals/store/opinion.dto';
import type { SummaryAnswer } from '../../src/transparency/transparency.dto';
import { createTestDatabase, type TestDatabase } from '../support/database';

/** The end of the story: a Monday afternoon, with the month before it closed for a fortnight. */
const END = new Date('2026-03-23T15:30:00.000Z');
const MINUTE_MS = 60_000;

interface Place {
  readonly database: TestDatabase;
  readonly story: StoryDatabase;
  readonly config: Config;
  readonly sql: Client;
}

const places: Place[] = [];

async function newPlace(): Promise<Place> {
  const database = await createTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'clepsydra-demo-'));
  const config = readConfig({ CLEPSYDRA_DATA: folder, PORT: '0', CLEPSYDRA_IMAGE_WORKERS: '1' });
  const { owner, app, worker } = database.urls;
  const story = { ownerUrl: owner, appUrl: app, workerUrl: worker, scopeKey: database.scopeKey };
  const sql = new Client(database.superuser);
  sql.on('error', () => undefined);
  await sql.connect();
  places.push({ database, story, config, sql });
  return { database, story, config, sql };
}

const connectionsOf = ({ story }: Place): Parameters<typeof createApp>[0]['connections'] => ({
  app: dataSourceOptions(story.appUrl, 6),
  worker: dataSourceOptions(story.workerUrl, 4),
  scopeKey: story.scopeKey,
});

let place: Place;
let demo: Demo;
let app: NestFastifyApplication;

jest.setTimeout(180_000);

beforeAll(async () => {
  log.level = 'silent';
  place = await newPlace();
  demo = await openDemo(place.config, place.story, END);
  const clock = new SettableClock(END);
  app = await createApp({ config: place.config, clock, connections: connectionsOf(place) });
});

afterAll(async () => {
  await app?.close();
  await demo?.close();
  for (const { database, config, sql } of places) {
    await sql.end();
    await database.drop();
    rmSync(config.dataDirectory, { recursive: true, force: true });
  }
});

const sessions = new Map<string, Promise<NewSessionView>>();

async function openSession({ email }: CastPerson): Promise<NewSessionView> {
  const password = readOrMakeLogins(place.config.dataDirectory).passwordOf(email);
  const payload = { email, password };
  const remoteAddress = `127.0.2.${sessions.size + 1}`;
  const answer = await app.inject({ method: 'POST', url: '/v1/session', payload, remoteAddress });
  expect(answer.statusCode).toBe(201);
  return answer.json<NewSessionView>();
}

function signIn(person: CastPerson): Promise<NewSessionView> {
  const session = sessions.get(person.email) ?? openSession(person);
  sessions.set(person.email, session);
  return session;
}

async function read<T>(person: CastPerson | null, url: string): Promise<T> {
  const authorization = person ? { authorization: `Bearer ${(await signIn(person)).token}` } : {};
  const answer = await app.inject({ method: 'GET', url, headers: authorization });
  expect(answer.statusCode).toBe(200);
  return answer.json<T>();
}

async function noticeAbout(person: CastPerson, address: string): Promise<NoticeView> {
  const { items } = await read<{ items: NoticeView[] }>(person, '/v1/notices?box=sent&limit=50');
  const found = items.find((notice) => notice.items.some((item) => item.address === address));
  if (!found) throw new Error('no notice about this address');
  return found;
}

const kindsAbout = async (column: 'notice_id' | 'item_id', id: string | undefined): Promise<string[]> => {
  const { rows } = await place.sql.query<{ kind: string }>(
    `select kind from ledger_entry where ${column} = $1 order by id`,
    [id],
  );
  return rows.map(({ kind }) => kind);
};

describe('the demo story', () => {
  it('gives everybody a login of their own, with every role, in a file that its owner alone can read', async () => {
    const file = join(place.config.dataDirectory, 'demo-logins.txt');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(demo.welcome).toContain(readFileSync(file, 'utf8').split('\n')[2]);
    const views = await Promise.all(everybody().map(signIn));
    expect(views.map((view) => view.person?.displayName)).toEqual(everybody().map(({ displayName }) => displayName));
    const roles = new Set(everybody().flatMap(({ memberships }) => memberships.flatMap((one) => one.roles)));
    // A key has this role, never a person.
    expect([...roles].sort()).toEqual(ROLES.filter((role) => role !== 'integration').sort());
    const investigator = await signIn(PEOPLE.investigator);
    expect(investigator.organisations.map(({ slug }) => slug)).toEqual(['northgate', 'lantern']);
  });

  it('tells of a removal in time, delivered by signed webhook', async () => {
    const notice = await noticeAbout(PEOPLE.vigieAnalyst, 'https://harbour.example/p/ash-poster-0417');
    expect(notice).toMatchObject({
      state: 'closed',
      receiptChannel: 'webhook',
      clock: { state: 'stopped', fact: null },
    });
    expect(notice.items[0]?.answer).toMatchObject({ outcome: 'removed', late: 'in_time', preservation: 'complete' });
    expect(notice.deliveries).toEqual([
      expect.objectContaining({ channel: 'webhook', state: 'delivered', attempts: 1 }),
      expect.objectContaining({ channel: 'inbox', state: 'cancelled' }),
    ]);
  });

  it('tells of a missed target once, with every mark at its minute', async () => {
    const notice = await noticeAbout(PEOPLE.lanternAnalyst, 'https://meadow.example/v/grey-harvest-2');
    const { clock } = notice;
    expect(clock?.fact).toEqual({ kind: 'target_missed', at: clock?.dueAt, correction: null, correctedAt: null });
    const startedAt = Date.parse(clock?.startedAt ?? '');
    const at = (minute: number): string => new Date(startedAt + minute * MINUTE_MS).toISOString();
    expect(clock?.marks).toEqual([25, 45, 55, 60].map((mark) => ({ mark, at: at(mark), stale: false })));
    expect(notice.items[0]?.answer).toMatchObject({ outcome: 'removed', late: 'late' });
    const kinds = await kindsAbout('notice_id', notice.id);
    expect(kinds.filter((kind) => kind === 'clock.target-missed')).toHaveLength(1);
  });

  it('tells of late feedback: the fact stands, and stands corrected', async () => {
    const notice = await noticeAbout(PEOPLE.vigieAnalyst, 'https://kiln.example/thread/8812#post-4');
    expect(notice.items[0]?.answer).toMatchObject({ outcome: 'removed', late: 'late_feedback' });
    expect(notice.clock?.fact).toMatchObject({
      kind: 'target_missed',
      correctedAt: notice.items[0]?.answer?.answeredAt,
    });
  });

  it('tells of a referral that the platform declined with its reason', async () => {
    const notice = await noticeAbout(PEOPLE.lanternAnalyst, 'https://harbour.example/p/evening-bulletin-31');
    expect(notice.items[0]?.answer).toMatchObject({ outcome: 'declined', reason: 'journalistic', late: 'in_time' });
  });

  it('tells of a collection that was held until a second person had looked', async () => {
    const notice = await noticeAbout(PEOPLE.vigieAnalyst, 'https://meadow.example/tags/grey-harvest');
    const kinds = await kindsAbout('item_id', notice.items[0]?.itemId);
    expect(kinds).toEqual(expect.arrayContaining(['item.added', 'item.held', 'item.released', 'notice.answered']));
    const { rows } = await place.sql.query<{ askers: number }>(
      `select count(*)::int as askers from approval where verb = 'item.release' and decision = 'approved' and asked_by <> decided_by`,
    );
    expect(rows).toEqual([{ askers: 1 }]);
  });

  it('tells of an order over a border, signed by a second person and carried out within the hour', async () => {
    const notice = await noticeAbout(PEOPLE.vigieAnalyst, 'https://harbour.example/p/call-7710');
    expect(notice).toMatchObject({
      kind: 'removal_order',
      state: 'answered',
      clock: { kind: 'statutory', state: 'stopped', fact: null },
      order: { isCrossBorder: true, isEmergency: false, signedAt: expect.any(String) },
      items: [{ answer: { outcome: 'removed', late: 'in_time' }, preservation: { state: 'complete' } }],
    });
    const copies = await read<{ items: NoticeView[] }>(PEOPLE.tidewayOfficer, '/v1/notices?limit=5');
    expect(copies.items.map(({ id }) => id)).toEqual([notice.id]);
  });

  it('tells of a re-upload whose recompressed picture is matched with the hash of the other unit', async () => {
    const notice = await noticeAbout(PEOPLE.lanternAnalyst, 'https://meadow.example/v/poster-again');
    const found = await place.sql.query<{ type: string; distance: number }>(
      `select s.type, m.distance from signal_match m join signal s on s.id = m.signal_id join exhibit e on e.id = m.exhibit_id
       where e.item_id = $1`,
      [notice.items[0]?.itemId],
    );
    expect(found.rows).toEqual([{ type: 'pdq', distance: expect.any(Number) }]);
    const copy = await place.sql.query<{ pdq: string }>(`select pdq from exhibit where item_id = $1`, [
      notice.items[0]?.itemId,
    ]);
    const url = `/v1/signals/match?type=pdq&value=${copy.rows[0]?.pdq}`;
    const { matches } = await read<MatchAnswer>(PEOPLE.curator, url);
    expect(matches).toHaveLength(1);
    expect(matches[0]?.contributions).toEqual([expect.objectContaining({ organisationName: 'Vigie Referral Unit' })]);
    expect(matches[0]?.distance).toBeLessThanOrEqual(31);
  });

  it('tells that the unit gave the preserved picture’s hashes after its removal, and that the other unit confirms one', async () => {
    const removal = await noticeAbout(PEOPLE.vigieAnalyst, 'https://harbour.example/p/ash-poster-0417');
    const answeredAt = Date.parse(removal.items[0]?.answer?.answeredAt ?? '');
    const { items } = await read<{ items: SignalView[] }>(PEOPLE.curator, '/v1/signals?limit=50');
    const given = items.filter(({ contributions }) => contributions[0]?.provenance.origin === 'exhibit');
    expect(given.map(({ type, state }) => `${type} ${state}`).sort()).toEqual(['pdq active', 'sha256 active']);
    for (const { contributions } of given)
      expect(Date.parse(contributions[0]?.contributedAt ?? '')).toBeGreaterThan(answeredAt);
    expect(given.find(({ type }) => type === 'pdq')?.opinions).toEqual({ confirm: 1, dispute: 0 });
  });

  it('tells of a list that a group shares, and shows it to nobody else', async () => {
    const listOf = async (person: CastPerson): Promise<SignalListView | undefined> =>
      (await read<{ items: SignalListView[] }>(person, '/v1/signal-lists')).items.find(({ slug }) => slug === 'grey-harvest'); // prettier-ignore
    const list = await listOf(PEOPLE.curator);
    expect(list).toMatchObject({ sharing: 'group', tlp: 'amber', owner: { name: 'Threadwatch' } });
    expect(list?.members.map((each) => [each.organisationName, each.mayContribute]).sort()).toEqual([
      ['Harbour', true],
      ['Kiln', false],
      ['Vigie Referral Unit', true],
    ]);
    expect(await listOf(PEOPLE.harbourModerator)).toMatchObject({ id: list?.id, mayContribute: true });
    expect([await listOf(PEOPLE.meadowModerator), await listOf(PEOPLE.lanternAnalyst)]).toEqual([undefined, undefined]);
    const { items } = await read<{ items: SignalView[] }>(PEOPLE.curator, `/v1/signals?list=${list?.id}&limit=50`);
    expect(items.map(({ type, state }) => `${type} ${state}`).sort()).toEqual(
      ['pdq active', 'pdq active', 'pdq disputed', 'sha256 active', 'sha256 active', 'sha256 active'], // prettier-ignore
    );
  });

  it('tells of a dispute that the list’s owner upheld, and of one that has seventy hours left', async () => {
    const { items } = await read<{ items: DisputeView[] }>(PEOPLE.curator, '/v1/signal-disputes');
    expect(items).toMatchObject([
      { organisationName: 'Vigie Referral Unit', reason: 'journalistic', state: 'open', mayUphold: true, mayReject: true }, // prettier-ignore
      { organisationName: 'Kiln', reason: 'not_terrorist_content', state: 'upheld' },
    ]);
    expect((Date.parse(items[0]?.dueAt ?? '') - END.getTime()) / MINUTE_MS / 60).toBeCloseTo(70.5, 0);
    const { items: mine } = await read<{ items: DisputeView[] }>(PEOPLE.kilnSecond, '/v1/signal-disputes?state=upheld');
    const upheld = await read<SignalView>(PEOPLE.kilnSecond, `/v1/signals/${mine[0]?.signalId}`);
    expect(upheld.state).toBe('withdrawn');
  });

  it('tells of a policy in force, of a match that a moderator found right, and of a hash that nobody has looked at', async () => {
    const policy = await read<PolicyView>(PEOPLE.harbourModerator, '/v1/signal-policies/current');
    expect(policy).toMatchObject({ version: 1, name: 'Uploads', state: 'in_force' });
    const { items } = await read<{ items: SignalView[] }>(PEOPLE.harbourModerator, '/v1/signals?limit=50');
    const leaflet = items.find(({ feedback }) => feedback.confirmed === 1);
    const url = `/v1/signals/match?type=pdq&value=${leaflet?.value}`;
    const { matches } = await read<MatchAnswer>(PEOPLE.harbourModerator, url);
    expect(matches).toMatchObject([
      { action: 'review', because: 'near a picture of the campaign', policyVersion: 1, feedback: { confirmed: 1 } },
    ]);
    expect(items.filter(({ state }) => state === 'provisional').map(({ type }) => type)).toEqual(['md5']);
  });

  it('ends with one clock running and forty-two minutes left, acknowledged and unanswered', async () => {
    const { rows } = await place.sql.query<{ state: string; left: number }>(
      `select n.state, extract(epoch from c.due_at - $1::timestamptz)::int / 60 as left from clock c join notice n on n.id = c.notice_id
       where c.state = 'running'`,
      [END],
    );
    expect(rows).toEqual([{ state: 'acknowledged', left: 42 }]);
  });

  it('publishes the closed month, with numbers where they are large enough', async () => {
    const { months } = await read<SummaryAnswer>(null, '/v1/transparency/summary');
    expect(months.map(({ month, publishedAt }) => [month, publishedAt])).toEqual([
      ['2026-02', '2026-03-08T00:02:00.000Z'],
    ]);
    const figures = months[0]?.figures;
    expect(figures?.notices).toEqual({ sent: PAST_MONTH.notices, received: PAST_MONTH.notices, targetMissed: '<10' });
    expect(figures?.items.total).toBe(PAST_MONTH.items);
    expect(figures?.responseTime).toMatchObject({ n: 75, shareWithinHour: 0.8 });
    expect(figures?.responseTime.p50Ms).toBeGreaterThan(2 * MINUTE_MS);
  });

  it('shows each organisation its own figures of today', async () => {
    const { summary } = await read<SummaryAnswer>(
      PEOPLE.vigieAnalyst,
      `/v1/transparency/summary?from=2026-03-23T00:00:00Z`,
    );
    expect(summary?.notices).toMatchObject({ received: 4, targetMissed: 1, targetMissedCorrected: 1 });
    expect(summary?.items.outcomes).toMatchObject({ removed: 2, disabled: 1, open: 2 });
    expect(summary?.unreadableEntries).toBe(0);
  });

  it('leaves a ledger that verifies, with nothing from the future and no outage that never was', async () => {
    const key = LedgerKey.open(place.config.secretsDirectory, place.config.ledgerOrigin);
    const audit = await verifyLedger(app.get(Work, { strict: false }), key.verifier);
    expect(audit).toMatchObject({ ok: true, faults: [], erasedBodies: 0 });
    const { rows } = await place.sql.query<{ odd: number; backwards: number }>(
      `select count(*) filter (where kind = 'service.outage' or at > $1)::int as odd,
         (select count(*)::int from (select at < lag(at) over (order by size) as is_earlier from ledger_checkpoint) c where is_earlier) as backwards
       from ledger_entry`,
      [END],
    );
    expect(rows).toEqual([{ odd: 0, backwards: 0 }]);
  });
});

describe('a later start', () => {
  const entries = async (): Promise<unknown> =>
    (await place.sql.query(`select count(*) from organisation union all select count(*) from notice`)).rows;

  it('tells nothing twice, prints the same logins and opens the webhook receiver under the same address', async () => {
    const before = await entries();
    const url = demo.receiver?.url;
    expect(demo.receiver?.received).toBeGreaterThan(12);
    await demo.close();
    const { welcome } = demo;
    demo = await openDemo(place.config, place.story);
    expect(await entries()).toEqual(before);
    expect(demo.welcome).toBe(welcome);
    expect(demo.receiver?.url).toBe(url);
    const unsigned = await fetch(url ?? '', { method: 'POST', body: '{}' });
    expect(unsigned.status).toBe(401);
  });

  it('tells a story that was cut short again from the beginning', async () => {
    const other = await newPlace();
    const owner = new Client(other.database.owner);
    await owner.connect();
    await beginStory(owner, () =>
      owner.query(`select first_person($1, 'Half', 'half', $2, 'half@half.example', 'Half', 'x')`, [
        uuidv7(),
        uuidv7(),
      ]),
    );
    expect(await storyState(owner)).toBe('half-told');
    const again = await openDemo(other.config, other.story, END);
    await again.close();
    expect(await storyState(owner)).toBe('told');
    await owner.end();
    const { rows } = await other.sql.query(`select slug from organisation where slug in ('half', 'commons')`);
    expect(rows).toEqual([{ slug: 'commons' }]);
  });

  it('never touches a database that somebody else has settled in', async () => {
    const other = await newPlace();
    await other.sql.query(`insert into organisation (id, kind, name, slug) values ($1, 'operator', 'Own', 'own')`, [
      uuidv7(),
    ]);
    const none = await openDemo(other.config, other.story, END);
    expect(none).toMatchObject({ welcome: '', receiver: null });
    const { rows } = await other.sql.query(`select slug from organisation`);
    expect(rows).toEqual([{ slug: 'own' }]);
  });
});
