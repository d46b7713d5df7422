import { Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCursor } from '../cursor';
import { useKeys } from '../keys';
import { noticesIn, type Notice } from '../notices-api';
import { NoticeRows } from '../notices-list';
import { KeysDialog } from '../shell/keys-dialog';
import { LOOK_AGAIN_MS } from '../live';
import { Empty, Failed, Loading } from '../shell/states';
import { plural, t } from '../texts';
import { byTimeLeft } from '../time/urgency';

const STATES = ['leaving', 'sent', 'received', 'acknowledged'] as const;
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
  const running = all.filter(({ state, clock }) => state !== 'leaving' && clock !== null);
  const waiting = all.filter(({ state, clock }) => state !== 'leaving' && clock === null);
  const shown = [...leaving, ...running, ...waiting];
  const cursor = useCursor(shown, ({ id }) => id);
  const navigate = useNavigate();
  const open = (): void => {
    if (cursor.current) void navigate({ to: '/notices/$id', params: { id: cursor.current.id } });
  };
  useKeys({ ...cursor.keys, Enter: open });
  const at = cursor.current?.id;
  return (
    <Stack component="section" aria-labelledby="title">
      <Group justify="space-between">
        <Title order={1} size="h3" id="title">
          {t.board.title}
        </Title>
        <KeysDialog
          keys={[
            ['j', t.keys.next],
            ['k', t.keys.previous],
            ['Enter', t.keys.open],
          ]}
        />
      </Group>
      {board.isPending && <Loading />}
      {board.isError && <Failed error={board.error} again={() => void board.refetch()} />}
      {board.data && shown.length === 0 && <Empty says={t.board.empty} />}
      <Part title={t.board.leaving} notices={leaving} at={at} />
      <Part title={plural(t.board.running, running.length)} notices={running} at={at} />
      <Part title={t.board.waiting} notices={waiting} at={at} />
      {shown.length >= MOST && <Text c="dimmed">{t.shell.more}</Text>}
    </Stack>
  );
}

interface PartProps {
  readonly title: string;
  readonly notices: readonly Notice[];
  readonly at: string | undefined;
}

function Part({ title, notices, at }: PartProps) {
  if (notices.length === 0) return null;
  return (
    <>
      <Title order={2} size="h5">
        {title}
      </Title>
      <NoticeRows notices={notices} box="sent" at={at} />
    </>
  );
}
