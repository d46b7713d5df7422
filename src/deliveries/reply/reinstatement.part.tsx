import type { VNode } from 'preact';
import { defang } from '../../domain/web-address';
import type { NoticeItemView, NoticeView } from '../../notices/notice.view';
import { Facts, utc } from './parts';
import type { Texts } from './texts/en';

/** What a platform has said of an item that it was asked to put back. */
export function PutBack({ t, item }: { readonly t: Texts; readonly item: NoticeItemView }): VNode | null {
  const { reinstatement } = item;
  if (!reinstatement?.outcome || !reinstatement.answeredAt) return null;
  const { outcome, answeredAt, doneAt, reason } = reinstatement;
  const said = [t.reinstate.outcomes[outcome], ...(doneAt ? [utc(doneAt)] : []), ...(reason ? [reason] : [])];
  return <Facts facts={[[`${t.answered}: ${utc(answeredAt)}`, said.join(' · ')]]} />;
}

/** All of which something has been said. */
export const PutBackItems = ({ t, notice }: { readonly t: Texts; readonly notice: NoticeView }): VNode => (
  <>
    {notice.items
      .filter(({ reinstatement }) => reinstatement?.outcome)
      .map((item) => (
        <div class="item" key={item.itemId}>
          <p class="address">{defang(item.address)}</p>
          <PutBack t={t} item={item} />
        </div>
      ))}
  </>
);
