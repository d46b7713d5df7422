import type { ReactNode } from 'react';
import type { Notice } from '../notices-api';
import { languageName } from '../language-name';
import { fill, t } from '../texts';
import { language } from '../texts/language';
import { Instant } from '../time/instant';

const STEPS = [
  'createdAt',
  'departsAt',
  'sentAt',
  'receivedAt',
  'acknowledgedAt',
  'answeredAt',
  'closedAt',
  'withdrawnAt',
  'annulledAt',
] as const;

/** What binds, on what law, who can be asked, and the signed form itself. */
function orderFacts({ id, order }: Notice): (readonly [string, ReactNode])[] {
  if (!order) return [];
  const { body, deadline, lawUrl } = order.redress;
  const period = deadline.unit === 'days' ? t.notice.order.withinDays : t.notice.order.withinMonths;
  const within = fill(period, { n: `${deadline.n}`, from: deadline.from });
  return [
    [t.notice.order.basis, order.legalBasis],
    ...(order.emergencyReasons ? [[t.notice.order.emergency, order.emergencyReasons] as const] : []),
    ...(order.nonDisclosureUntil
      ? [[t.notice.order.silence, <Instant key="until" at={order.nonDisclosureUntil} />] as const]
      : []),
    [t.notice.order.contact, `${order.issuer.post}, ${order.issuer.tel}, ${order.issuer.email}`],
    [t.notice.order.redress, `${body}: ${within} (${lawUrl})`],
    ...(order.signedAt
      ? [
          [
            t.notice.order.form,
            <a key="form" href={`/v1/notices/${id}/form.pdf?language=${language}`} download>
              {t.notice.order.document}
            </a>,
          ] as const,
        ]
      : []),
  ];
}

/** Who, what, why, and what has happened so far. */
export function About({ notice, isSender }: { readonly notice: Notice; readonly isSender: boolean }) {
  const facts: readonly (readonly [string, ReactNode])[] = [
    isSender ? [t.notice.to, notice.platform.name] : [t.notice.who, notice.sender.name],
    [t.notice.what, t.words.categories[notice.category]],
    [t.notice.language, languageName(notice.order?.language ?? notice.language)],
    [t.notice.asks, notice.order ? t.notice.order.asks : t.notice.actions[notice.requestedAction]],
    [t.notice.why, notice.grounds ?? t.notice.noGrounds],
    ...orderFacts(notice),
    ...(notice.withdrawalReason ? [[t.notice.withdraw, notice.withdrawalReason] as const] : []),
  ];
  const happened = STEPS.flatMap((name) => {
    const at = notice[name];
    return at && (name !== 'departsAt' || notice.state === 'leaving') ? [[name, at] as const] : [];
  });
  return (
    <div className="about">
      <dl>
        {facts.map(([name, says]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
      <section aria-label={t.notice.history}>
        <dl>
          {happened.map(([name, at]) => (
            <div key={name}>
              <dt>{t.notice.steps[name]}</dt>
              <dd>
                <Instant at={at} />
                {name === 'receivedAt' && notice.receiptChannel && <> · {t.words.channels[notice.receiptChannel]}</>}
              </dd>
            </div>
          ))}
        </dl>
        <small>{t.shell.asOf}</small>
      </section>
    </div>
  );
}
