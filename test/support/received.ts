import { v7 as uuidv7 } from 'uuid';
import { annexI, type AnnexI, type Form } from '../../src/domain/forms/forms';
import { jwsOf, thumbprintOf, toBase64url } from '../../src/domain/forms/jws';
import { newEd25519, signerOf } from '../../src/notices/forms/ed25519';
import { renderForm } from '../../src/notices/forms/render-form';
import type { NoticeView } from '../../src/notices/notice.view';
import type { ReceivedOrderDetailView } from '../../src/notices/received/received.dto';
import { minutes, type Answer, type CastOrganisation, type Person, type World } from './app';
import { ORDER } from './forms';

/** Who signs elsewhere: a key of which this installation knows nothing. */
export class OutsideKey {
  private readonly pair = newEd25519();
  readonly kid = thumbprintOf(this.pair.publicKey);
  readonly x = toBase64url(this.pair.publicKey);
  readonly publicKey = Buffer.from(this.pair.publicKey);

  sign(form: Form): string {
    return jwsOf(form, this.kid, signerOf(this.pair.seed));
  }
}

let serial = 0;

/** A removal order of Unit A, France, to Harbour in Ireland, issued at nine o'clock. */
export function outsideOrder({
  a = {},
  e = {},
  urls = [`https://harbour.example/outside/${++serial}`],
}: {
  readonly a?: Partial<AnnexI['a']>;
  readonly e?: Partial<AnnexI['e']>;
  readonly urls?: readonly string[];
} = {}): Form {
  return annexI({
    ...ORDER,
    a: {
      ...ORDER.a,
      addressee: 'Harbour',
      contactPoint: 'harbour.example',
      issuedAt: '2026-03-02T07:00:00Z',
      reference: `OUT-${++serial}`,
      ...a,
    },
    b: { ...ORDER.b, targets: urls.map((url) => ({ url, additionalInfo: 'From minute 2' })) },
    c: { nonDisclosure: false },
    e: { ...ORDER.e, ...e },
  });
}

/** The same order, with something else in it. */
export function withContent(form: Form, more: (content: AnnexI) => AnnexI): Form {
  if (form.form !== 'annex-i') throw new Error('no order');
  return annexI(more(form.content));
}

export interface ReceivingCast {
  readonly platform: CastOrganisation;
  readonly moderator: Person;
  readonly colleague: Person;
  /** Of Unit A in the register, which is of no organisation here. */
  readonly authorityId: string;
  /** Of the world's clock. */
  readonly at: (minutesAgo: number) => string;
  readonly noticeOf: (id: string | null | undefined) => Promise<NoticeView>;
}

/** An entry of the register of authorities. */
export async function registerAuthority(
  world: World,
  { name = 'Unit A', country = 'FR', competences = ['order'], organisationId = null as string | null } = {},
): Promise<string> {
  const id = uuidv7();
  await world.sql.query(
    `insert into authority_entry (id, organisation_id, name, country, competences, contact_point, telephone, languages, source_url,
       source_date, confirmed_by, confirmed_at)
     values ($1, $2, $3, $4, $5, 'duty@unit-a.example', '+33 1 00 00 00 17', '{fr}', 'https://register.example/', '2026-01-01', $1, now())`,
    [id, organisationId, name, country, competences],
  );
  return id;
}

export async function receivingCast(world: World): Promise<ReceivingCast> {
  const platform = await world.organisation('platform', 'harbour', {
    name: 'Harbour',
    platformSize: 'small',
    hosts: ['harbour.example'],
  });
  await world.sql.query(
    `insert into provider_entry (platform_id, home_country, languages, service_kind, changed_at, confirmed_at, confirmed_by)
     values ($1, 'IE', array['en'], 'hosting', now(), now(), gen_random_uuid())`,
    [platform.id],
  );
  const moderator = await world.person(platform, ['moderator']);
  return {
    platform,
    moderator,
    colleague: await world.person(platform, ['moderator']),
    authorityId: await registerAuthority(world),
    at: (minutesAgo) => new Date(world.clock.now().getTime() - minutes(minutesAgo)).toISOString(),
    noticeOf: async (id) => (await moderator.get<NoticeView>(`/v1/notices/${id}`)).body,
  };
}

export const pdfOf = async (form: Form, key?: OutsideKey, jws = key?.sign(form)): Promise<Uint8Array> =>
  renderForm(form, 'en', key && jws ? { jws: { kid: key.kid, compact: jws } } : {});

export function handInFile(
  person: Person,
  file: Uint8Array | string,
  order: object = {},
  headers: Record<string, string> = {},
): Promise<Answer<ReceivedOrderDetailView>> {
  const form = new FormData();
  form.append('order', JSON.stringify({ channel: 'mail', ...order }));
  form.append('file', new Blob([typeof file === 'string' ? file : Uint8Array.from(file)]), 'order.pdf');
  return person.form<ReceivedOrderDetailView>('/v1/received-orders', form, headers);
}

/** The form as JSON, signed by `key` if there is one. */
export const handIn = (person: Person, form: Form, key?: OutsideKey, order: object = {}) =>
  handInFile(person, JSON.stringify({ form, ...(key ? { jws: key.sign(form) } : {}) }), order);

/** Two people find it genuine, by the authority's key if there is one. */
export async function findGenuine(
  { moderator, colleague, authorityId }: ReceivingCast,
  id: string,
  key?: OutsideKey,
): Promise<Answer<ReceivedOrderDetailView>> {
  const body = { authorityId, ...(key ? { publicKey: key.x } : {}), reason: 'Called the number of the register' };
  const asked = await moderator.post<ReceivedOrderDetailView>(`/v1/received-orders/${id}/genuine`, body);
  if (asked.status !== 202) return asked;
  return colleague.post<ReceivedOrderDetailView>(`/v1/received-orders/${id}/genuine`, body);
}

/** Kinds of the entries about a received order, in their order, with their dimensions. */
export async function entriesOf(
  world: World,
  id: string,
): Promise<{ kind: string; dims: Record<string, unknown>; audience: string[] }[]> {
  const { rows } = await world.sql.query<{ bytes: Buffer; audience: string[] }>(
    `select e.bytes, e.audience from ledger_entry e where convert_from(e.bytes, 'UTF8')::jsonb #>> '{subjects,receivedOrder}' = $1 order by e.id`,
    [id],
  );
  return rows.map(({ bytes, audience }) => {
    const { kind, dims } = JSON.parse(bytes.toString('utf8')) as { kind: string; dims: Record<string, unknown> };
    return { kind, dims, audience };
  });
}
