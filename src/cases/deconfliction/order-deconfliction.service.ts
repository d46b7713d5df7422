import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import type { OrderAnswerView, OrderHolderView, StandingOrderView } from './deconfliction.dto';
import { OrderTokens, type OrderToken, type Subject } from './order-tokens';

/** Items that one person may ask about in a day: the answers tell what others work on. */
export const QUESTIONS_PER_PERSON_AND_DAY = 2_000;
/** For all keys of an organisation together. */
export const QUESTIONS_OF_KEYS_AND_DAY = 10_000;

const DAY_MS = 86_400_000;
const ORDER_LOCK = 36;
const LOCKS = 64;
const SUBJECTS = `select i.id as "itemId", i.kind, i.identity, i.platform_id as "platformId",
    coalesce((select array_agg(distinct e.sha256) from exhibit e where e.item_id = i.id), '{}') as sha256
  from content_item i where i.id = any ($1) order by i.id`;
const STANDING = `select s.token, s.kind, s.organisation_id as "organisationId", s.notice_id as "noticeId", coalesce(a.name, o.name) as authority,
    a.contact_point as "contactPoint", a.telephone
  from standing_orders($1) s join organisation o on o.id = s.organisation_id
    left join authority_entry a on a.organisation_id = o.id and a.removed_at is null`;

interface StandingRow extends OrderHolderView {
  readonly token: Buffer;
  readonly kind: OrderToken['kind'];
  readonly organisationId: string;
  readonly noticeId: string | null;
}

/**
 * Whether another body has an order on the same subject (rec. 36): tells that there is one and whom to call, and nothing about its
 * case, its time or its content. Of one's own orders it names the notice.
 */
@Injectable()
export class OrderDeconfliction {
  private hasRightKey = false;

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly tokens: OrderTokens,
  ) {}

  /**
   * Asks, and has the question kept: counted against the day of whoever asks and written into the ledger, in a transaction of its
   * own, because what the answer told stays told when the caller's work is undone.
   * @throws DomainError `order.questions-spent`; `order.key-differs`; `request.not-found` for an item that is not the actor's
   */
  async ask(actor: Actor, itemIds: readonly string[]): Promise<OrderAnswerView> {
    const asked = [...new Set(itemIds)];
    const at = this.clock.now();
    await this.requireKey();
    return this.work.aside(actor, async (tx) => {
      const tokens = this.tokens.of(await subjectsOf(tx, asked));
      await takeQuestions(tx, actor, asked.length, at);
      const standing = await standingOn(tx, actor, tokens);
      const isClear = standing.every(({ on }) => on !== 'subject');
      const [only] = asked;
      await append(tx, {
        kind: 'order.duplicates-asked',
        actor,
        at,
        subjects: asked.length === 1 && only ? { item: only } : {},
        dims: { items: asked.length, isClear },
        internal: { itemIds: asked },
        audience: [actor.organisationId],
      });
      return { isClear, standing };
    });
  }

  /**
   * For whoever is about to let an order go. To be called before the transaction that does it, never inside: see `ask`.
   * @param noticeId the order itself: a request that comes again after it went out finds it standing, and that is no duplicate
   * @throws DomainError `order.duplicate` with `standing`, and what `ask` throws
   */
  async assertNoOtherOrder(actor: Actor, itemIds: readonly string[], noticeId?: string): Promise<void> {
    const { standing } = await this.ask(actor, itemIds);
    assertNoneBut(noticeId, standing);
  }

  /**
   * From here on this order stands. In the transaction that lets it go, as the app role of its sender; a second body that does
   * the same at the same instant waits for this transaction and is refused. After `assertNoOtherOrder`. Repeating it for one notice changes nothing.
   * @throws DomainError `order.duplicate`
   */
  async recordOrderTokens(tx: Tx, actor: Actor, noticeId: string, itemIds: readonly string[]): Promise<void> {
    const tokens = this.tokens.of(await subjectsOf(tx, [...new Set(itemIds)]));
    await waitForOthers(tx, tokens);
    assertNoneBut(noticeId, await standingOn(tx, actor, tokens));
    await tx.query(
      `insert into order_token (token, notice_id, organisation_id, kind, recorded_at)
         select t.token, $3, $4, t.kind, $5 from unnest($1::bytea[], $2::text[]) with ordinality as t (token, kind, n) order by t.n
       on conflict (notice_id, token, kind) where released_at is null do nothing`,
      [
        tokens.map(({ token }) => token),
        tokens.map(({ kind }) => kind),
        noticeId,
        actor.organisationId,
        this.clock.now(),
      ],
    );
  }

  /** A node with a key of its own would answer that nothing stands. Asked once; `recordOrderTokens` comes after `ask`. */
  private async requireKey(): Promise<void> {
    if (this.hasRightKey) return;
    const [row] = await this.work.asWorker((tx) =>
      tx.query<{ is_key: boolean }[]>('select is_order_key($1) as is_key', [this.tokens.fingerprint]),
    );
    if (!row?.is_key) throw new DomainError('order.key-differs');
    this.hasRightKey = true;
  }

  /** The order no longer stands: recalled, withdrawn or annulled. By its sender, or by whoever ended it. */
  async releaseOrderTokens(tx: Tx, noticeId: string): Promise<void> {
    await tx.query('select release_order_tokens($1, $2)', [noticeId, this.clock.now()]);
  }

  /**
   * The order is closed. It no longer stands for the items of which nothing is left (`domain/spent-order`), and stands for the
   * others: what the two have in common stays.
   */
  async releaseSpent(tx: Tx, noticeId: string, spent: readonly string[], others: readonly string[]): Promise<void> {
    if (others.length === 0) return this.releaseOrderTokens(tx, noticeId);
    const kept = new Set(this.tokens.of(await subjectsOf(tx, others)).map(({ token }) => token.toString('hex')));
    const tokens = this.tokens.of(await subjectsOf(tx, spent)).map(({ token }) => token);
    const over = tokens.filter((token) => !kept.has(token.toString('hex')));
    await tx.query('select release_order_tokens($1, $2, $3)', [noticeId, this.clock.now(), over]);
  }
}

function assertNoneBut(noticeId: string | undefined, standing: readonly StandingOrderView[]): void {
  const others = standing.filter(({ on, noticeId: own }) => on === 'subject' && (own === null || own !== noticeId));
  if (others.length > 0) throw new DomainError('order.duplicate', { standing: others });
}

/**
 * Of two orders at the same instant that may be about the same, the second goes on when the first has been committed or undone.
 * By a few locks and not one a token: the server has room for some thousands of all transactions together.
 */
async function waitForOthers(tx: Tx, tokens: readonly OrderToken[]): Promise<void> {
  const locks = [...new Set(tokens.map(({ token }) => token.readUInt8() % LOCKS))].sort((a, b) => a - b);
  await tx.query('select pg_advisory_xact_lock($1, n) from unnest($2::int[]) n', [ORDER_LOCK, locks]);
}

async function subjectsOf(tx: Tx, itemIds: readonly string[]): Promise<Subject[]> {
  const subjects = await tx.query<Subject[]>(SUBJECTS, [itemIds]);
  if (subjects.length !== itemIds.length) throw new DomainError('request.not-found');
  return subjects;
}

async function takeQuestions(tx: Tx, actor: Actor, questions: number, at: Date): Promise<void> {
  const isPerson = actor.via === 'session' && actor.personId !== null;
  const most = isPerson ? QUESTIONS_PER_PERSON_AND_DAY : QUESTIONS_OF_KEYS_AND_DAY;
  const day = at.toISOString().slice(0, 10);
  const resetsAt = new Date(Date.parse(day) + DAY_MS).toISOString();
  if (questions > most) throw new DomainError('order.questions-spent', { limit: most, resetsAt });
  const [row] = await tx.query<{ taken: boolean }[]>('select take_order_questions($1, $2, $3, $4) as taken', [
    isPerson ? actor.personId : NIL,
    day,
    questions,
    most,
  ]);
  if (!row?.taken) throw new DomainError('order.questions-spent', { limit: most, resetsAt });
}

/** What stands on the tokens: a line for each item, body and kind of subject. */
async function standingOn(tx: Tx, actor: Actor, tokens: readonly OrderToken[]): Promise<StandingOrderView[]> {
  const rows = await tx.query<StandingRow[]>(STANDING, [tokens.map(({ token }) => token)]);
  const byToken = Map.groupBy(rows, ({ token }) => token.toString('hex'));
  const lines = tokens.flatMap((asked) =>
    (byToken.get(asked.token.toString('hex')) ?? []).flatMap((row) => lineOf(actor, asked, row) ?? []),
  );
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}

function lineOf(actor: Actor, asked: OrderToken, row: StandingRow): StandingOrderView | null {
  const { authority, contactPoint, telephone, noticeId } = row;
  const isOwn = row.organisationId === actor.organisationId;
  // Two places of one page are two subjects. The whole of it is another than a place, which its own body knows.
  if (row.kind === 'page' && (asked.kind === 'page' || isOwn)) return null;
  const on = asked.kind === 'content' ? 'content' : 'subject';
  return { itemId: asked.itemId, on, holder: isOwn ? null : { authority, contactPoint, telephone }, noticeId };
}
