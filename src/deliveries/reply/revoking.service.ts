import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { entryOf } from '../../notices/notice-facts';
import { Notice } from '../../notices/notice.entity';

export class RevokedLinksView {
  noticeId!: string;
  /** How many links that held until now hold no more. */
  revoked!: number;
}

/** A mail went astray, or lies where it should not: its platform closes the links of a notice at once. */
@Injectable()
export class Revoking {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  revoke(actor: Actor, noticeId: string): Promise<RevokedLinksView> {
    return this.work.run(actor, async (tx) => {
      const notice = await tx.findOneBy(Notice, { id: noticeId, recipientId: actor.organisationId });
      if (!notice) throw new DomainError('request.not-found');
      const at = this.clock.now();
      const [closed] = await tx.query<[unknown[], number]>(
        `update reply_link set revoked_at = $2 where notice_id = $1 and revoked_at is null and expires_at > $2 returning id`,
        [noticeId, at],
      );
      const revoked = closed.length;
      if (revoked > 0) {
        await append(tx, entryOf(notice, { kind: 'reply-link.revoked', actor, at, dims: { links: revoked } }));
      }
      return { noticeId, revoked };
    });
  }
}
