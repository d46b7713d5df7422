import type { VNode } from 'preact';
import { hasMeasure, OUTCOME_RULES } from '../../domain/item-answer';
import { DECLINE_REASONS, type ItemKind, type ItemOutcome, type NoticeKind } from '../../domain/vocabulary';
import { defang } from '../../domain/web-address';
import type { NoticeItemView, NoticeView } from '../../notices/notice.view';
import { ALL, nameOf, type Fields } from './form-body';
import { Facts, Hidden, utc } from './parts';
import type { Texts } from './texts/en';

const OFFERED: readonly ItemOutcome[] = ['removed', 'disabled', 'hidden', 'already_gone', 'not_found'];
const OF_ACCOUNTS: readonly ItemKind[] = ['account', 'channel'];

/** What may be answered. Declining is for referrals: an order is carried out, or cannot be (TCO Art. 3). */
function offered(kind: NoticeKind, item: ItemKind | null): readonly ItemOutcome[] {
  const more: readonly ItemOutcome[] = item !== null && OF_ACCOUNTS.includes(item) ? ['account_actioned'] : [];
  return [...OFFERED, ...more].filter((outcome) => OUTCOME_RULES[outcome].kinds.includes(kind));
}

interface ChoiceProps {
  readonly t: Texts;
  readonly kind: NoticeKind;
  readonly item: ItemKind | null;
  readonly place: number | typeof ALL;
  /** What was typed before, when the page is shown again. */
  readonly given: Fields;
}

export function Choice({ t, kind, item, place, given }: ChoiceProps): VNode {
  const [choice, measure] = [nameOf('choice', place), nameOf('measure', place)];
  const option = (value: string, text: string): VNode => (
    <option value={value} selected={given[choice] === value} key={value}>
      {text}
    </option>
  );
  return (
    <>
      <label for={choice}>{t.choice}</label>
      <select id={choice} name={choice}>
        {option('', t.noChoice)}
        {offered(kind, item).map((outcome) => option(outcome, t.outcomes[outcome]))}
        {OUTCOME_RULES.declined.kinds.includes(kind) && (
          <optgroup label={t.declinedBecause}>
            {DECLINE_REASONS.map((reason) => option(`declined:${reason}`, t.reasons[reason]))}
          </optgroup>
        )}
      </select>
      <label for={measure}>{t.time}</label>
      <input id={measure} name={measure} type="datetime-local" step="1" value={given[measure] ?? ''} />
    </>
  );
}

/** What stands recorded for an item, whoever recorded it. */
export function Recorded({ t, item }: { readonly t: Texts; readonly item: NoticeItemView }): VNode | null {
  const { answer } = item;
  if (!answer) return null;
  const because = answer.reason ? ` (${t.reasons[answer.reason]})` : '';
  const measured = hasMeasure(answer.outcome) && answer.measureAt ? ` · ${utc(answer.measureAt)}` : '';
  return (
    <Facts
      facts={[[`${t.answered}: ${utc(answer.answeredAt)}`, `${t.outcomes[answer.outcome]}${because}${measured}`]]}
    />
  );
}

interface ItemProps {
  readonly t: Texts;
  readonly notice: NoticeView;
  readonly item: NoticeItemView;
  readonly place: number;
  readonly given: Fields;
  /** The item whose recorded answer is being replaced. */
  readonly fix: string | null;
  readonly mayAnswer: boolean;
}

/** The address as text that opens nothing; never what lies behind it. */
export function Item({ t, notice, item, place, given, fix, mayAnswer }: ItemProps): VNode {
  const isOpen = mayAnswer && (item.answer === null ? fix === null : fix === item.itemId);
  const identity = {
    [nameOf('item', place)]: item.itemId,
    [nameOf('seen', place)]: String(item.answer?.revision ?? 0),
  };
  return (
    <div class="item">
      <p class="address">{defang(item.address)}</p>
      {item.uploadedAt && (
        <p class="soft">
          {t.uploaded}: {utc(item.uploadedAt)}
        </p>
      )}
      <Recorded t={t} item={item} />
      {isOpen && (
        <>
          <Hidden fields={identity} />
          <Choice t={t} kind={notice.kind} item={item.kind} place={place} given={given} />
        </>
      )}
      {mayAnswer && item.answer !== null && fix === null && (
        <button class="plain" name="fix" value={item.itemId} formaction="/reply">
          {t.correct}
        </button>
      )}
    </div>
  );
}
