import { Group, Stack, Title } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCursor } from './cursor';
import { useKeys, type Keys } from './keys';
import type { Box, Notice } from './notices-api';
import { NoticeRows } from './notices-list';
import { KeysDialog } from './shell/keys-dialog';
import { Empty, Failed, Loading } from './shell/states';
import { t } from './texts';

/** The notice under the cursor of a list that `j`, `k` and Enter walk over. `more`: further keys, given that notice. */
export function useNoticesCursor(
  notices: readonly Notice[],
  more: (current: Notice | undefined) => Keys = () => ({}),
): Notice | undefined {
  const cursor = useCursor(notices, ({ id }) => id);
  const navigate = useNavigate();
  const { current } = cursor;
  const open = (): void => {
    if (current) void navigate({ to: '/notices/$id', params: { id: current.id } });
  };
  useKeys({ ...cursor.keys, Enter: open, ...more(current) });
  return current;
}

interface ScreenProps {
  readonly title: string;
  /** Beside those of every list. */
  readonly keys?: readonly (readonly [key: string, does: string])[];
  readonly query: UseQueryResult<readonly Notice[]>;
  /** What is said when it was read and there is nothing; null where there is something. */
  readonly empty: string | null;
  readonly children: ReactNode;
}

/** A screen that lists notices, in every state of asking for them. */
export function NoticesScreen({ title, keys = [], query, empty, children }: ScreenProps) {
  return (
    <Stack component="section" aria-labelledby="title">
      <Group justify="space-between">
        <Title order={1} size="h3" id="title">
          {title}
        </Title>
        <KeysDialog keys={[['j', t.keys.next], ['k', t.keys.previous], ['Enter', t.keys.open], ...keys]} />
      </Group>
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.data && empty !== null && <Empty says={empty} />}
      {children}
    </Stack>
  );
}

interface PartProps {
  readonly title: string;
  readonly notices: readonly Notice[];
  readonly box: Box;
  readonly at: string | undefined;
}

/** Rows under a heading; nothing where there are none. */
export function NoticesPart({ title, ...rows }: PartProps) {
  if (rows.notices.length === 0) return null;
  return (
    <>
      <Title order={2} size="h5">
        {title}
      </Title>
      <NoticeRows {...rows} />
    </>
  );
}
