import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { providerOf } from '../../accounts/providers/providers.queries';
import { DomainError } from '../../domain/errors';
import { formBytes, type Form } from '../../domain/forms/forms';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { sha256 } from '../../ledger/native-hash';
import { FormDocuments } from '../forms/form-documents.service';
import { validForm } from '../forms/validate-form';
import { entryOf } from '../notice-facts';
import type { NoticeView } from '../notice.view';
import { viewOf } from '../notices.queries';
import { Obstacle } from '../obstacle.entity';
import { endObstacle, openObstacle } from '../obstacles';
import { lockNotice } from '../receiving';
import { answerFormOf } from './answer-form';
import { assertBetween } from './instants';
import type { AnswerFormQuery, AnswerSentDto, ClarifiedDto, ReceivedOrderDetailView } from './received.dto';
import { detailOf, receivedOf } from './received.queries';

type AnswererOptions = Pick<AnswerFormQuery, 'contactEmail' | 'authorisedPerson'>;

/** What a platform and an authority outside of this installation tell each other by hand. */
@Injectable()
export class AnsweringOutside {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly documents: FormDocuments,
  ) {}

  /** Annex II or III as the notice stands now. */
  form(actor: Actor, id: string, options: AnswererOptions): Promise<Form> {
    return this.work.read(actor, (tx) => this.formIn(tx, actor, id, options));
  }

  async pdf(actor: Actor, id: string, query: AnswerFormQuery): Promise<Uint8Array> {
    const form = await this.form(actor, id, query);
    return (await this.documents.draw(form, { language: query.language })).pdf;
  }

  /** Records that the answer was sent, when and how: feedback is owed without undue delay (Art. 3(6)), and nobody here delivers it. */
  sent(actor: Actor, id: string, dto: AnswerSentDto): Promise<ReceivedOrderDetailView> {
    return this.work.run(actor, async (tx) => {
      const form = await this.formIn(tx, actor, id, dto);
      const at = this.clock.now();
      const row = await receivedOf(tx, id);
      assertBetween('/sentAt', dto.sentAt, row.received_at, at);
      const digest = Buffer.from(sha256(formBytes(form)));
      await tx.query(
        `insert into received_order_answer (id, received_order_id, organisation_id, form, form_digest, channel, sent_at, recorded_at, recorded_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [uuidv7(), id, actor.organisationId, form.form, digest, dto.channel, dto.sentAt, at, actor.personId],
      );
      await append(tx, {
        kind: 'received-order.answer-sent',
        actor,
        at,
        subjects: { receivedOrder: id, ...(row.notice_id ? { notice: row.notice_id } : {}) },
        dims: {
          form: form.form,
          sha256: digest.toString('hex'),
          channel: dto.channel,
          sentAt: dto.sentAt.toISOString(),
        },
        audience: [actor.organisationId],
      });
      return detailOf(tx, id);
    });
  }

  /** The authority answered what the platform had asked, by hand: the full hour again, from when that was received (Art. 3(8)). */
  clarified(actor: Actor, id: string, { receivedAt, clarification }: ClarifiedDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const noticeId = noticeOf(await receivedOf(tx, id));
      const notice = await lockNotice(tx, noticeId);
      if (notice?.recipientId !== actor.organisationId) throw new DomainError('request.not-found');
      const obstacle = await openObstacle(tx, noticeId);
      if (obstacle?.kind !== 'clarification') throw new DomainError('notice.not-a-clarification');
      const at = this.clock.now();
      if (receivedAt > at || receivedAt < obstacle.since) {
        const [claimed, earliest, latest] = [receivedAt, obstacle.since, at].map((instant) => instant.toISOString());
        throw new DomainError('notice.obstacle-instant', { claimed, earliest, latest });
      }
      await tx.update(Obstacle, { id: obstacle.id }, { clarification, clarifiedAt: receivedAt });
      const dims = { receivedAt: receivedAt.toISOString(), outside: true };
      await append(tx, entryOf(notice, { kind: 'notice.clarified', actor, at, dims, shared: { clarification } }));
      await endObstacle(tx, notice, obstacle, { at: receivedAt, recordedAt: at, actor });
      return viewOf(tx, actor, noticeId);
    });
  }

  private async formIn(tx: Tx, actor: Actor, id: string, options: AnswererOptions): Promise<Form> {
    const row = await receivedOf(tx, id);
    const noticeId = noticeOf(row);
    if (!row.form) throw new DomainError('received-order.not-taken-up');
    const notice = await viewOf(tx, actor, noticeId);
    const { name, homeCountry, contacts } = await providerOf(tx, actor.organisationId);
    const contactEmail = options.contactEmail ?? contacts.find(({ kind }) => kind === 'email')?.value ?? null;
    const by = { name, homeCountry, contactEmail, authorisedPerson: options.authorisedPerson ?? null };
    return validForm(answerFormOf(row.form.content, notice, by, this.clock.now()));
  }
}

function noticeOf({ notice_id: id }: { readonly notice_id: string | null }): string {
  if (id === null) throw new DomainError('received-order.not-taken-up');
  return id;
}
