import { Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { LOOK_AGAIN_MS } from '../live';
import { noticesIn, step, type Notice } from '../notices-api';
import { NoticeRows } from '../notices-list';
import { NoticesPart, NoticesScreen, useNoticesCursor } from '../notices-screen';
import { Failed } from '../shell/states';
import { fill, plural, t } from '../texts';
import { useServerNow } from '../time/now';
import { byTimeLeft, leftMs } from '../time/urgency';

const WAITING = ['sent', 'received', 'acknowledged'] as const;
const SHOWN_ANSWERED = 20;

/** What was sent to a platform and waits for its answer, by minutes left. */
export function InboxPage() {
  const inbox = useQuery({
    queryKey: ['notices', 'inbox'],
    queryFn: () => noticesIn('inbox', WAITING),
    refetchInterval: LOOK_AGAIN_MS,
  });
  const done = useQuery({ queryKey: ['notices', 'answered'], queryFn: () => noticesIn('inbox', ['answered']) });
  const waiting = (inbox.data ?? []).toSorted(byTimeLeft);
  const answered = (done.data ?? []).slice(0, SHOWN_ANSWERED);
  const queries = useQueryClient();
  const acknowledge = useMutation({
    mutationFn: ({ id, version }: Notice) => step(id, 'acknowledge', { version }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['notices'] }),
  });
  const take = (notice: Notice | undefined): void => {
    if (notice?.possible.includes('acknowledge')) acknowledge.mutate(notice);
  };
  const current = useNoticesCursor([...waiting, ...answered], (at) => ({ a: () => take(at) }));
  useTabTitle(waiting);
  return (
    <NoticesScreen
      title={t.inbox.title}
      keys={[['a', t.answer.acknowledge]]}
      query={inbox}
      empty={waiting.length === 0 ? t.inbox.empty : null}
    >
      {acknowledge.error && <Failed error={acknowledge.error} again={() => take(current)} />}
      {waiting.length > 0 && <Text c="dimmed">{plural(t.inbox.waiting, waiting.length)}</Text>}
      <NoticeRows notices={waiting} box="inbox" at={current?.id} />
      <NoticesPart title={t.inbox.answered} notices={answered} box="inbox" at={current?.id} />
    </NoticesScreen>
  );
}

/** The shortest time left stands in the tab, so that it is seen from another one. */
function useTabTitle(waiting: readonly Notice[]): void {
  const now = useServerNow();
  const next = waiting.find(({ clock }) => clock?.state === 'running')?.clock;
  const minutes = next ? Math.floor(leftMs(next, now) / 60_000) : null;
  const count = String(waiting.length);
  const title =
    minutes === null ? 'Clepsydra' : `${fill(t.inbox.tab, { count, minutes: String(minutes) })} · Clepsydra`;
  useEffect(() => {
    document.title = title;
    return () => {
      document.title = 'Clepsydra';
    };
  }, [title]);
}
