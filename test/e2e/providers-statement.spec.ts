import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProposalView, ProviderFactsDto, ProviderView } from '../../src/accounts/providers/providers.dto';
import { Work, type Actor } from '../../src/infra/database/work';
import type { Answer, Person, World } from '../support/app';
import { draftOrder, EMERGENCY, orderCast, sign, type OrderCast } from '../support/orders';
import { done } from '../support/redress';
import { startQuietWorld } from '../support/referral';

let world: World;
let operator: Person;
beforeAll(async () => {
  world = await startQuietWorld();
  operator = await world.person(await world.organisation('operator', 'registry'), ['operator']);
});
afterAll(() => world.close());

const path = ({ platform }: OrderCast): string => `/v1/providers/${platform.id}`;
const read = (cast: OrderCast, who = cast.analyst): Promise<ProviderView> => done(who.get<ProviderView>(path(cast)));
const state = (cast: OrderCast, facts: ProviderFactsDto): Promise<ProviderView> =>
  done(cast.platformAdmin.post<ProviderView>(path(cast), facts));
const confirm = (cast: OrderCast, who: Person, body: object): Promise<Answer<ProviderView & { code?: string }>> =>
  who.post(`${path(cast)}/confirm`, { note: 'called their representative', ...body });
const MESSAGING = { serviceKind: 'messaging', scopeReasons: 'Letters between two people, says the provider' } as const;

describe('what a provider says of itself', () => {
  it('stops no order: not its scope, its home, nor its languages, until a second party has confirmed it', async () => {
    const cast = await orderCast(world);
    const { id } = await draftOrder(cast, EMERGENCY);
    await sign(cast, id);
    const said = await state(cast, { ...MESSAGING, homeCountry: 'MT', languages: ['mt'] });
    expect(said).toMatchObject({ serviceKind: 'hosting', isInTcoScope: true, homeCountry: 'IE', languages: ['en'] });
    const changes = { ...MESSAGING, homeCountry: 'MT', languages: ['mt'] };
    expect(await read(cast)).toMatchObject({ isInTcoScope: true, ownStatement: { changes } });
    await done(cast.analyst.post(`/v1/notices/${id}/send`, { undoSeconds: 0 }));
  });

  it('takes effect when a person of an authority has confirmed it', async () => {
    const cast = await orderCast(world);
    const { ownStatement } = await state(cast, MESSAGING);
    const accept = [ownStatement?.proposalId];
    expect(await confirm(cast, cast.platformAdmin, { accept })).toMatchObject({
      status: 409,
      body: { code: 'provider.own-proposal' },
    });
    expect((await confirm(cast, cast.analyst, { accept })).status).toBe(403);
    expect(await confirm(cast, cast.supervisor, { accept })).toMatchObject({
      status: 200,
      body: { ...MESSAGING, isInTcoScope: false, ownStatement: null },
    });
    await expect(draftOrder(cast, EMERGENCY)).rejects.toThrow('order.out-of-scope');
  });

  it('is rejected by an authority that finds it otherwise, with its reasons, and by the operator', async () => {
    const cast = await orderCast(world);
    for (const who of [cast.supervisor, operator]) {
      const { ownStatement } = await state(cast, MESSAGING);
      const reject = [ownStatement?.proposalId];
      expect(await confirm(cast, who, { reject })).toMatchObject({
        status: 200,
        body: { serviceKind: 'hosting', scopeReasons: null, ownStatement: null },
      });
    }
  });

  it('is one statement, said anew with each change and ended by saying what is confirmed', async () => {
    const cast = await orderCast(world);
    await state(cast, { homeCountry: 'FR' });
    const { ownStatement } = await state(cast, { languages: ['fr'], referralTargetMinutes: 30 });
    expect(ownStatement?.changes).toEqual({ homeCountry: 'FR', languages: ['fr'] });
    // Said once more as it was said, it is the same: whoever is about to confirm it finds it.
    expect((await state(cast, { homeCountry: 'FR' })).ownStatement).toEqual(ownStatement);
    const proposals = await done(cast.platformAdmin.get<{ items: ProposalView[] }>(`${path(cast)}/proposals`));
    expect(proposals.items.map((each) => each.state).sort()).toEqual(['open', 'rejected']);
    const ended = await state(cast, { homeCountry: 'IE', languages: ['en'] });
    expect(ended).toMatchObject({ ownStatement: null, referralTargetMinutes: 30 });
    expect((await state(cast, { homeCountry: 'IE' })).ownStatement).toBeNull();
  });

  it('needs reasons for a service out of scope, and leaves everything else to the platform', async () => {
    const cast = await orderCast(world);
    const bare = await cast.platformAdmin.post(path(cast), { serviceKind: 'dns' });
    expect(bare).toMatchObject({ status: 400, body: { code: 'provider.scope-unreasoned' } });
    const contacts = [{ kind: 'email', value: 'tco@quay.example' }] as const;
    const own = await state(cast, { legalRepresentative: 'Quay Europe Ltd', contacts: [...contacts] });
    expect(own).toMatchObject({ legalRepresentative: 'Quay Europe Ltd', contacts, ownStatement: null });
  });

  it('is confirmed in what an authority proposes and the platform accepts: two parties as well', async () => {
    const cast = await orderCast(world);
    const note = 'its imprint says so';
    const { id } = await done(
      cast.analyst.post<ProposalView>(`${path(cast)}/proposals`, { changes: { homeCountry: 'FR' }, note }),
      201,
    );
    expect((await confirm(cast, cast.supervisor, { accept: [id] })).body.code).toBe('provider.claimed');
    const { body } = await confirm(cast, cast.platformAdmin, { accept: [id] });
    expect(body).toMatchObject({ homeCountry: 'FR', ownStatement: null });
  });

  it('is not confirmed past the service either, nor is an authority let write anything else', async () => {
    const cast = await orderCast(world);
    const { ownStatement } = await state(cast, { homeCountry: 'MT' });
    const run = (who: Person, kind: string, sql: string): Promise<unknown> => {
      const actor = { organisationId: who.organisation.id, organisationKind: kind, personId: who.personId } as Actor;
      return world.app.get(Work).run(actor, (tx) => tx.query(sql, [cast.platform.id]));
    };
    const entry = (set: string): string => `update provider_entry set ${set} where platform_id = $1`;
    for (const [who, kind, sql] of [
      [cast.platformAdmin, 'platform', entry(`home_country = 'MT'`)],
      [cast.platformAdmin, 'platform', entry(`service_kind = 'dns', scope_reasons = 'names'`)],
      [cast.platformAdmin, 'platform', `update provider_proposal set state = 'accepted', decided_at = now(), decided_by = $1 where platform_id = $1`], // prettier-ignore
      [cast.supervisor, 'authority', entry(`languages = '{mt}'`)],
      [cast.supervisor, 'authority', entry(`home_country = 'MT', referral_target_minutes = 5`)],
    ] as const)
      expect([sql, await run(who, kind, sql).catch((error: { code: string }) => error.code)]).toEqual([sql, '42501']);
    expect((await read(cast)).ownStatement).toEqual(ownStatement);
  });
});

describe('the language of an order', () => {
  it('is always an official one of the home State, whatever the provider declares (Art. 15(2))', async () => {
    const cast = await orderCast(world);
    const { body } = await operator.post<ProviderView>(path(cast), { homeCountry: 'FR', languages: ['mt'] });
    expect(body).toMatchObject({ languages: ['mt'], gaps: expect.arrayContaining(['language_of_home']) as unknown });
    expect((await draftOrder(cast, { ...EMERGENCY, language: 'fr' })).state).toBe('draft');
    await expect(draftOrder(cast, { ...EMERGENCY, language: 'de' })).rejects.toThrow('order.language-not-accepted');
  });
});
