import type { ComponentChildren, VNode } from 'preact';
import type { ContentMeasureView, ContentNoticeView } from '../../notices/redress/content.dto';
import { validForm } from '../../notices/forms/validate-form';
import type { ContactLanguage } from '../deliveries.entity';
import { Facts, Hidden, Languages, page, utc } from '../reply/parts';
import { TEXTS } from '../reply/texts/texts';
import { OrderCopy } from './order-copy';
import type { ContentTexts } from './texts/en';
import { CONTENT_TEXTS } from './texts/texts';

/** What a content provider asks for. */
export const DEMANDS = ['complaint', 'scrutiny'] as const;
export type Demand = (typeof DEMANDS)[number];

export const LEAST_TEXT = 10;
export const MOST_TEXT = 5_000;

/** What every page of a reference has. */
export interface ContentPage {
  readonly lang: ContactLanguage;
  readonly reference: string;
}

/** All that following the address shows, whatever it leads to: a scanner's visit is nobody's reading (Art. 11(2)). */
export function renderContentLanding({ lang, reference }: ContentPage): string {
  const t = CONTENT_TEXTS[lang];
  return page(
    t.title,
    lang,
    <>
      <h1>{t.title}</h1>
      <p>{t.landing}</p>
      <form method="post" action="/content">
        <Hidden fields={{ reference, lang }} />
        <button>{t.open}</button>
      </form>
    </>,
  );
}

interface Shown {
  readonly view: ContentNoticeView;
  readonly fault?: keyof ContentTexts['faults'] | null;
  readonly isSent?: boolean;
  /** What was typed, where it was not sent. */
  readonly given?: string;
  readonly demand?: Demand;
}

/** What became of an item and what can be done about it; one page for whatever cannot be told (Art. 11(3)). */
export function renderContent(where: ContentPage, shown: Shown): string {
  const { lang, reference } = where;
  const { measure } = shown.view;
  const t = CONTENT_TEXTS[lang];
  const title = measure ? t.title : t.nothing;
  return page(
    title,
    lang,
    <>
      <h1>{title}</h1>
      {shown.isSent && (
        <p class="alert" role="status">
          {t.sent}
        </p>
      )}
      {shown.fault && measure && (
        <p class="alert" role="alert">
          {t.faults[shown.fault]}
        </p>
      )}
      {measure ? <Measure {...{ t, where, measure, shown }} /> : <p>{t.nothingHelp}</p>}
      <Languages action="/content" fields={{ reference }} lang={lang} />
    </>,
  );
}

/** Shows what would be sent, and sends nothing. */
export function renderConfirm(
  { lang, reference }: ContentPage,
  { demand, text }: { readonly demand: Demand; readonly text: string },
): string {
  const t = CONTENT_TEXTS[lang];
  return page(
    t.confirm,
    lang,
    <>
      <h1>{t.confirm}</h1>
      <p>{t.confirmHelp}</p>
      <h2>{t[demand]}</h2>
      <pre>{text}</pre>
      <form method="post" action={`/content/${demand}`}>
        <Hidden fields={{ reference, lang, text, demand, sure: 'yes' }} />
        <button>{t.send}</button>
        <button class="plain" formaction="/content">
          {t.change}
        </button>
      </form>
    </>,
  );
}

interface MeasureProps {
  readonly t: ContentTexts;
  readonly where: ContentPage;
  readonly measure: ContentMeasureView;
  readonly shown: Shown;
}

type Fact = readonly [string, ComponentChildren];

function Measure({ t, where, measure, shown }: MeasureProps): VNode {
  const { order, redress, complaint, scrutiny, scrutinyUntil, mayComplain } = measure;
  const { lang } = where;
  return (
    <>
      <Facts facts={measureFacts(t, lang, measure)} />
      {complaint && (
        <Asked
          t={t}
          title={t.complaintLodged}
          at={complaint.lodgedAt}
          asked={complaint}
          outcome={complaint.outcome && t.complaintOutcomes[complaint.outcome]}
        />
      )}
      {scrutiny && (
        <Asked
          t={t}
          title={t.scrutinyLodged}
          at={scrutiny.requestedAt}
          asked={scrutiny}
          outcome={scrutiny.outcome && t.scrutinyOutcomes[scrutiny.outcome]}
        />
      )}
      {mayComplain && <Words {...{ t, where, shown }} demand="complaint" help={t.complaintHelp} />}
      {scrutinyUntil && (
        <Words {...{ t, where, shown }} demand="scrutiny" help={`${t.scrutinyHelp} ${utc(scrutinyUntil)}.`} />
      )}
      {redress && (
        <div class="item">
          <h2>{t.redress}</h2>
          <Facts
            facts={[
              [t.body, redress.body],
              [t.deadline, `${redress.deadline.n} ${t.units[redress.deadline.unit]} (${redress.deadline.from})`],
              [t.law, redress.lawUrl],
            ]}
          />
        </div>
      )}
      {order && (
        <details>
          <summary>{t.copy}</summary>
          <OrderCopy form={validForm(order)} lang={lang} />
        </details>
      )}
    </>
  );
}

function measureFacts(t: ContentTexts, lang: ContactLanguage, measure: ContentMeasureView): Fact[] {
  const { annulledAt, annulmentGround, withdrawnAt, reinstatement } = measure;
  const { outcomes, reinstate } = TEXTS[lang];
  const fallenAt = annulledAt ?? withdrawnAt;
  const ground = reinstate.grounds[annulmentGround ?? 'withdrawn'];
  return [
    [t.platform, measure.platform],
    [t.measure, outcomes[measure.measure]],
    ...(measure.measureAt ? [[t.measureAt, utc(measure.measureAt)] as const] : []),
    [t.basis, t.bases[measure.basis]],
    ...(fallenAt ? [[t.takenBack, `${utc(fallenAt)}: ${ground}`] as const] : []),
    ...(reinstatement ? [[t.reinstatement, putBackOf(t, lang, reinstatement)] as const] : []),
  ];
}

function putBackOf(
  t: ContentTexts,
  lang: ContactLanguage,
  { askedAt, outcome, doneAt, reason }: NonNullable<ContentMeasureView['reinstatement']>,
): string {
  const said = outcome ? TEXTS[lang].reinstate.outcomes[outcome] : t.reinstatementOpen;
  return [utc(askedAt), said, ...(doneAt ? [utc(doneAt)] : []), ...(reason ? [reason] : [])].join(' · ');
}

interface AskedProps {
  readonly t: ContentTexts;
  readonly title: string;
  readonly at: string;
  readonly asked: { readonly dueAt: string; readonly decidedAt: string | null; readonly reasons: string | null };
  readonly outcome: string | null;
}

const Asked = ({ t, title, at, asked, outcome }: AskedProps): VNode => (
  <div class="item">
    <h2>{title}</h2>
    <Facts
      facts={[
        [t.lodgedAt, utc(at)],
        ...(asked.decidedAt ? [[t.decidedAt, utc(asked.decidedAt)] as const] : [[t.dueAt, utc(asked.dueAt)] as const]),
        ...(outcome ? [[t.outcome, outcome] as const] : []),
        ...(asked.reasons ? [[t.reasons, asked.reasons] as const] : []),
      ]}
    />
  </div>
);

interface WordsProps extends Pick<MeasureProps, 't' | 'where' | 'shown'> {
  readonly demand: Demand;
  readonly help: string;
}

const Words = ({ t, where, shown, demand, help }: WordsProps): VNode => (
  <form method="post" action={`/content/${demand}`} class="item">
    <Hidden fields={{ reference: where.reference, lang: where.lang }} />
    <h2>{t[demand]}</h2>
    <p class="soft">{help}</p>
    <label for={demand}>{t[`${demand}Text`]}</label>
    <textarea id={demand} name="text" minLength={LEAST_TEXT} maxLength={MOST_TEXT} required>
      {shown.demand === demand ? (shown.given ?? '') : ''}
    </textarea>
    <button>{t.continue}</button>
  </form>
);
