import type { NoticeView } from '../../src/notices/notice.view';
import type { CastOrganisation, Person, World } from './app';
import type { MailSink } from './mail';
import { eventually, notice, refer } from './referral';
import { mailedLink, type MailedLink } from './reply';

export interface Mailed {
  readonly id: string;
  readonly platform: CastOrganisation;
  readonly admin: Person;
  readonly address: string;
  readonly link: MailedLink;
  readonly items: NoticeView['items'];
}

let serial = 0;

/** A referral that a platform of two people has by mail, and by nothing else. */
export async function mailed(
  { world, sink, analyst }: { readonly world: World; readonly sink: MailSink; readonly analyst: Person },
  { posts = 1, language = 'en' } = {},
): Promise<Mailed> {
  serial += 1;
  const [slug, address] = [`small-${serial}`, `tco-${serial}@own.example`];
  const platform = await world.organisation('platform', slug, { hosts: [`${slug}.example`], inbox: false });
  const admin = await world.person(platform, ['admin', 'moderator']);
  await admin.post('/v1/contact-points', { channel: 'mail', position: 0, address, language });
  const urls = Array.from({ length: posts }, (_, i) => `https://${slug}.example/posts/${i + 1}`);
  const { id } = await refer(analyst, urls);
  const { items } = await eventually(
    () => notice(analyst, id),
    ({ state }) => state === 'received',
  );
  return { id, platform, admin, address, items, link: await mailedLink(sink, address) };
}
