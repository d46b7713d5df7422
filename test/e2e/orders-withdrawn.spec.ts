import { startWorld, type World } from '../support/app';
import * as images from '../support/images';
import { assess, EMERGENCY, hostOf, order, orderCast, sign, type OrderCast } from '../support/orders';
import { done } from '../support/redress';
import { freshUrl } from '../support/referral';

let world: World;
let cast: OrderCast;
let serial = 0;

beforeAll(async () => {
  world = await startWorld();
  cast = await orderCast(world);
});
afterAll(() => world?.close());

interface Subject {
  readonly caseId: string;
  readonly exhibitId: string;
  /** Made from the exhibit before there was an order. */
  readonly signalId: string;
}

async function contribute(exhibitId: string, types: readonly string[], more: object = {}): Promise<string> {
  const labels = { category: 'incitement', ideology: 'other' };
  const body = { labels, types, ...more };
  const made = await done(cast.analyst.post<{ signals: { signalId: string }[] }>(`/v1/exhibits/${exhibitId}/signals`, body)); // prettier-ignore
  return made.signals[0]!.signalId;
}

/** A case with an address and a picture of it, of which a hash is contributed. */
async function subject(): Promise<Subject> {
  serial += 1;
  const form = new FormData();
  const items = [{ url: freshUrl(hostOf(cast)) }];
  form.append('case', JSON.stringify({ category: 'incitement', ideology: 'other', items }));
  const picture = new Blob([new Uint8Array(await images.sceneJpeg(1200 + serial))], { type: 'image/jpeg' });
  form.append('file[0]', picture, 'a.jpg');
  const { id, exhibits } = await done(cast.analyst.form<{ id: string; exhibits: { id: string }[] }>('/v1/cases', form), 201); // prettier-ignore
  const exhibitId = exhibits[0]!.id;
  return { caseId: id, exhibitId, signalId: await contribute(exhibitId, ['sha256']) };
}

async function drafted({ caseId }: Subject): Promise<string> {
  const { id: assessmentId } = await assess(cast.analyst, caseId);
  return (await done(cast.analyst.post<{ id: string }>('/v1/orders', order(caseId, assessmentId, EMERGENCY)), 201)).id;
}

const withdraw = (id: string): Promise<unknown> =>
  done(cast.analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'The wrong address' }));
const stateOf = async (signalId: string): Promise<string> =>
  (await done(cast.analyst.get<{ state: string }>(`/v1/signals/${signalId}`))).state;

describe('an order that its issuer takes back', () => {
  it('takes along what was contributed because of it: what names it, and what its issuer had made before', async () => {
    const about = await subject();
    const id = await drafted(about);
    await sign(cast, id);
    await done(cast.analyst.post(`/v1/notices/${id}/send`));
    const naming = await contribute(about.exhibitId, ['pdq'], { noticeId: id });
    expect([await stateOf(about.signalId), await stateOf(naming)]).toEqual(['active', 'active']);
    await withdraw(id);
    expect([await stateOf(about.signalId), await stateOf(naming)]).toEqual(['withdrawn', 'withdrawn']);
    const { rows } = await world.sql.query<{ end_ground: string }>(
      'select end_ground from signal_contribution where signal_id = any ($1)',
      [[about.signalId, naming]],
    );
    expect(rows.map(({ end_ground }) => end_ground)).toEqual(['order_annulled', 'order_annulled']);
  });

  it('leaves what was contributed where it never left: a draft that is dropped said nothing of the content', async () => {
    const about = await subject();
    await withdraw(await drafted(about));
    expect(await stateOf(about.signalId)).toBe('active');
  });

  it('is not like a referral that is withdrawn: a hash does not stand on what was only proposed', async () => {
    const about = await subject();
    const body = { caseId: about.caseId, kind: 'referral', grounds: 'Terms' };
    const { id } = await done(cast.analyst.post<{ id: string }>('/v1/notices', body), 201);
    await done(cast.analyst.post(`/v1/notices/${id}/send`));
    await withdraw(id);
    expect(await stateOf(about.signalId)).toBe('active');
  });
});
