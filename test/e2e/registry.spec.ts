import { assertMayOrder } from '../../src/accounts/registry/registry.queries';
import type { AuthorityView } from '../../src/accounts/registry/registry.dto';
import { Work } from '../../src/infra/database/work';
import type { CastOrganisation, Person, World } from '../support/app';
import { startQuietWorld } from '../support/referral';

const ENTRY = {
  name: 'Central Unit for Online Content',
  country: 'FR',
  competences: ['order', 'scrutinise'],
  contactPoint: 'orders@central-unit.example',
  telephone: '+33 1 00 00 00 00',
  languages: ['fr', 'en'],
  sourceUrl: 'https://register.example/authorities',
  sourceDate: '2026-02-20',
};

interface Problem {
  readonly type: string;
  readonly reason?: string;
}

describe('the register of authorities', () => {
  let world: World;
  let operator: Person;
  let unit: CastOrganisation;
  let analyst: Person;

  beforeAll(async () => {
    world = await startQuietWorld();
    ({ unit, analyst } = await world.cast());
    operator = await world.person(await world.organisation('operator', 'registry'), ['operator']);
  });
  afterAll(() => world.close());

  const enter = (more: object = {}) => operator.post<AuthorityView>('/v1/authorities', { ...ENTRY, ...more });
  const listed = async (query = ''): Promise<AuthorityView[]> =>
    (await world.anonymous<{ items: AuthorityView[] }>(`/v1/authorities${query}`)).body.items;
  const orderedBy = (organisationId: string): Promise<unknown> =>
    world.app
      .get(Work)
      .asWorker((tx) => assertMayOrder(tx, organisationId))
      .then(
        () => 'may',
        ({ code, details }: { code: string; details: { reason: string } }) => `${code} ${details.reason}`,
      );

  it('is read by anybody without a login, with a telephone to ask whether an order is genuine', async () => {
    const { status, body } = await enter({ name: 'A Unit Elsewhere', country: 'ES' });
    expect(status).toBe(201);
    expect(await listed('?country=ES')).toEqual([
      expect.objectContaining({
        id: body.id,
        organisationId: null,
        mayOrder: true,
        telephone: ENTRY.telephone,
        sourceUrl: ENTRY.sourceUrl,
        sourceDate: ENTRY.sourceDate,
        confirmedAt: world.clock.now().toISOString(),
      }),
    ]);
    expect((await world.anonymous<AuthorityView>(`/v1/authorities/${body.id}`)).body.name).toBe('A Unit Elsewhere');
    expect(await listed('?country=ES&competence=penalise')).toEqual([]);
  });

  it('is kept by the operator alone', async () => {
    const admin = await world.person(unit, ['admin', 'supervisor']);
    for (const who of [analyst, admin]) expect((await who.post('/v1/authorities', ENTRY)).status).toBe(403);
    expect((await world.send('POST', '/v1/authorities', ENTRY)).status).toBe(401);
    const app = await world.sql.query(
      `select column_name from information_schema.column_privileges where grantee = 'clepsydra_app' and table_name = 'authority_entry' and privilege_type = 'SELECT' and column_name = 'confirmed_by'`,
    );
    expect(app.rows).toEqual([]);
  });

  it('lets nobody order who is not in it, whatever their organisation’s own record says', async () => {
    const ordering = await world.organisation('authority', 'self-made', { competences: ['refer', 'order'] });
    expect(await orderedBy(ordering.id)).toBe('authority.may-not-order not_registered');
    const { body } = await enter({ organisationId: ordering.id, competences: ['penalise'] });
    expect(await orderedBy(ordering.id)).toBe('authority.may-not-order not_competent');
    await operator.post(`/v1/authorities/${body.id}`, { ...ENTRY, version: body.version });
    expect(await orderedBy(ordering.id)).toBe('may');
    expect((await operator.post(`/v1/authorities/${body.id}/remove`, { reason: 'designation ended' })).status).toBe(
      200,
    );
    expect(await orderedBy(ordering.id)).toBe('authority.may-not-order not_registered');
    expect((await world.anonymous(`/v1/authorities/${body.id}`)).status).toBe(404);
  });

  it('takes an authority outside the Union, which can refer and cannot order', async () => {
    const outside = await world.organisation('authority', 'outside', { competences: ['refer'], country: 'TG' });
    const refused = await operator.post<Problem>('/v1/authorities', {
      ...ENTRY,
      organisationId: outside.id,
      country: 'TG',
    });
    expect([refused.status, refused.body.type]).toEqual([400, expect.stringMatching(/authority\.not-a-member-state$/)]);
    const { status, body } = await enter({ organisationId: outside.id, country: 'TG', competences: [] });
    expect([status, body.mayOrder]).toEqual([201, false]);
    expect(await orderedBy(outside.id)).toBe('authority.may-not-order not_a_member_state');
  });

  it('has one entry for one organisation, and refuses a change of what somebody else has changed', async () => {
    const { body } = await enter({ organisationId: unit.id });
    expect((await enter({ organisationId: unit.id })).status).toBe(409);
    expect((await enter({ organisationId: operator.organisation.id })).status).toBe(400);
    const changed = await operator.post<AuthorityView>(`/v1/authorities/${body.id}`, {
      ...ENTRY,
      name: 'Renamed',
      version: 1,
    });
    expect(changed.body).toMatchObject({ name: 'Renamed', version: 2, organisationId: unit.id });
    expect((await operator.post(`/v1/authorities/${body.id}`, { ...ENTRY, version: 1 })).status).toBe(409);
  });

  it('says in the ledger what was entered, from which source', async () => {
    const { rows } = await world.sql.query<{ kind: string; body: string }>(
      `select e.kind, b.body from ledger_entry e join ledger_body b on b.entry_id = e.id and b.part = 'shared'
       where e.kind like 'authority.%' order by e.id`,
    );
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(
      new Set(['authority.registered', 'authority.changed', 'authority.removed']),
    );
    expect(rows[0]?.body).toContain(ENTRY.sourceUrl);
  });
});
