import { Button, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { step, type Notice } from '../notices-api';
import { useSession } from '../shell/session';
import { Refusal } from '../shell/states';
import { t } from '../texts';
import { Instant } from '../time/instant';

/** The clock writes a fact. That the order was not complied with is said by a person, with reasons. */
export function NonCompliance({ notice }: { readonly notice: Notice }) {
  const { permissions } = useSession();
  const [reasons, setReasons] = useState('');
  const queries = useQueryClient();
  const recording = useMutation({
    mutationFn: () => step(notice.id, 'non-compliance', { version: notice.version, reasons: reasons.trim() }),
    onSuccess: (next) => queries.setQueryData(['notice', notice.id], next),
    onError: () => queries.invalidateQueries({ queryKey: ['notice', notice.id] }),
  });
  const fact = notice.clock?.fact;
  const isPast = fact?.kind === 'deadline_passed' && fact.correction === null;
  const isVoid = notice.state === 'withdrawn' || notice.state === 'annulled';
  if (notice.nonComplianceAt) {
    return (
      <Text>
        {t.nonCompliance.recorded} <Instant at={notice.nonComplianceAt} />
      </Text>
    );
  }
  if (!isPast || isVoid || !permissions.includes('notice.non-compliance')) return null;
  return (
    <Stack gap="xs" align="flex-start" component="section" aria-labelledby="non-compliance">
      <Title order={2} size="h5" id="non-compliance">
        {t.nonCompliance.title}
      </Title>
      <Text size="sm" c="dimmed">
        {t.nonCompliance.why}
      </Text>
      <Textarea
        w="100%"
        label={t.nonCompliance.reasons}
        value={reasons}
        onChange={(event) => setReasons(event.currentTarget.value)}
      />
      <Refusal error={recording.error} />
      <Button
        variant="default"
        disabled={reasons.trim().length < 3}
        loading={recording.isPending}
        onClick={() => recording.mutate()}
      >
        {t.nonCompliance.record}
      </Button>
    </Stack>
  );
}
