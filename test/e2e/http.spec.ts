import { PROBLEMS } from '../../src/domain/errors';
import { asDomainError } from '../../src/infra/http/problem.filter';
import { startWorld, type Person, type World } from '../support/app';

interface Opened {
  readonly id: string;
  readonly code: string;
}

const CASE = { category: 'incitement', ideology: 'unknown', items: [{ url: 'https://harbour.example/post/1' }] };

describe('what every route has in common', () => {
  let world: World;
  let analyst: Person;
  let moderator: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst, moderator } = await world.cast());
  });
  afterAll(() => world.close());

  it('refuses a change on a state that is no longer there', async () => {
    const opened = await analyst.post<Opened>('/v1/cases', {
      ...CASE,
      items: [{ url: 'https://harbour.example/v/1' }],
    });
    const draft = await analyst.post<{ id: string; version: number }>('/v1/notices', {
      caseId: opened.body.id,
      kind: 'referral',
    });
    const stale = await analyst.post<{ code: string; version: number }>(`/v1/notices/${draft.body.id}/send`, {
      version: draft.body.version + 1,
    });
    expect(stale.body).toMatchObject({ code: 'request.version-conflict', version: draft.body.version });
  });

  it('walks a list page by page without a gap or a repeat', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { body: { items: { id: string }[]; next: string | null } } = await analyst.get(
        `/v1/cases?limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.next;
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    const { rows } = await world.sql.query<{ id: string }>('select id from case_file where organisation_id = $1', [
      analyst.organisation.id,
    ]);
    expect(seen.sort()).toEqual(rows.map(({ id }) => id).sort());
    expect((await analyst.get<{ code: string }>('/v1/cases?cursor=bm9uc2Vuc2U')).body.code).toBe('request.invalid');
  });

  it.each([
    ['{"unfinished', 'request.malformed-json', 400],
    [`"${'x'.repeat(9 * 2 ** 20)}"`, 'request.too-large', 413],
  ])('refuses a bad body (%#)', async (payload, code, status) => {
    const answer = await world.send<{ code: string }>('POST', '/v1/session', payload, {
      'content-type': 'application/json',
    });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('refuses a body of another type, an unknown address and a malformed id, each as a problem', async () => {
    const answers = [
      await world.send<{ code: string }>('POST', '/v1/session', '<x/>', { 'content-type': 'application/xml' }),
      await world.send<{ code: string }>('GET', '/v1/nothing-here'),
      await analyst.get<{ code: string }>('/v1/cases/not-an-id'),
      await world.send<{ code: string }>('GET', '/v1/cases'),
      await world.send<{ code: string }>('GET', '/v1/cases', undefined, { authorization: 'Bearer clk_unknown' }),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [415, 'request.unsupported-media-type'],
      [404, 'request.not-found'],
      [404, 'request.not-found'],
      [401, 'auth.required'],
      [401, 'auth.expired'],
    ]);
    for (const { headers } of answers) expect(headers['content-type']).toContain('application/problem+json');
  });

  it.each([
    [{ email: '\ud800', displayName: 'A', roles: ['analyst'] }, '/email'],
    [{ email: 'a@b.example', 'a/\udfff': 1 }, '/a~1\ufffd'],
    [{ deep: [{ in: ['fine', 'x\udc00'] }] }, '/deep/0/in/1'],
  ])('refuses half a character anywhere in a body and says where (%#)', async (body, pointer) => {
    const answer = await moderator.post('/v1/people', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ pointer }] } });
  });

  it('refuses half a character in the document of a multipart body, and a body of a depth that nothing could read', async () => {
    const form = new FormData();
    form.set('case', JSON.stringify({ ...CASE, title: '\ud83d' }));
    const answer = await analyst.form('/v1/cases', form);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/title' }] } });
    for (const member of ['a', 'items']) {
      const deep = `{"${member}":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
      const headers = { 'content-type': 'application/json', 'idempotency-key': `deep-${member}` };
      expect((await analyst.post('/v1/cases', deep, headers)).status).toBe(400);
    }
  });

  it.each([
    [`/v1/cases/${'x'.repeat(3_000)}`, 404, 'request.not-found'],
    ['/v1/cases/%zz', 400, 'request.invalid'],
    ['/v1/ledger/checkpoints/99999999999999999999', 404, 'ledger.unknown-checkpoint'],
    ['/v1/ledger/checkpoints/9007199254740993', 404, 'ledger.unknown-checkpoint'],
  ])('answers an address that can name nothing as a problem (%#)', async (url, status, code) => {
    const answer = await analyst.get<{ code: string; requestId: string }>(url);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it.each([
    Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    new Error('Connection terminated unexpectedly'),
    new Error('Client has encountered a connection error and is not queryable'),
  ])('takes a lost connection to the database for a part that is not available now (%#)', (error) => {
    expect(asDomainError(error).code).toBe('request.unavailable');
    expect(asDomainError(Object.assign(error, { statusCode: 400 })).code).toBe('request.invalid');
  });

  it('has a page for every problem, and links them all', async () => {
    const index = await world.anonymous<string>('/problems');
    for (const [code, [, title]] of Object.entries(PROBLEMS)) {
      expect(index.body).toContain(`/problems/${code}`);
      const page = await world.anonymous<string>(`/problems/${code}`);
      expect([code, page.status, page.headers['content-type']]).toEqual([code, 200, 'text/html; charset=utf-8']);
      expect(page.body).toContain(title.replaceAll('’', '’').split(/[<>&"]/)[0]);
    }
  });

  it('sends headers that forbid scripts of others, framing, sniffing and referrers', async () => {
    const { headers } = await world.anonymous('/health');
    expect(headers['content-security-policy']).toContain(`default-src 'none'`);
    expect(headers['content-security-policy']).toContain(`frame-ancestors 'none'`);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });

  it('answers health, readiness and metrics, and metrics name no organisation', async () => {
    expect((await world.anonymous('/health')).body).toEqual({ status: 'ok' });
    expect((await world.anonymous('/ready')).body).toEqual({ status: 'ready' });
    const metrics = await world.anonymous<string>('/metrics');
    expect(metrics.body).toContain('clepsydra_process_cpu_seconds_total');
    expect(metrics.body).toContain('clepsydra_http_request_seconds_bucket');
    expect(metrics.body).not.toMatch(/harbour|unit-a|Unit A/);
  });
});

describe('metrics', () => {
  it('answer whoever shows the token, and nobody else, where one is set', async () => {
    const world = await startWorld({ config: { metricsToken: 'scraper' } });
    try {
      expect((await world.anonymous('/metrics')).status).toBe(404);
      expect((await world.send('GET', '/metrics', undefined, { authorization: 'Bearer other' })).status).toBe(404);
      expect((await world.send('GET', '/metrics', undefined, { authorization: 'Bearer scraper' })).status).toBe(200);
    } finally {
      await world.close();
    }
  });

  it('answer this machine alone where no token is set', async () => {
    const world = await startWorld();
    try {
      const elsewhere = await world.app.inject({ method: 'GET', url: '/metrics', remoteAddress: '192.0.2.7' });
      expect(elsewhere.statusCode).toBe(404);
    } finally {
      await world.close();
    }
  });
});

describe('behind a proxy', () => {
  it('takes the address that the trusted proxy saw, and never the one that a caller wrote there', async () => {
    const world = await startWorld({ config: { trustedProxies: 1 } });
    try {
      const login = (caller: string) =>
        world.send(
          'POST',
          '/v1/session',
          { email: 'x@y.example', password: 'wrong' },
          { 'x-forwarded-for': `${caller}, 198.51.100.7` },
        );
      const statuses: number[] = [];
      for (let turn = 0; turn < 11; turn++) statuses.push((await login(`203.0.113.${turn}`)).status);
      expect(statuses.at(-1)).toBe(429);
      expect((await world.send('GET', '/metrics', undefined, { 'x-forwarded-for': '127.0.0.1' })).status).toBe(404);
    } finally {
      await world.close();
    }
  });
});

describe('limits', () => {
  it('answers 429 as a problem to a client that asks too often, and lets others in', async () => {
    const world = await startWorld({ config: { requestsPerMinute: 5 } });
    try {
      const { analyst, moderator } = await world.cast();
      const answers = [];
      for (let turn = 0; turn < 7; turn++) answers.push(await analyst.get<{ code: string }>('/v1/session'));
      expect(answers.at(-1)).toMatchObject({ status: 429, body: { code: 'request.too-many' } });
      expect((await moderator.get('/v1/session')).status).toBe(200);
      // What is asked for each upload is counted by itself, and forty times as often.
      const path = `/v1/signals/match?type=sha256&value=${'0'.repeat(64)}`;
      const looked = [];
      for (let turn = 0; turn <= 200; turn++) looked.push((await analyst.get(path)).status);
      expect(looked).toEqual([...Array<number>(200).fill(200), 429]);
    } finally {
      await world.close();
    }
  });

  it('counts logins per address, whatever is offered as a credential', async () => {
    const world = await startWorld();
    try {
      const statuses: number[] = [];
      for (let turn = 0; turn < 12; turn++) {
        const headers = { authorization: `Basic ${turn}` };
        statuses.push(
          (await world.send('POST', '/v1/session', { email: 'x@y.example', password: 'wrong' }, headers)).status,
        );
      }
      expect(statuses.filter((status) => status === 401)).toHaveLength(10);
      expect(statuses.slice(-2)).toEqual([429, 429]);
    } finally {
      await world.close();
    }
  });
});
