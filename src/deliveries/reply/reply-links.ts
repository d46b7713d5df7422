import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { ReplyLinks } from '../channel';
import type { ContactLanguage, Delivery } from '../deliveries.entity';
import type { Reply } from '../words';
import { hashToken, makeCode, makeToken, shownCode } from './secrets';

/** From the sending of the mail; the withdrawal or annulment of its notice ends it before. */
const LINK_LASTS_MS = 7 * 24 * 3_600_000;

/** Whose turn it is when a link is looked up: all that come by a link share what one organisation has. */
export const BY_LINK = 'reply-link';

/** `reinstatement`: of a mail about a notice that was taken back; it opens what is to be put back and nothing else. */
export type LinkPurpose = 'answer' | 'reinstatement';

/** A link that holds now, and for whom. */
export interface OpenLink {
  readonly id: string;
  readonly purpose: LinkPurpose;
  readonly noticeId: string;
  readonly code: string;
  readonly language: ContactLanguage | null;
  readonly actor: Actor;
}

interface LinkRow {
  readonly id: string;
  readonly purpose: LinkPurpose;
  readonly notice_id: string;
  readonly recipient_id: string;
  readonly code: string;
  readonly language: ContactLanguage | null;
}

/** The links in mails: each leads to one notice, and stands for the platform that the mail went to and for nobody in particular. */
@Injectable()
export class MailedReplyLinks extends ReplyLinks {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
  }

  /** Every attempt has a link of its own, because the token is kept by its hash: whichever mail arrives, its link holds. */
  async linkFor(tx: Tx, delivery: Delivery): Promise<Reply | null> {
    const purpose = await purposeOf(tx, delivery);
    if (!purpose) return null;
    const [token, code, at] = [makeToken(), makeCode(), this.clock.now()];
    await tx.query(
      `insert into reply_link (id, notice_id, delivery_id, sender_id, recipient_id, contact_id, token_hash, code, created_at, expires_at, purpose)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        uuidv7(),
        delivery.noticeId,
        delivery.id,
        delivery.senderId,
        delivery.recipientId,
        delivery.contactId,
        hashToken(token),
        code,
        at,
        new Date(at.getTime() + LINK_LASTS_MS),
        purpose,
      ],
    );
    return { url: `${this.config.publicUrl}/reply/${token}`, code: shownCode(code) };
  }

  /**
   * Null for what was never a link, for one that has expired or was revoked, whose notice was taken back (but for the link that asks
   * what was put back) or whose contact point was removed: one look-up by a hash in every case, so that neither the answer nor its time says which.
   */
  async find(token: string): Promise<OpenLink | null> {
    const [row] = await this.work.asWorkerFor(BY_LINK, (tx) =>
      tx.query<LinkRow[]>(
        `select l.id, l.purpose, l.notice_id, l.recipient_id, l.code, c.language
         from reply_link l join notice n on n.id = l.notice_id join organisation o on o.id = l.recipient_id
           left join contact_point c on c.id = l.contact_id
         where l.token_hash = $1 and l.expires_at > $2 and l.revoked_at is null and c.removed_at is null
           and (l.purpose = 'reinstatement') = (n.state in ('withdrawn', 'annulled')) and o.status <> 'suspended'`,
        [hashToken(token), this.clock.now()],
      ),
    );
    if (!row) return null;
    const { id, purpose, notice_id: noticeId, recipient_id: organisationId, code, language } = row;
    return { id, purpose, noticeId, code, language, actor: actorOf(organisationId) };
  }
}

/** What a mail of this delivery asks for; null where there is nothing to answer. */
async function purposeOf(tx: Tx, { noticeId }: Delivery): Promise<LinkPurpose | null> {
  const [notice] = await tx.query<{ is_taken_back: boolean; is_asked: boolean }[]>(
    `select n.state in ('withdrawn', 'annulled') as is_taken_back,
       exists (select 1 from reinstatement r where r.notice_id = n.id and r.outcome is null) as is_asked
     from notice n where n.id = $1`,
    [noticeId],
  );
  if (!notice?.is_taken_back) return notice ? 'answer' : null;
  return notice.is_asked ? 'reinstatement' : null;
}

/** Whoever holds the mail: no person is known, and none is made up. */
const actorOf = (organisationId: string): Actor => ({
  organisationId,
  organisationKind: 'platform',
  personId: null,
  via: 'reply-link',
  name: 'reply link',
  office: 'reply link',
  permissions: new Set(['notice.read', 'notice.acknowledge', 'notice.answer']),
});
