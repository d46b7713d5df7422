import type { ClaimView, NewClaimView } from '../../src/accounts/providers/claims/claims.dto';
import type { ProviderView } from '../../src/accounts/providers/providers.dto';
import type { Answer, Person, World } from '../support/app';
import { FakeWorld } from '../support/provider-world';
import { startQuietWorld } from '../support/referral';

interface Problem {
  readonly type: string;
  readonly state?: string;
}

const FILE = '/.well-known/clepsydra-claim.txt';
const PASSWORD = 'a long enough pass phrase';

describe('a platform that claims its entry', () => {
  let world: World;
  let outside: FakeWorld;
  let operator: Person;
  let analyst: Person;

  beforeAll(async () => {
    world = await startQuietWorld();
    outside = await new FakeWorld().stand(world);
    ({ analyst } = await world.cast());
    operator = await world.person(await world.organisation('operator', 'registry'), ['operator']);
  });
  afterAll(async () => {
    await world.close();
    await outside.close();
  });

  let client = 0;
  /** Without a login, each from an address of its own: how often one may ask is another story. */
  const post = <T>(url: string, body: object): Promise<Answer<T>> =>
    world.app
      .inject({ method: 'POST', url, payload: body, remoteAddress: `198.51.100.${++client % 250}` })
      .then((answer) => ({ status: answer.statusCode, body: answer.json<T>(), headers: answer.headers }));
  async function claim(host: string, adminEmail = `admin@${host}`): Promise<NewClaimView> {
    const answer = await post<NewClaimView>('/v1/provider-claims', {
      host,
      name: 'Brook',
      adminEmail,
      adminName: 'B. Rook',
    });
    expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
    return answer.body;
  }
  const prove = ({ id, secret }: NewClaimView, proof = 'https') =>
    post<Problem & { state: string }>(`/v1/provider-claims/${id}/prove`, { secret, proof });
  const confirm = ({ id }: { id: string }, more: object = {}) =>
    operator.post<ClaimView & Problem>(`/v1/provider-claims/${id}/confirm`, {
      note: 'called the number in its imprint',
      ...more,
    });
  const accept = ({ id, secret }: NewClaimView, password = PASSWORD) =>
    post<Problem & { state: string }>(`/v1/provider-claims/${id}/accept`, { secret, password });
  const signIn = (email: string, password = PASSWORD) =>
    post<{ token: string; organisation: { id: string; name: string } }>('/v1/session', { email, password });
  async function proven(host: string): Promise<NewClaimView> {
    const made = await claim(host);
    outside.host(host, FILE, { body: `${made.token}\n` });
    expect((await prove(made)).body.state).toBe('proven');
    return made;
  }
  /** The platform as an analyst made it, by coming across its host. */
  async function provisional(host: string): Promise<string> {
    const answer = await analyst.post<{ items: { platform: { id: string } }[] }>('/v1/cases', {
      category: 'threat',
      ideology: 'unknown',
      items: [{ url: `https://${host}/post/1` }],
    });
    return answer.body.items[0]!.platform.id;
  }

  it('proves its host by a token, is confirmed by a person, and its first person comes in', async () => {
    const id = await provisional('brook.example');
    const made = await claim('brook.example');
    expect(made).toMatchObject({
      fileAddress: `https://brook.example${FILE}`,
      dnsName: '_clepsydra-claim.brook.example',
    });
    expect((await accept(made)).status).toBe(409);
    expect([(await prove(made)).status, (await confirm(made)).status]).toEqual([409, 409]);
    outside.host('brook.example', FILE, { body: `# ours\n${made.token}\n` });
    expect((await prove(made)).body.state).toBe('proven');
    const done = await confirm(made, { platformSize: 'small', country: 'IE' });
    expect([done.status, done.body.platformId]).toEqual([200, id]);
    expect((await analyst.get<ProviderView>(`/v1/providers/${id}`)).body).toMatchObject({
      isClaimed: true,
      name: 'Brook',
    });
    expect((await accept(made)).body.state).toBe('accepted');
    expect((await accept(made)).status).toBe(409);
    const session = await signIn('admin@brook.example');
    expect([session.status, session.body.organisation.id]).toEqual([201, id]);
    const changed = await world.send(
      'POST',
      `/v1/providers/${id}`,
      { languages: ['en'] },
      { authorization: `Bearer ${session.body.token}` },
    );
    expect(changed.status).toBe(200);
  });

  it('may prove it by a DNS record, and stands here then although nobody had come across it', async () => {
    const made = await claim('rill.example');
    outside.txt.set(made.dnsName, ['v=spf1 -all', made.token]);
    expect((await prove(made, 'dns')).status).toBe(200);
    const { body } = await confirm(made);
    expect((await analyst.get<ProviderView>(`/v1/providers/${body.platformId}`)).body.hosts).toEqual(['rill.example']);
  });

  it('is not believed for a page in HTML, a redirect, a part of the token or another claim’s', async () => {
    const [made, other] = [await claim('ford.example'), await claim('ford.example')];
    const lies = [
      { body: made.token, type: 'text/html' },
      { status: 302, headers: { location: outside.url('/token') } },
      { body: made.token.slice(0, -1) },
      { body: `see ${made.token}` },
      { body: other.token },
    ];
    outside.pages.set('/token', { body: made.token });
    for (const lie of lies) {
      outside.host('ford.example', FILE, lie);
      expect([lie, (await prove(made)).body.type]).toEqual([lie, expect.stringMatching(/provider-claim\.unproven$/)]);
    }
  });

  it('is nothing to whoever has not its secret, and ends after ten tries', async () => {
    const made = await claim('weir.example');
    expect((await prove({ ...made, secret: 'guess' })).status).toBe(404);
    expect((await accept({ ...made, secret: 'guess' })).status).toBe(404);
    for (let i = 0; i < 10; i++) await prove(made);
    outside.host('weir.example', FILE, { body: made.token });
    expect((await prove(made)).status).toBe(409);
    for (const who of [analyst]) expect((await who.get('/v1/provider-claims')).status).toBe(403);
  });

  it('takes over no platform that has people, or was given to another claim', async () => {
    const taken = await proven('harbour.example');
    expect((await confirm(taken)).body.type).toMatch(/provider\.claimed$/);
    const [first, second] = [await proven('lock.example'), await proven('lock.example')];
    const outcomes = await Promise.all([confirm(first), confirm(second)]);
    expect(outcomes.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    const [held, waiting] = outcomes[0].status === 200 ? [first, second] : [second, first];
    expect((await operator.post(`/v1/provider-claims/${held.id}/refuse`, { reason: 'the wrong one' })).status).toBe(
      200,
    );
    expect([(await accept(held)).status, (await confirm(waiting)).status]).toEqual([409, 200]);
  });

  it('gets nothing of a platform by a name below its own', async () => {
    await provisional('delta.example');
    const made = await proven('user.delta.example');
    expect((await confirm(made)).body.type).toMatch(/provider-claim\.host-above$/);
  });

  it('never gives a password to a person who was here before', async () => {
    const person = await world.person(await world.organisation('platform', 'older'), ['moderator']);
    const { rows } = await world.sql.query<{ email: string }>('select email from person where id = $1', [
      person.personId,
    ]);
    const email = rows[0]!.email;
    const made = await claim('bayou.example', email);
    outside.host('bayou.example', FILE, { body: made.token });
    await prove(made);
    const { body } = await confirm(made);
    expect((await accept(made)).body.state).toBe('accepted');
    expect((await signIn(email)).status).toBe(401);
    const members = await world.sql.query('select person_id from membership where organisation_id = $1', [
      body.platformId,
    ]);
    expect(members.rows).toEqual([{ person_id: person.personId }]);
  });
});
