import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { step, type Notice } from '../notices-api';
import { useSession } from '../shell/session';
import { Refusal } from '../shell/states';
import { t } from '../texts';
import { noteLetGo } from '../undo/leaving';

/** A referral that was sent and not taken back can be carried on: the service asks whether anything of it is open or declined. */
const CARRIED_ON: readonly Notice['state'][] = ['sent', 'received', 'acknowledged', 'answered', 'closed'];

/** What its sender may do with it next. */
export function SenderActions({ notice }: { readonly notice: Notice }) {
  const { permissions } = useSession();
  const [reason, setReason] = useState<string | null>(null);
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: ({ verb, why }: { verb: 'send' | 'close' | 'withdraw'; why?: string }) =>
      step(notice.id, verb, { version: notice.version, ...(why ? { reason: why } : {}) }),
    onSuccess: (next, { verb }) => {
      setReason(null);
      queries.setQueryData(['notice', notice.id], next);
      if (verb === 'send') noteLetGo(notice.id);
    },
    onError: () => queries.invalidateQueries({ queryKey: ['notice', notice.id] }),
  });
  const may = (verb: 'send' | 'close' | 'withdraw'): boolean =>
    permissions.includes(`notice.${verb}`) && notice.possible.includes(verb);
  return (
    <Stack gap="xs" align="flex-start">
      <Refusal error={act.error} />
      {reason !== null && (
        <Textarea
          w="100%"
          label={t.notice.withdrawWhy}
          value={reason}
          autoFocus
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <Group gap="xs">
        {may('send') && notice.order?.signedAt !== null && (
          <Button onClick={() => act.mutate({ verb: 'send' })}>{t.undo.now}</Button>
        )}
        {notice.caseId &&
          notice.kind === 'referral' &&
          CARRIED_ON.includes(notice.state) &&
          permissions.includes('order.draft') && (
            <Link to="/cases/$id/order" params={{ id: notice.caseId }} search={{ from: notice.id }}>
              {t.order.carryOn}
            </Link>
          )}
        {may('close') && (
          <Button variant="default" onClick={() => act.mutate({ verb: 'close' })}>
            {t.notice.close}
          </Button>
        )}
        {may('withdraw') && (
          <Button
            variant="default"
            color="red"
            disabled={reason !== null && reason.trim() === ''}
            onClick={() => (reason === null ? setReason('') : act.mutate({ verb: 'withdraw', why: reason.trim() }))}
          >
            {t.notice.withdraw}
          </Button>
        )}
        {reason !== null && (
          <Button variant="subtle" onClick={() => setReason(null)}>
            {t.notice.cancel}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
