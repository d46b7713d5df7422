import { Button, Group, NativeSelect, Stack, Textarea, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { REINSTATEMENT_OUTCOMES, type ReinstatementOutcome } from '../../../src/domain/vocabulary';
import { putBack, type Notice, type NoticeItem } from '../notices-api';
import { serverNowAtLeast } from '../server-clock';
import { Refusal } from '../shell/states';
import { t } from '../texts';

/** What the platform did about being asked to put an item back; each is answered by itself. */
export function PutBack({ notice }: { readonly notice: Notice }) {
  const asked = notice.items.filter(({ reinstatement }) => reinstatement && reinstatement.outcome === null);
  if (asked.length === 0) return null;
  return (
    <Stack gap="sm" component="section" aria-labelledby="put-back">
      <Title order={2} size="h5" id="put-back">
        {t.putBack.title}
      </Title>
      {asked.map((item) => (
        <Asked key={item.itemId} noticeId={notice.id} item={item} />
      ))}
    </Stack>
  );
}

function Asked({
  noticeId,
  item: { itemId, address, reinstatement },
}: {
  readonly noticeId: string;
  readonly item: NoticeItem;
}) {
  const [outcome, setOutcome] = useState<ReinstatementOutcome>('reinstated');
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const answering = useMutation({
    mutationFn: () => {
      // "Now" is a time that the server has surely reached, and not before it asked: both it would refuse.
      const doneAt = new Date(Math.max(serverNowAtLeast(), Date.parse(reinstatement?.askedAt ?? ''))).toISOString();
      return putBack(
        noticeId,
        itemId,
        outcome === 'reinstated' ? { outcome, doneAt } : { outcome, reason: reason.trim() },
      );
    },
    onSuccess: (next) => queries.setQueryData(['notice', noticeId], next),
    onError: () => queries.invalidateQueries({ queryKey: ['notice', noticeId] }),
  });
  const isComplete = outcome === 'reinstated' || reason.trim() !== '';
  return (
    <Stack gap="xs" className="obstacle">
      <bdi className="address">{address}</bdi>
      <Group gap="md" align="flex-end">
        <NativeSelect
          label={t.putBack.what}
          value={outcome}
          data={REINSTATEMENT_OUTCOMES.map((value) => ({ value, label: t.words.reinstatements[value] }))}
          onChange={({ currentTarget: { value } }) =>
            setOutcome(REINSTATEMENT_OUTCOMES.find((each) => each === value) ?? outcome)
          }
        />
        <Button disabled={!isComplete} loading={answering.isPending} onClick={() => answering.mutate()}>
          {t.putBack.tell}
        </Button>
      </Group>
      {outcome !== 'reinstated' && (
        <Textarea label={t.putBack.why} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      )}
      <Refusal error={answering.error} />
    </Stack>
  );
}
