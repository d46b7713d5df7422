import type { ComponentChildren, VNode } from 'preact';
import type { NoticeView } from '../../notices/notice.view';
import { ALL, ITEMS_ON_PAGE, type Fault, type Fields } from './form-body';
import { Choice, Item } from './items';
import { Obstacles } from './obstacles.part';
import { authorityFacts, Facts, Hidden, Languages, page, utc } from './parts';
import { Doubt, type LinkPage } from './reply.page';
import type { Shown } from './replying.service';
import { shownCode } from './secrets';
import type { Texts } from './texts/en';
import { TEXTS } from './texts/texts';

export interface NoticePage extends LinkPage, Shown {
  readonly now: Date;
  /** One showing of the forms of this page. */
  readonly form: string;
  readonly page: number;
  readonly fix: string | null;
  readonly fault: Fault | null;
  readonly given: Fields;
}

export const fieldsOfPage = ({ token, lang, form }: Pick<NoticePage, 'token' | 'lang' | 'form'>): Fields => ({
  token,
  lang,
  form,
});

/** The whole notice with everything that can be done about it. Works on a telephone and runs nothing. */
export function renderNotice(props: NoticePage): string {
  const { lang, notice, fault, fix, site } = props;
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
      {fix !== null && <p class="alert">{t.correcting}</p>}
      <Facts facts={factsOf(t, props)} />
      <Doubt lang={lang} site={site} />
      {!notice.humanAckAt &&
        (notice.possible.includes('acknowledge') || notice.state === 'acknowledged') &&
        fix === null && (
          <form method="post" action="/reply/acknowledge">
            <Hidden fields={fieldsOfPage(props)} />
            <button class="plain">{t.acknowledge}</button>
          </form>
        )}
      <Answers t={t} {...props} />
      {fix === null && <Obstacles {...props} />}
      <Languages
        action="/reply"
        fields={{ token: props.token, page: String(props.page), ...(fix ? { fix } : {}) }}
        lang={lang}
      />
    </>,
  );
}

function factsOf(t: Texts, props: NoticePage): (readonly [string, ComponentChildren])[] {
  const { notice, authority, digest, code, now } = props;
  const { kind, sender, reference, sentAt, receivedAt, acknowledgedAt, grounds } = notice;
  const known = (term: string, at: string | null): (readonly [string, string])[] => (at ? [[term, utc(at)]] : []);
  return [
    ...authorityFacts(t, { name: sender.name, kind, authority }),
    [t.reference, reference],
    [t.code, shownCode(code)],
    [t.digest, digest ?? t.digestPending],
    ...known(t.sentAt, sentAt),
    ...(kind === 'removal_order' ? orderFacts(t, notice, now) : []),
    ...known(t.receivedAt, receivedAt),
    ...known(t.acknowledgedAt, acknowledgedAt),
    ...(grounds ? [[t.grounds, grounds] as const] : []),
    ...(kind === 'referral' ? [[t.kind.referral, t.voluntary] as const] : []),
  ];
}

/** The hour is the server's, and the only one there is. */
function orderFacts(t: Texts, { clock, order }: NoticeView, now: Date): (readonly [string, ComponentChildren])[] {
  const paused = clock?.state === 'paused' ? ` ${t.paused}` : '';
  const due = clock ? `${utc(clock.dueAt)}. ${t.dueRule}${paused}` : t.dueAtReceipt;
  return [
    ...(order ? [[t.legalBasis, order.legalBasis] as const] : []),
    [t.dueAt, <strong>{due}</strong>],
    [t.now, utc(now)],
    ['Art. 6', t.preserve],
    ...(order ? [[t.redress, `${order.redress.body}, ${order.redress.lawUrl}`] as const] : []),
  ];
}

function Answers({ t, ...props }: NoticePage & { readonly t: Texts }): VNode {
  const { notice, given, fix, page: asked } = props;
  const mayAnswer = notice.possible.includes('answer');
  const shown = fix === null ? notice.items : notice.items.filter(({ itemId }) => itemId === fix);
  const pages = Math.max(1, Math.ceil(shown.length / ITEMS_ON_PAGE));
  const current = Math.min(Math.max(asked, 1), pages);
  const items = shown.slice((current - 1) * ITEMS_ON_PAGE, current * ITEMS_ON_PAGE);
  const open = notice.items.filter(({ answer }) => answer === null).length;
  return (
    <form method="post" action="/reply/answer">
      <Hidden fields={{ ...fieldsOfPage(props), at: String(current), ...(fix === null ? {} : { fixing: fix }) }} />
      <h2>
        {t.items} ({notice.items.length})
      </h2>
      <p class="soft">{t.defanged}</p>
      {items.map((item, place) => (
        <Item key={item.itemId} {...{ t, notice, item, place, given, fix, mayAnswer }} />
      ))}
      {mayAnswer && open > 1 && fix === null && (
        <fieldset class="all">
          <legend>{t.all}</legend>
          <Choice t={t} kind={notice.kind} item={null} place={ALL} given={given} />
        </fieldset>
      )}
      {mayAnswer && (open > 0 || fix !== null) && <Sending t={t} given={given} fix={fix} />}
      <Pages t={t} current={current} pages={pages} />
    </form>
  );
}

function Sending({ t, given, fix }: { readonly t: Texts; readonly given: Fields; readonly fix: string | null }): VNode {
  return (
    <>
      {(['addresseeRef', 'authorisedPerson'] as const).map((name) => (
        <div key={name}>
          <label for={name}>{t[name]}</label>
          <input id={name} name={name} maxLength={200} value={given[name] ?? ''} autocomplete="off" />
        </div>
      ))}
      {fix !== null && (
        <label>
          <input type="checkbox" name="sure" value="yes" />
          {t.sure}
        </label>
      )}
      <p>
        <button>{t.answer}</button>
      </p>
    </>
  );
}

export function Pages({
  t,
  current,
  pages,
}: {
  readonly t: Texts;
  readonly current: number;
  readonly pages: number;
}): VNode {
  const to = (number: number, text: string): VNode | null =>
    number < 1 || number > pages ? null : (
      <button class="plain" name="page" value={String(number)} formaction="/reply">
        {text}
      </button>
    );
  return (
    <p>
      {pages > 1 && `${t.page} ${current}/${pages} `}
      {to(current - 1, t.previous)}
      {to(current + 1, t.next)}
    </p>
  );
}
