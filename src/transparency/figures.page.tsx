import { METRICS } from '../domain/metric-definitions';
import type { Published } from '../domain/suppression';
import { Page, renderPage } from '../infra/http/page';
import type { PublishedMonth } from './transparency.dto';

const TEXTS = {
  en: {
    title: 'Published figures',
    why: 'Closed months only, a week after their end, so that nobody can tell from this page what has just been referred. Counts under ten are not shown, and others are withheld where they would give one away.',
    none: 'No month has been published yet.',
    columns: ['Month', 'Received', 'Within the hour', 'Median response', 'Target missed', 'Entries counted'],
    definitions: 'What the figures mean',
    data: 'The same as JSON',
    other: 'Français',
    withheld: 'withheld',
    minutes: 'min',
  },
  fr: {
    title: 'Chiffres publiés',
    why: 'Mois clos seulement, une semaine après leur fin, pour que personne ne puisse déduire de cette page ce qui vient d’être signalé. Les effectifs inférieurs à dix ne sont pas montrés, et d’autres sont retenus quand ils les trahiraient.',
    none: 'Aucun mois n’a encore été publié.',
    columns: ['Mois', 'Reçus', 'Dans l’heure', 'Réponse médiane', 'Objectif manqué', 'Entrées comptées'],
    definitions: 'Ce que signifient les chiffres (en anglais)',
    data: 'Les mêmes en JSON',
    other: 'English',
    withheld: 'retenu',
    minutes: 'min',
  },
} as const;

export type PageLanguage = keyof typeof TEXTS;

/** Closed months and their definitions, readable without JavaScript. */
export function renderFigures(months: readonly PublishedMonth[], lang: PageLanguage): string {
  const t = TEXTS[lang];
  const show = (count: Published): string => (count === 'withheld' ? t.withheld : String(count));
  const share = (value: number | null): string => (value === null ? '–' : `${Math.round(value * 100)} %`);
  const minutes = (ms: number | null): string => (ms === null ? '–' : `${(ms / 60_000).toFixed(1)} ${t.minutes}`);
  return renderPage(
    <Page title={t.title} lang={lang}>
      <h1>{t.title}</h1>
      <p class="soft">{t.why}</p>
      {months.length === 0 ? (
        <p>{t.none}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {t.columns.map((column) => (
                <th scope="col" key={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {months.map(({ month, figures, treeSize }) => (
              <tr key={month}>
                <th scope="row">{month}</th>
                <td>{show(figures.notices.received)}</td>
                <td>{share(figures.responseTime.shareWithinHour)}</td>
                <td>{minutes(figures.responseTime.p50Ms)}</td>
                <td>{show(figures.notices.targetMissed)}</td>
                <td>{treeSize}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p>
        <a href="/v1/transparency/summary">{t.data}</a> ·{' '}
        <a href={`/figures?lang=${lang === 'en' ? 'fr' : 'en'}`}>{t.other}</a>
      </p>
      <h2>{t.definitions}</h2>
      <dl lang="en">
        {METRICS.map(({ key, title, definition }) => (
          <div key={key}>
            <dt>
              <strong>{title}</strong> <code>{key}</code>
            </dt>
            <dd>{definition}</dd>
          </div>
        ))}
      </dl>
    </Page>,
  );
}
