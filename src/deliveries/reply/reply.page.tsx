import type { VNode } from 'preact';
import type { LedgerKind } from '../../domain/ledger-kinds';
import { defang } from '../../domain/web-address';
import type { NoticeView } from '../../notices/notice.view';
import { shownCode } from './secrets';
import type { ContactLanguage } from '../deliveries.entity';
import { Recorded } from './items';
import { PutBackItems } from './reinstatement.part';
import { Facts, Hidden, Languages, page, utc } from './parts';
import type { Proof } from './reply-proofs';
import type { Texts } from './texts/en';
import { TEXTS } from './texts/texts';

/** What every page of a link has. */
export interface LinkPage {
  readonly lang: ContactLanguage;
  readonly token: string;
  readonly code: string;
  /** To be typed by hand by whoever doubts. */
  readonly site: string;
}

export const Doubt = ({ lang, site }: Pick<LinkPage, 'lang' | 'site'>): VNode => (
  <p class="soft">
    {TEXTS[lang].check} <strong>{`${site}/verify`}</strong>
  </p>
);

/** All that following the link shows, a scanner's machine included: nothing of the notice, and nothing has happened. */
export function renderLanding({ lang, token, code, site }: LinkPage): string {
  const t = TEXTS[lang];
  return page(
    t.title,
    lang,
    <>
      <h1>{t.title}</h1>
      <p>{t.landing}</p>
      <p class="code">{shownCode(code)}</p>
      <form method="post" action="/reply">
        <Hidden fields={{ token, lang }} />
        <button>{t.open}</button>
      </form>
      <Doubt lang={lang} site={site} />
    </>,
  );
}

/** The same for whatever does not open: forged, expired, revoked, of a notice that was taken back. */
export function renderInvalid(lang: ContactLanguage, site: string): string {
  const t = TEXTS[lang];
  return page(
    t.invalid,
    lang,
    <>
      <h1>{t.invalid}</h1>
      <p>{t.invalidHelp}</p>
      <p class="soft">{t.paste}</p>
      <Doubt lang={lang} site={site} />
    </>,
  );
}

/** An error of the service itself, or of how it was asked. */
export function renderFailed(lang: ContactLanguage, reason: string): string {
  const t = TEXTS[lang];
  return page(
    t.failed,
    lang,
    <>
      <h1>{t.failed}</h1>
      <p lang="en">{reason}</p>
      <p class="soft">{t.paste}</p>
    </>,
  );
}

/** What a platform does. What follows from it (clocks, preservation) is in the ledger, and is not what was told to us. */
const ACT_OF: Readonly<Partial<Record<LedgerKind, keyof Texts['acts']>>> = {
  'notice.received': 'received',
  'notice.acknowledged': 'acknowledged',
  'notice.taken-in-hand': 'acknowledged',
  'notice.answered': 'answered',
  'notice.impossible': 'impossible',
  'notice.clarification-asked': 'clarification',
  'notice.possible-again': 'possibleAgain',
  'life-threat.reported': 'lifeThreat',
  'reinstatement.answered': 'reinstatement',
};

interface DoneProps extends Proof {
  /** As it stands now. */
  readonly notice: NoticeView;
}

export function renderDone({ lang, token, code }: LinkPage, done: DoneProps): string {
  const { entries, acknowledgement, message, notice } = done;
  const acts = entries.flatMap(({ kind, ...entry }) => {
    const act = ACT_OF[kind];
    return act ? [{ act, ...entry }] : [];
  });
  const answered = acts.some(({ act }) => act === 'answered')
    ? notice.items.filter(({ answer }) => answer !== null)
    : [];
  const t = TEXTS[lang];
  return page(
    t.done,
    lang,
    <>
      <h1>{t.done}</h1>
      <p>{acknowledgement ? t.doneHelp : t.doneAlready}</p>
      {answered.map((item) => (
        <div class="item" key={item.itemId}>
          <p class="address">{defang(item.address)}</p>
          <Recorded t={t} item={item} />
        </div>
      ))}
      {acts.some(({ act }) => act === 'reinstatement') && <PutBackItems t={t} notice={notice} />}
      {acts.map(({ id, act, at, digest }) => (
        <div class="item" key={id}>
          <strong>{t.acts[act]}</strong>
          <Facts
            facts={[
              [t.answered, utc(at)],
              [t.entry, id],
              [t.entryDigest, digest],
            ]}
          />
        </div>
      ))}
      {acknowledgement && (
        <details>
          <summary>{t.machine}</summary>
          <Facts
            facts={[
              [t.entry, acknowledgement.entryId],
              ['id', acknowledgement.id],
              [t.receivedAt, acknowledgement.receivedAt],
              ['SHA-256', acknowledgement.sha256],
              [t.signature, acknowledgement.signature],
            ]}
          />
          <p>{t.message}</p>
          <pre>{message}</pre>
        </details>
      )}
      <p class="soft">
        {t.code}: {shownCode(code)}
      </p>
      <form method="post" action="/reply">
        <Hidden fields={{ token, lang }} />
        <button class="plain">{t.back}</button>
      </form>
      <Languages action="/reply" fields={{ token }} lang={lang} />
    </>,
  );
}
