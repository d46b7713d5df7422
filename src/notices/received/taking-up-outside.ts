import { v7 as uuidv7 } from 'uuid';
import { caseReference } from '../../cases/reference';
import { endOf } from '../../domain/deadlines';
import type { AnnexI } from '../../domain/forms/forms';
import { categoryOf } from '../../domain/received-orders';
import type { Actor, Tx } from '../../infra/database/work';
import { lockNotice, receive } from '../receiving';
import { beginPeriod, closePeriod } from '../redress/periods';
import { identitiesOf, lockReceived, subjectDigest } from './received.queries';

/**
 * A recognised or genuine order becomes a notice of the platform's inbox, with the hour from its receipt, and is answered like
 * any other. Its sender is an organisation that nobody is in: nobody here edits, withdraws or closes it.
 */
export async function takeUpOrder(tx: Tx, actor: Actor, id: string, at: Date): Promise<void> {
  const row = await lockReceived(tx, id);
  if (!row.form) throw new Error('an order without a form is not taken up');
  const form = row.form.content;
  const issuedAt = new Date(form.a.issuedAt);
  // An order that says it was issued after it came says something wrong; it was sent before all the same.
  const sentAt = issuedAt < row.received_at ? issuedAt : row.received_at;
  // How long the content provider is not informed stands in a decision that is not part of the form: six weeks at most.
  const hushedUntil = form.c.nonDisclosure ? endOf('TCO_NONDISCLOSURE', sentAt) : null;
  const [made] = await tx.query<{ id: string }[]>(`select take_up_received_order($1, $2, $3, $4, $5) as id`, [
    id,
    JSON.stringify({ sender: uuidv7(), case: uuidv7(), notice: uuidv7() }),
    JSON.stringify(itemsOf(form)),
    JSON.stringify({
      caseReference: caseReference(at),
      category: categoryOf(form),
      sentAt: sentAt.toISOString(),
      additionalInformation: additionalOf(form),
      nonDisclosureUntil: hushedUntil?.toISOString() ?? null,
      issuer: issuerOf(form),
    }),
    at,
  ]);
  const notice = made && (await lockNotice(tx, made.id));
  if (!notice) throw new Error('an order that was taken up is there');
  await receive(tx, notice, { at: row.received_at, channel: 'answer', actor });
  const noticeId = notice.id;
  // Whether somebody went to court against it is not known here, so nothing here says that it became final.
  await closePeriod(tx, { noticeId, kind: 'redress' }, at);
  if (hushedUntil && hushedUntil > sentAt) {
    await beginPeriod(tx, { noticeId, kind: 'non_disclosure', startedAt: sentAt, endsAt: hushedUntil });
  }
}

/** Each subject once, in the order of the form. */
function itemsOf(form: AnnexI): object[] {
  const bySubject = new Map(
    identitiesOf(form)
      .map(({ address, identity }) => ({ address, identity, digest: subjectDigest(identity).toString('hex') }))
      .toReversed()
      .map((item) => [item.digest, item] as const),
  );
  return [...bySubject.values()].toReversed().map((item, index) => ({ ...item, id: uuidv7(), position: index + 1 }));
}

const additionalOf = ({ b }: AnnexI): string =>
  [...new Set(b.targets.flatMap((one) => one.additionalInfo || []))].join('\n');

const issuerOf = ({ e }: AnnexI): object => {
  const { type, representative, post, fileNo, address, tel, fax, email, stamp } = e;
  return { type, representative, post, fileNo, address, tel, fax, email, ...(stamp === undefined ? {} : { stamp }) };
};
