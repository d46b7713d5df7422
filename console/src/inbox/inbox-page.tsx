import { Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useCursor } from '../cursor';
import { useKeys } from '../keys';
import { noticesIn, step, type Notice } from '../notices-api';
import { NoticeRows } from '../notices-list';
import { KeysDialog } from '../shell/keys-dialog';
import { LOOK_AGAIN_MS } from '../live';
import { Empty, Failed, Loading } from '../shell/states';
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
  const cursor = useCursor([...waiting, ...answered], ({ id }) => id);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const acknowledge = useMutation({
    mutationFn: ({ id, version }: Notice) => step(id, 'acknowledge', { version }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['notices'] }),
  });
  const { current } = cursor;
  const open = (): void => {
    if (current) void navigate({ to: '/notices/$id', params: { id: current.id } });
  };
  const take = (): void => {
    if (current?.possible.includes('acknowledge')) acknowledge.mutate(current);
  };
  useKeys({ ...cursor.keys, Enter: open, a: take });
  useTabTitle(waiting);
  return (
    <Stack component="section" aria-labelledby="title">
      <Group justify="space-between">
        <Title order={1} size="h3" id="title">
          {t.inbox.title}
        </Title>
        <KeysDialog
          keys={[
            ['j', t.keys.next],
            ['k', t.keys.previous],
            ['Enter', t.keys.open],
            ['a', t.answer.acknowledge],
          ]}
        />
      </Group>
      {inbox.isPending && <Loading />}
      {inbox.isError && <Failed error={inbox.error} again={() => void inbox.refetch()} />}
      {acknowledge.error && <Failed error={acknowledge.error} again={take} />}
      {inbox.data && waiting.length === 0 && <Empty says={t.inbox.empty} />}
      {waiting.length > 0 && <Text c="dimmed">{plural(t.inbox.waiting, waiting.length)}</Text>}
      <NoticeRows notices={waiting} box="inbox" at={current?.id} />
      {answered.length > 0 && (
        <>
          <Title order={2} size="h5">
            {t.inbox.answered}
          </Title>
          <NoticeRows notices={answered} box="inbox" at={current?.id} />
        </>
      )}
    </Stack>
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
