import type { ReactNode } from 'react';
import type { Notice } from '../notices-api';
import { locale, t } from '../texts';
import { Instant } from '../time/instant';

const languages = new Intl.DisplayNames(locale, { type: 'language' });

/** `und` is what a case says whose language nobody knows. */
const languageOf = (tag: string): string => (tag === 'und' ? t.notice.languageUnknown : (languages.of(tag) ?? tag));

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

/** Who, what, why, and what has happened so far. */
export function About({ notice, isSender }: { readonly notice: Notice; readonly isSender: boolean }) {
  const facts: readonly (readonly [string, ReactNode])[] = [
    isSender ? [t.notice.to, notice.platform.name] : [t.notice.who, notice.sender.name],
    [t.notice.what, t.words.categories[notice.category]],
    [t.notice.language, languageOf(notice.language)],
    [t.notice.asks, t.notice.actions[notice.requestedAction]],
    [t.notice.why, notice.grounds ?? t.notice.noGrounds],
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
                {name === 'receivedAt' && notice.receiptChannel && (
                  <> · {t.words.channels[notice.receiptChannel] ?? notice.receiptChannel}</>
                )}
              </dd>
            </div>
          ))}
        </dl>
        <small>{t.shell.asOf}</small>
      </section>
    </div>
  );
}
