import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Box, Notice } from './notices-api';
import { plural, t } from './texts';
import { Countdown } from './time/countdown';
import { Instant } from './time/instant';

const openItems = (notice: Notice): number => notice.items.filter(({ answer }) => answer === null).length;

interface Props {
  readonly notices: readonly Notice[];
  readonly box: Box;
  /** Of the notice under the cursor. */
  readonly at?: string | undefined;
}

/** Notices as rows that a thumb can hit and a keyboard walks over: clock first, then who and what. */
export function NoticeRows({ notices, box, at }: Props) {
  return (
    <ol className="rows">
      {notices.map((notice) => (
        <Row key={notice.id} notice={notice} box={box} isCurrent={notice.id === at} />
      ))}
    </ol>
  );
}

function Row({ notice, box, isCurrent }: { readonly notice: Notice; readonly box: Box; readonly isCurrent: boolean }) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isCurrent]);
  const other = box === 'inbox' ? notice.sender : notice.platform;
  return (
    <li ref={row} className={isCurrent ? 'row row-current' : 'row'} aria-current={isCurrent || undefined}>
      <Link to="/notices/$id" params={{ id: notice.id }}>
        <Countdown clock={notice.clock} />
        <span className="row-what">
          <strong>
            {t.words.kinds[notice.kind]} <bdi>{notice.reference}</bdi>
          </strong>
          <span>
            {other.name} · {t.words.categories[notice.category]}
          </span>
          <small>
            {t.words.states[notice.state]} · {plural(t.board.open, openItems(notice))}
            {notice.clock === null && notice.sentAt && (
              <>
                {' · '}
                {t.board.sentAt} <Instant at={notice.sentAt} />
              </>
            )}
          </small>
        </span>
      </Link>
    </li>
  );
}
