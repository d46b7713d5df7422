import { setTimeout as sleep } from 'node:timers/promises';
import { hashPassword } from '../../src/accounts/password';
import { startWorld, type World } from '../support/app';
import { NO_INSTANTS } from '../support/instants';

describe('people, keys and the directory', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  const PASSWORD = 'a long enough password';

  async function withPassword(personId: string): Promise<string> {
    await world.sql.query(`insert into credential (person_id, kind, secret_hash) values ($1, 'password', $2)`, [
      personId,
      await hashPassword(PASSWORD),
    ]);
    const { rows } = await world.sql.query<{ email: string }>('select email from person where id = $1', [personId]);
    return rows[0]!.email;
  }

  it('signs in with a password, answers who one is, and ends the session', async () => {
    const unit = await world.organisation('authority', 'login-unit', { competences: ['refer'] });
    const person = await world.person(unit, ['analyst'], 'B. Analyst');
    const email = await withPassword(person.personId);
    const login = await world.send<{ token: string; permissions: string[] }>('POST', '/v1/session', {
      email: email.toUpperCase(),
      password: PASSWORD,
    });
    expect(login.status).toBe(201);
    expect(login.body.permissions).toContain('notice.send');
    const headers = { authorization: `Bearer ${login.body.token}` };
    const me = await world.send<{ person: { displayName: string } }>('GET', '/v1/session', undefined, headers);
    expect(me.body.person.displayName).toBe('B. Analyst');
    expect((await world.send('DELETE', '/v1/session', undefined, headers)).status).toBe(204);
    expect((await world.send('GET', '/v1/session', undefined, headers)).status).toBe(401);
  });

  it('answers a wrong password and an unknown address alike', async () => {
    const unit = await world.organisation('authority', 'wrong-unit');
    const email = await withPassword((await world.person(unit, ['analyst'])).personId);
    const wrong = await world.send<{ requestId?: string }>('POST', '/v1/session', {
      email,
      password: 'not the password',
    });
    const unknown = await world.send<{ requestId?: string }>('POST', '/v1/session', {
      email: 'nobody@nowhere.example',
      password: PASSWORD,
    });
    expect(wrong.status).toBe(401);
    expect({ ...wrong.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
  });

  it('tells the organisation, and nobody else, that somebody tried passwords of one of its people', async () => {
    const unit = await world.organisation('authority', 'tried-unit');
    const person = await world.person(unit, ['analyst']);
    const admin = await world.person(unit, ['admin']);
    const outsider = await world.person(await world.organisation('authority', 'outside-unit'), ['admin']);
    await world.send('POST', '/v1/session', {
      email: await withPassword(person.personId),
      password: 'not the password',
    });
    type Feed = { entries: { kind: string; subjects: { person?: string } }[] };
    const told = async (reader: typeof admin): Promise<unknown[]> =>
      (await reader.get<Feed>('/v1/feed')).body.entries.filter(({ kind }) => kind === 'session.refused');
    for (let turn = 0; turn < 100 && (await told(admin)).length === 0; turn++) await sleep(20);
    expect(await told(admin)).toMatchObject([{ subjects: { person: person.personId } }]);
    expect(await told(outsider)).toEqual([]);
  });

  it('ends every session of a person whose password changes, for any of their organisations', async () => {
    const [one, two] = [
      await world.organisation('authority', 'first-of-two'),
      await world.organisation('oversight', 'second-of-two'),
    ];
    const person = await world.person(one, ['admin']);
    await world.sql.query(`insert into membership (organisation_id, person_id, roles) values ($1, $2, '{admin}')`, [
      two.id,
      person.personId,
    ]);
    await withPassword(person.personId);
    const other = await person.post<{ token: string }>('/v1/session/organisation', { organisationId: two.id });
    const headers = { authorization: `Bearer ${other.body.token}` };
    expect((await world.send('GET', '/v1/session', undefined, headers)).status).toBe(200);
    const wrong = await person.post('/v1/session/password', {
      current: 'not the password',
      next: 'a new long password',
    });
    expect(wrong.status).toBe(401);
    expect((await person.post('/v1/session/password', { current: PASSWORD, next: 'a new long password' })).status).toBe(
      204,
    );
    expect((await world.send('GET', '/v1/session', undefined, headers)).status).toBe(401);
    expect((await person.get('/v1/session')).status).toBe(401);
  });

  it('refuses a cookie that another site sends along', async () => {
    const unit = await world.organisation('authority', 'cookie-unit');
    const person = await world.person(unit, ['admin']);
    const cookie = `clepsydra_session=${person.token}`;
    const own = await world.send(
      'POST',
      '/v1/session/organisation',
      { organisationId: unit.id },
      { cookie, 'sec-fetch-site': 'same-origin' },
    );
    const foreign = await world.send<{ code: string }>(
      'POST',
      '/v1/session/organisation',
      { organisationId: unit.id },
      { cookie, 'sec-fetch-site': 'cross-site' },
    );
    expect(own.status).toBe(201);
    expect(foreign.body.code).toBe('auth.cross-site');
  });

  it('shows an API key once, also to a repeat of the request, and ends it when it is revoked', async () => {
    const unit = await world.organisation('authority', 'key-unit', { competences: ['refer'] });
    const admin = await world.person(unit, ['admin']);
    const wanted = { name: 'import', permissions: ['case.open', 'feed.read'], expiresAt: '2026-12-01T00:00:00Z' };
    const made = await admin.post<{ id: string; key: string; receipt: { entry: { id: string } } }>(
      '/v1/api-keys',
      wanted,
      { 'idempotency-key': 'k1' },
    );
    expect(made.status).toBe(201);
    const repeat = await admin.post<{ id: string; key: null }>('/v1/api-keys', wanted, { 'idempotency-key': 'k1' });
    expect(repeat.body).toMatchObject({ id: made.body.id, key: null });
    const kept = await world.sql.query('select answer from idempotency_key');
    expect(JSON.stringify(kept.rows)).not.toContain(made.body.key);
    const headers = { authorization: `Bearer ${made.body.key}` };
    expect((await world.send('GET', '/v1/feed', undefined, headers)).status).toBe(200);
    expect(
      (await world.send<{ permission: string }>('GET', '/v1/organisations', undefined, headers)).body,
    ).toMatchObject({ permission: 'organisation.read' });
    await admin.post(`/v1/api-keys/${made.body.id}/revoke`);
    expect((await world.send('GET', '/v1/feed', undefined, headers)).status).toBe(401);
  });

  it('gives a key no end that is not an instant', async () => {
    const unit = await world.organisation('authority', 'key-instants', { competences: ['refer'] });
    const admin = await world.person(unit, ['admin']);
    for (const expiresAt of [...NO_INSTANTS, null]) {
      const answer = await admin.post('/v1/api-keys', { name: 'x', permissions: ['feed.read'], expiresAt });
      expect({ expiresAt, ...answer }).toMatchObject({
        expiresAt,
        status: 400,
        body: { code: 'request.invalid', errors: [{ pointer: '/expiresAt' }] },
      });
    }
  });

  it('gives a key nothing that its kind of organisation cannot do', async () => {
    const platform = await world.organisation('platform', 'key-platform');
    const admin = await world.person(platform, ['admin']);
    const answer = await admin.post<{ errors: { pointer: string }[] }>('/v1/api-keys', {
      name: 'x',
      permissions: ['notice.send'],
      expiresAt: '2026-12-01T00:00:00Z',
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({ pointer: '/permissions' });
  });

  it('lets the operator admit an organisation whose first person signs in and brings in a second', async () => {
    const operator = await world.organisation('operator', 'the-operator');
    const clerk = await world.person(operator, ['operator']);
    const wanted = {
      kind: 'platform',
      name: 'Lagoon',
      slug: 'lagoon',
      platformSize: 'small',
      hosts: ['lagoon.example'],
      admin: { email: 'first@lagoon.example', displayName: 'First', roles: ['admin', 'moderator'], password: PASSWORD },
    };
    const made = await clerk.post<{ id: string; hosts: string[] }>('/v1/organisations', wanted);
    expect(made.status).toBe(201);
    expect(made.body.hosts).toEqual(['lagoon.example']);
    expect((await clerk.post<{ code: string }>('/v1/organisations', wanted)).body.code).toBe('organisation.exists');
    const login = await world.send<{ token: string }>('POST', '/v1/session', {
      email: 'first@lagoon.example',
      password: PASSWORD,
    });
    const headers = { authorization: `Bearer ${login.body.token}` };
    const second = { email: 'second@lagoon.example', displayName: 'Second', roles: ['moderator'], password: PASSWORD };
    expect((await world.send('POST', '/v1/people', second, headers)).status).toBe(201);
    const foreignRole = await world.send(
      'POST',
      '/v1/people',
      { ...second, email: 'third@lagoon.example', roles: ['analyst'] },
      headers,
    );
    expect(foreignRole.status).toBe(400);
    const people = await world.send<unknown[]>('GET', '/v1/people', undefined, headers);
    expect(people.body).toHaveLength(2);
    const unit = await world.organisation('authority', 'not-operator', { competences: ['refer'] });
    const outsider = await world.person(unit, ['admin', 'supervisor']);
    expect((await outsider.post('/v1/organisations', { ...wanted, slug: 'other', hosts: [] })).status).toBe(403);
  });

  it('names each fault of a body, and echoes none of its values', async () => {
    const answer = await world.send<{ code: string; type: string; errors: { pointer: string }[] }>(
      'POST',
      '/v1/session',
      { email: 'not an address', password: 5, extra: 'secret' },
    );
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body.errors.map((e) => e.pointer).sort()).toEqual(['/email', '/extra', '/password']);
    expect(JSON.stringify(answer.body)).not.toContain('not an address');
  });
});
