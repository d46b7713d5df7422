import type { Form } from '../../src/domain/forms/forms';
import type { SignedFormView } from '../../src/notices/orders/orders.dto';
import { openForm, parseKeys, verifyForm } from '../support/sdk-forms';
import type { Person, World } from '../support/app';
import { ONE_OF_EACH } from '../support/forms';
import { orderCast, sendOrder, type OrderCast } from '../support/orders';
import { startQuietWorld } from '../support/referral';

/*
 * Acceptance 9, as far as this installation signs: JSON → PDF → JSON through the API, and the signature checked by the SDK without
 * a network. Time stamps of RFC 3161 come with the vault's.
 */
let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
});
afterAll(() => world?.close());

async function pdf(who: Person, method: 'GET' | 'POST', url: string, payload?: object): Promise<Buffer> {
  const headers = { authorization: `Bearer ${who.token}` };
  const answer = await world.app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/pdf']);
  return answer.rawPayload;
}

async function read(who: Person, bytes: Buffer): Promise<{ form: Form; jws: string | null }> {
  const parts = new FormData();
  parts.append('file', new Blob([Uint8Array.from(bytes)], { type: 'application/pdf' }), 'form.pdf');
  const { status, body } = await who.form<{ form: Form; jws: string | null }>('/v1/forms/read', parts);
  expect(status).toBe(200);
  return body;
}

describe('a form on its way through a document (acceptance 9)', () => {
  it.each(['en', 'fr', 'de', 'mt'])(
    'is the order that was signed, and the SDK verifies it offline: %s',
    async (language) => {
      const sent = await sendOrder(cast);
      const { body: signed } = await cast.moderator.get<SignedFormView>(`/v1/notices/${sent.id}/form`);
      const drawn = await pdf(cast.moderator, 'GET', `/v1/notices/${sent.id}/form.pdf?language=${language}`);
      expect(await read(cast.moderator, drawn)).toMatchObject({ form: signed.form, jws: signed.jws });
      const published = await world.anonymous(`/v1/authorities/${cast.unit.id}/keys`);
      expect(published.status).toBe(200);
      const keys = parseKeys(JSON.stringify(published.body));
      const opened = openForm(drawn);
      expect(opened).toEqual({ form: signed.form, jws: signed.jws });
      expect(verifyForm(opened.form, opened.jws ?? '', keys)).toEqual({ ok: true, kid: signed.kid });
    },
  );

  it('and is not the order that was signed when a word of it, its signature or its authority is another', async () => {
    const sent = await sendOrder(cast);
    const drawn = await pdf(cast.moderator, 'GET', `/v1/notices/${sent.id}/form.pdf`);
    const { form, jws } = openForm(drawn);
    const keysOf = async (id: string): Promise<ReturnType<typeof parseKeys>> =>
      parseKeys(JSON.stringify((await world.anonymous(`/v1/authorities/${id}/keys`)).body));
    const keys = await keysOf(cast.unit.id);
    const other = await orderCast(world);
    await sendOrder(other);
    const changed = JSON.parse(JSON.stringify(form).replace(sent.reference, 'ANOTHER-2026-000001')) as Form;
    expect(changed).not.toEqual(form);
    expect(verifyForm(changed, jws ?? '', keys)).toMatchObject({ ok: false });
    expect(verifyForm(form, `${jws?.slice(0, -8)}AAAAAAAA`, keys)).toMatchObject({ ok: false });
    expect(verifyForm(form, jws ?? '', await keysOf(other.unit.id))).toMatchObject({ ok: false });
  });

  it.each(ONE_OF_EACH.filter(({ form }) => form.startsWith('annex')))(
    'is the data from which it was drawn: $form',
    async (each) => {
      const drawn = await pdf(cast.moderator, 'POST', '/v1/forms/pdf?language=fr', each);
      expect(await read(cast.analyst, drawn)).toEqual({ form: each, jws: null });
      expect(openForm(drawn)).toEqual({ form: each, jws: null });
      const again = await pdf(cast.analyst, 'POST', '/v1/forms/pdf?language=de', openForm(drawn).form);
      expect(openForm(again).form).toEqual(each);
    },
  );
});
