import { Alert, Button, Group, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Notice } from '../notices-api';
import { useSession } from '../shell/session';
import { fill, t } from '../texts';
import { language } from '../texts/language';
import { reasonOf } from '../wire';
import { askedToSign, sign } from './order-api';

const LEAST_REASON = 3;

/** An order that nobody has signed: one person asks, another signs, and both see before what it will say. */
export function Signing({ notice }: { readonly notice: Notice }) {
  const { permissions, person } = useSession();
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const asked = useQuery({
    queryKey: ['approvals', notice.id],
    queryFn: () => askedToSign(notice.id),
    enabled: permissions.includes('approval.decide'),
  });
  const signing = useMutation({
    mutationFn: () => sign(notice.id, reason.trim()),
    onSuccess: (next) => {
      if (next) queries.setQueryData(['notice', notice.id], next);
      void queries.invalidateQueries({ queryKey: ['approvals'] });
    },
  });
  if (!permissions.includes('order.sign')) return null;
  const isMine = asked.data?.askedBy === person?.id;
  const waits = signing.data === null || (asked.data && isMine);
  const isSecond = asked.data && !isMine;
  return (
    <Paper withBorder p="md" radius="md" component="section" aria-labelledby="signing">
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h5" id="signing">
          {t.order.signing}
        </Title>
        <Text size="sm" c="dimmed">
          {t.order.signingWhy}
        </Text>
        <a href={`/v1/notices/${notice.id}/form-preview.pdf?language=${language}`} download>
          {t.order.preview}
        </a>
        {waits && <Text role="status">{t.order.waits}</Text>}
        {isSecond && <Text className="said">{fill(t.order.askedFor, { reason: asked.data?.reason ?? '' })}</Text>}
        {!waits && !isSecond && (
          <Textarea
            w="100%"
            label={t.order.askWhy}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        {signing.error && (
          <Alert color="red" role="alert">
            {reasonOf(signing.error, t.shell.unreachable)}
          </Alert>
        )}
        {!waits && (
          <Group gap="xs">
            <Button
              disabled={!isSecond && reason.trim().length < LEAST_REASON}
              loading={signing.isPending}
              onClick={() => signing.mutate()}
            >
              {isSecond ? t.order.sign : t.order.ask}
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
