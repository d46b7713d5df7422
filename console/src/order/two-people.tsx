import { Button, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Notice } from '../notices-api';
import { useSession } from '../shell/session';
import { Refusal } from '../shell/states';
import { fill, t } from '../texts';
import { askedAbout } from './order-api';

interface Props {
  readonly notice: Notice;
  /** As the question to the second person names it, or how it begins. */
  readonly verb: string;
  /** Makes the call that both people make. Null: a second person was asked. */
  readonly act: (reason: string) => Promise<Notice | null>;
  readonly title: string;
  readonly how: string;
  readonly why: string;
  readonly leastWhy: number;
  readonly ask: string;
  readonly agree: string;
  readonly children?: ReactNode;
}

/**
 * What takes two people of an authority: the first says why and asks, the second reads it and makes the same call. Who was
 * asked is known to those alone who may decide; whoever else makes the call second agrees as well, and gives a reason of their own.
 */
export function TwoPeople({ notice, verb, act, title, how, why, leastWhy, ask, agree, children }: Props) {
  const { permissions, person } = useSession();
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const asked = useQuery({
    queryKey: ['approvals', notice.id, verb],
    queryFn: () => askedAbout(notice.id, verb),
    enabled: permissions.includes('approval.decide'),
  });
  const isMine = asked.data?.askedBy === person?.id;
  const given = asked.data && !isMine ? asked.data.reason : null;
  const acting = useMutation({
    mutationFn: () => act(given ?? reason.trim()),
    onSuccess: (next) => {
      if (next) queries.setQueryData(['notice', notice.id], next);
      void queries.invalidateQueries({ queryKey: ['approvals'] });
    },
  });
  const waits = acting.data === null || (asked.data && isMine);
  return (
    <Paper withBorder p="md" radius="md" w="100%" component="section" aria-labelledby={verb}>
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h5" id={verb}>
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {how}
        </Text>
        {children}
        {waits && <Text role="status">{t.order.waits}</Text>}
        {given !== null && <Text className="said">{fill(t.order.askedFor, { reason: given })}</Text>}
        {!waits && given === null && (
          <Textarea w="100%" label={why} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        )}
        <Refusal error={acting.error} />
        {!waits && (
          <Button
            disabled={given === null && reason.trim().length < leastWhy}
            loading={acting.isPending}
            onClick={() => acting.mutate()}
          >
            {given === null ? ask : agree}
          </Button>
        )}
      </Stack>
    </Paper>
  );
}
