import { Webhook } from 'standardwebhooks';
import type { DeliveryView, NewWebhookView } from '../../src/deliveries/deliveries.dto';
import { SettableClock } from '../../src/infra/clock-source';
import type { NoticeView } from '../../src/notices/notice.view';
import { startWorld, type Person, type World } from './app';
import { PlatformSystem, type Call } from './platform-system';
import { eventually, hurry, notice, refer } from './referral';

export interface HookedPlatform {
  readonly admin: Person;
  readonly path: string;
  readonly webhook: NewWebhookView;
  readonly refer: () => Promise<NoticeView>;
}

/** A world with somebody who refers, and the systems of platforms that are told by webhook. */
export class WebhookWorld {
  private serial = 0;

  private constructor(
    readonly world: World,
    readonly analyst: Person,
    readonly system: PlatformSystem,
  ) {}

  static async start(): Promise<WebhookWorld> {
    const system = await new PlatformSystem().listen();
    // Receivers refuse a signature that is older than five minutes by their own clock.
    const world = await startWorld({ clock: new SettableClock(new Date()) });
    return new WebhookWorld(world, (await world.cast()).analyst, system);
  }

  async close(): Promise<void> {
    await this.world.close();
    await this.system.close();
  }

  /** A platform with a webhook at a path of its own; its inbox comes after, unless it has none. */
  async platformAt({ prefix = '/hook', inbox = true } = {}): Promise<HookedPlatform> {
    this.serial += 1;
    const [slug, path] = [`platform-${this.serial}`, `${prefix}-${this.serial}`];
    const organisation = await this.world.organisation('platform', slug, { hosts: [`${slug}.example`], inbox });
    const admin = await this.world.person(organisation, ['admin', 'moderator']);
    const made = await admin.post<NewWebhookView>('/v1/webhooks', { url: this.system.url(path) });
    expect(made.status).toBe(201);
    let posts = 0;
    const url = (): string => `https://${slug}.example/posts/${++posts}`;
    return { admin, path, webhook: made.body, refer: () => refer(this.analyst, [url()]) };
  }

  async deliveriesOf(id: string): Promise<DeliveryView[]> {
    return (await this.analyst.get<DeliveryView[]>(`/v1/notices/${id}/deliveries`)).body;
  }

  /** Lets every job that waits for a retry begin now. */
  hurry(): Promise<unknown> {
    return hurry(this.world);
  }

  untilReceived(id: string): Promise<NoticeView> {
    return eventually(
      () => notice(this.analyst, id),
      ({ state }) => state === 'received',
    );
  }

  /** Whatever waits for a retry is hurried until then. */
  hurriedUntil(id: string, isSo: (view: NoticeView) => boolean): Promise<NoticeView> {
    return eventually(async () => {
      await this.hurry();
      return notice(this.analyst, id);
    }, isSo);
  }

  /** How many entries of a kind the ledger has of a notice. */
  async entries(id: string, kind: string): Promise<number> {
    const asked = 'select 1 from ledger_entry where notice_id = $1 and kind = $2';
    return (await this.world.sql.query(asked, [id, kind])).rows.length;
  }
}

/** What the library of the standard makes of a message; it throws when the signature is not good. */
export function verified(secret: string | null, call: Call | undefined): unknown {
  const headers = Object.entries(call?.headers ?? {}).map(([name, value]) => [name, String(value)]);
  return new Webhook(secret ?? '').verify(call?.body ?? '', Object.fromEntries(headers));
}
