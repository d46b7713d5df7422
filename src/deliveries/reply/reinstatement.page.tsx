import type { ComponentChildren, VNode } from 'preact';
import { REINSTATEMENT_OUTCOMES } from '../../domain/vocabulary';
import { defang } from '../../domain/web-address';
import type { NoticeItemView, NoticeView } from '../../notices/notice.view';
import { ALL, ITEMS_ON_PAGE, MAX_REASON, nameOf, type Fields } from './form-body';
import { fieldsOfPage, Pages, type NoticePage } from './notice.page';
import { authorityFacts, Facts, Hidden, Languages, page, utc } from './parts';
import { PutBack } from './reinstatement.part';
import { Doubt } from './reply.page';
import { shownCode } from './secrets';
import type { Texts } from './texts/en';
import { TEXTS } from './texts/texts';

/** What is to be put back after a notice was taken back (Art. 4(7)), and nothing else. Works on a telephone and runs nothing. */
export function renderReinstatement(props: NoticePage): string {
  const { lang, notice, fault, site, token } = props;
  const t = TEXTS[lang];
  const title = `${t.kind[notice.kind]} ${notice.reference}`;
  return page(
    title,
    lang,
    <>
      <h1>{title}</h1>
      {fault && (
        <p class="alert" role="alert">
          {t.faults[fault]}
        </p>
      )}
      <p>{t.reinstate.asked}</p>
      <p class="soft">{t.reinstate.terms}</p>
      <Facts facts={factsOf(t, props)} />
      <Doubt lang={lang} site={site} />
      <Asked t={t} {...props} />
      <Languages action="/reply" fields={{ token, page: String(props.page) }} lang={lang} />
    </>,
  );
}

function factsOf(t: Texts, { notice, authority, digest, code }: NoticePage): (readonly [string, ComponentChildren])[] {
  const { kind, sender, reference, sentAt, withdrawalReason } = notice;
  const asked = askedOf(notice)[0]?.reinstatement;
  return [
    ...authorityFacts(t, { name: sender.name, kind, authority }),
    [t.reference, reference],
    [t.code, shownCode(code)],
    [t.digest, digest ?? t.digestPending],
    ...(sentAt ? [[t.sentAt, utc(sentAt)] as const] : []),
    ...(asked ? [[t.reinstate.since, `${utc(asked.askedAt)}: ${t.reinstate.grounds[asked.ground]}`] as const] : []),
    ...(withdrawalReason ? [[t.reinstate.why, withdrawalReason] as const] : []),
  ];
}

const askedOf = ({ items }: NoticeView): NoticeItemView[] =>
  items.filter(({ reinstatement }) => reinstatement !== null);
const isOpen = ({ reinstatement }: NoticeItemView): boolean => reinstatement?.outcome === null;

function Asked({ t, ...props }: NoticePage & { readonly t: Texts }): VNode {
  const asked = askedOf(props.notice);
  const pages = Math.max(1, Math.ceil(asked.length / ITEMS_ON_PAGE));
  const current = Math.min(Math.max(props.page, 1), pages);
  const shown = asked.slice((current - 1) * ITEMS_ON_PAGE, current * ITEMS_ON_PAGE);
  const open = asked.filter(isOpen).length;
  return (
    <form method="post" action="/reply/reinstatement">
      <Hidden fields={{ ...fieldsOfPage(props), at: String(current) }} />
      <h2>
        {t.items} ({asked.length})
      </h2>
      <p class="soft">{t.defanged}</p>
      {shown.map((item, place) => (
        <div class="item" key={item.itemId}>
          <p class="address">{defang(item.address)}</p>
          <PutBack t={t} item={item} />
          {isOpen(item) && (
            <>
              <Hidden fields={{ [nameOf('item', place)]: item.itemId }} />
              <Choice t={t} place={place} given={props.given} />
            </>
          )}
        </div>
      ))}
      {open > 1 && (
        <fieldset class="all">
          <legend>{t.reinstate.all}</legend>
          <Choice t={t} place={ALL} given={props.given} />
        </fieldset>
      )}
      {open > 0 ? <button>{t.reinstate.record}</button> : <p>{t.reinstate.nothing}</p>}
      <Pages t={t} current={current} pages={pages} />
    </form>
  );
}

interface ChoiceProps {
  readonly t: Texts;
  readonly place: number | typeof ALL;
  /** What was typed before, when the page is shown again. */
  readonly given: Fields;
}

function Choice({ t, place, given }: ChoiceProps): VNode {
  const [choice, done, reason] = [nameOf('choice', place), nameOf('measure', place), nameOf('reason', place)];
  return (
    <>
      <label for={choice}>{t.reinstate.choice}</label>
      <select id={choice} name={choice}>
        <option value="">{t.noChoice}</option>
        {REINSTATEMENT_OUTCOMES.map((outcome) => (
          <option value={outcome} selected={given[choice] === outcome} key={outcome}>
            {t.reinstate.outcomes[outcome]}
          </option>
        ))}
      </select>
      <label for={done}>{t.reinstate.done}</label>
      <input id={done} name={done} type="datetime-local" step="1" value={given[done] ?? ''} />
      <label for={reason}>{t.reinstate.reason}</label>
      <input id={reason} name={reason} maxLength={MAX_REASON} value={given[reason] ?? ''} autocomplete="off" />
    </>
  );
}
