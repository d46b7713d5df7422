import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SIGN_OFF_PARTS } from '../../../src/domain/assessment';
import { useSession } from '../shell/session';
import { Refusal } from '../shell/states';
import { t } from '../texts';
import { signOff, type Assessment } from './order-api';

type Part = (typeof SIGN_OFF_PARTS)[number];
const MISSING: readonly (readonly [Assessment['barsToOrder'][number], Part])[] = [
  ['second_review_missing', 'second_review'],
  ['legal_sign_off_missing', 'legal'],
];
const LEAST_REASON = 3;

/** Where an exclusion is unclear: a second reviewer and a lawyer, neither of them the assessor nor each other. */
export function SignOff({ assessment }: { readonly assessment: Assessment }) {
  const { person } = useSession();
  const [reasons, setReasons] = useState('');
  const queries = useQueryClient();
  const signing = useMutation({
    mutationFn: (part: Part) => signOff(assessment.id, { part, reasons: reasons.trim() }),
    onSuccess: () => {
      setReasons('');
      return queries.invalidateQueries({ queryKey: ['assessments', assessment.caseId] });
    },
  });
  const parts = MISSING.filter(([bar]) => assessment.barsToOrder.includes(bar));
  if (
    parts.length === 0 ||
    [assessment.assessedBy, ...assessment.signOffs.map(({ signedBy }) => signedBy)].includes(person?.id ?? '')
  )
    return null;
  return (
    <Stack gap="xs" w="100%">
      <Textarea
        label={t.order.signOffWhy}
        value={reasons}
        onChange={(event) => setReasons(event.currentTarget.value)}
      />
      <Refusal error={signing.error} />
      <Group gap="xs">
        {parts.map(([, part]) => (
          <Button
            key={part}
            size="xs"
            variant="default"
            disabled={reasons.trim().length < LEAST_REASON}
            loading={signing.isPending}
            onClick={() => signing.mutate(part)}
          >
            {t.order.signOffs[part]}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}
