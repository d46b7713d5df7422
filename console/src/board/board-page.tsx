import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { LOOK_AGAIN_MS } from '../live';
import { noticesIn, type Notice } from '../notices-api';
import { NoticesPart, NoticesScreen, useNoticesCursor } from '../notices-screen';
import { plural, t } from '../texts';
import { byTimeLeft } from '../time/urgency';

const STATES = ['draft', 'leaving', 'sent', 'received', 'acknowledged'] as const;
const UNSENT: readonly Notice['state'][] = ['draft', 'leaving'];
const MOST = 1000;

/** Everything that a unit waits for, least time first. */
export function BoardPage() {
  const board = useQuery({
    queryKey: ['notices', 'board'],
    queryFn: () => noticesIn('sent', STATES),
    refetchInterval: LOOK_AGAIN_MS,
  });
  const all = (board.data ?? []).toSorted(byTimeLeft);
  const leaving = all.filter(({ state }) => state === 'leaving');
  const running = all.filter(({ state, clock }) => !UNSENT.includes(state) && clock !== null);
  const clockless = all.filter(({ state, clock }) => !UNSENT.includes(state) && clock === null);
  const unreached = clockless.filter(({ unreachedAt }) => unreachedAt !== null);
  const waiting = clockless.filter(({ unreachedAt }) => unreachedAt === null);
  const drafts = all.filter(({ state }) => state === 'draft');
  const shown = [...unreached, ...leaving, ...running, ...waiting, ...drafts];
  const at = useNoticesCursor(shown)?.id;
  return (
    <NoticesScreen title={t.board.title} query={board} empty={shown.length === 0 ? t.board.empty : null}>
      <NoticesPart title={t.board.unreached} notices={unreached} box="sent" at={at} />
      <NoticesPart title={t.board.leaving} notices={leaving} box="sent" at={at} />
      <NoticesPart title={plural(t.board.running, running.length)} notices={running} box="sent" at={at} />
      <NoticesPart title={t.board.waiting} notices={waiting} box="sent" at={at} />
      <NoticesPart title={t.board.drafts} notices={drafts} box="sent" at={at} />
      {shown.length >= MOST && <Text c="dimmed">{t.shell.more}</Text>}
    </NoticesScreen>
  );
}
