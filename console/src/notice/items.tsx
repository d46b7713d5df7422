import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ItemAnswer, NoticeItem } from '../notices-api';
import { fill, t } from '../texts';
import { Instant } from '../time/instant';

interface Props {
  readonly items: readonly NoticeItem[];
  /** Answers that were given and not sent on yet, by item. */
  readonly held: ReadonlyMap<string, ItemAnswer>;
  readonly at: string | undefined;
  /** Null where nothing can be answered. */
  readonly chosen: ReadonlySet<string> | null;
  readonly onChoose: (itemId: string) => void;
  readonly onPoint: (itemId: string) => void;
}

export function Items({ items, held, at, chosen, onChoose, onPoint }: Props) {
  return (
    <ol className="items">
      {items.map((item) => (
        <Item
          key={item.itemId}
          item={item}
          held={held.get(item.itemId)}
          isCurrent={item.itemId === at}
          isChosen={chosen ? chosen.has(item.itemId) : null}
          onChoose={() => onChoose(item.itemId)}
          onPoint={() => onPoint(item.itemId)}
        />
      ))}
    </ol>
  );
}

interface ItemProps {
  readonly item: NoticeItem;
  readonly held: ItemAnswer | undefined;
  readonly isCurrent: boolean;
  readonly isChosen: boolean | null;
  readonly onChoose: () => void;
  readonly onPoint: () => void;
}

/** The address is text and no link: a slip of the hand must not open it. */
function Item({ item, held, isCurrent, isChosen, onChoose, onPoint }: ItemProps) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isCurrent]);
  return (
    <li
      ref={row}
      className={isCurrent ? 'item item-current' : 'item'}
      aria-current={isCurrent || undefined}
      onPointerDown={onPoint}
    >
      {isChosen !== null && (
        <input
          type="checkbox"
          checked={isChosen}
          onChange={onChoose}
          aria-label={fill(t.answer.choose, { address: item.address })}
        />
      )}
      <div className="item-text">
        <bdi className="address">{item.address}</bdi>
        <AnswerLine item={item} held={held} />
      </div>
      <Copy text={item.address} />
    </li>
  );
}

function AnswerLine({ item: { answer, preservation, reinstatement }, held }: Pick<ItemProps, 'item' | 'held'>) {
  if (held) {
    return (
      <span className="outcome outcome-held">
        <strong>{t.words.outcomes[held.outcome]}</strong>
        {held.reason && <span>{t.words.reasons[held.reason]}</span>}
        <em>{t.notice.goes}</em>
      </span>
    );
  }
  if (!answer) return <span className="outcome outcome-open">{t.notice.unanswered}</span>;
  return (
    <span className="outcome">
      <strong>{t.words.outcomes[answer.outcome]}</strong>
      {answer.reason && <span>{t.words.reasons[answer.reason]}</span>}
      {answer.measureAt && (
        <span>
          {t.notice.measureAt} <Instant at={answer.measureAt} />
        </span>
      )}
      <span>
        {t.notice.answeredAt} <Instant at={answer.answeredAt} />
      </span>
      <span>{t.notice.late[answer.late]}</span>
      {preservation && (
        <span>
          {t.answer.preservation}: {t.words.preservation[preservation.state]}
        </span>
      )}
      {reinstatement && (
        <strong>
          {t.putBack.asked} <Instant at={reinstatement.askedAt} />:{' '}
          {reinstatement.outcome ? t.words.reinstatements[reinstatement.outcome] : t.putBack.open}
        </strong>
      )}
      {answer.revision > 1 && <span>{fill(t.notice.revision, { n: String(answer.revision) })}</span>}
      {answer.note && <q>{answer.note}</q>}
    </span>
  );
}

/** There is no clipboard on plain HTTP: the address can be marked by hand there. */
function Copy({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  if (!('clipboard' in navigator)) return null;
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <Button size="compact-xs" variant="subtle" aria-label={`${t.notice.copy}: ${text}`} onClick={copy}>
      {isCopied ? t.notice.copied : t.notice.copy}
    </Button>
  );
}
