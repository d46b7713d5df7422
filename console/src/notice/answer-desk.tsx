import { Button, Group, NativeSelect, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { PRESERVATION_STATES, type DeclineReason, type ItemOutcome } from '../../../src/domain/vocabulary';
import { useKeys } from '../keys';
import { step, type ItemAnswer, type Notice, type NoticeItem } from '../notices-api';
import { Refusal } from '../shell/states';
import { plural, t } from '../texts';
import { hold } from '../undo/held-answers';
import { DeclineDialog } from './decline-dialog';
import { answersOf, KEY_OF, outcomesFor } from './outcomes';

interface Props {
  readonly notice: Notice;
  /** The chosen items, or the one under the cursor. */
  readonly targets: readonly NoticeItem[];
  readonly chosen: number;
  readonly onGiven: (items: readonly NoticeItem[]) => void;
}

/** Where a platform answers: each outcome is a button and a key, for one item or many. */
export function AnswerDesk({ notice, targets, chosen, onGiven }: Props) {
  const [takenAt, setTakenAt] = useState('');
  const [preservation, setPreservation] = useState<NonNullable<ItemAnswer['preservation']> | ''>('');
  const [isDeclining, setDeclining] = useState(false);
  const outcomes = outcomesFor(notice.kind);
  const give = (outcome: ItemOutcome, reason?: DeclineReason, note = ''): void => {
    if (targets.length === 0) return;
    const details = { takenAt, preservation, note, ...(reason ? { reason } : {}) };
    hold(notice, answersOf(notice, targets, outcome, details));
    onGiven(targets);
  };
  const act = (outcome: ItemOutcome): void => (outcome === 'declined' ? setDeclining(true) : give(outcome));
  useKeys(Object.fromEntries(outcomes.map((outcome) => [KEY_OF[outcome], () => act(outcome)])));
  return (
    <Paper withBorder p="md" radius="md" component="section" aria-labelledby="answer" className="desk">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h5" id="answer">
            {t.answer.title}
          </Title>
          <Acknowledge notice={notice} />
        </Group>
        <Text size="sm" c="dimmed" role="status">
          {chosen > 0 ? plural(t.answer.selected, chosen) : t.answer.none}
        </Text>
        <Group gap="xs">
          {outcomes.map((outcome) => (
            <Button
              key={outcome}
              size="sm"
              variant="default"
              disabled={targets.length === 0}
              leftSection={<kbd>{KEY_OF[outcome]}</kbd>}
              onClick={() => act(outcome)}
            >
              {t.words.outcomes[outcome]}
            </Button>
          ))}
        </Group>
        <Group gap="md" align="flex-end">
          <TextInput
            type="datetime-local"
            step={1}
            label={t.answer.takenAt}
            value={takenAt}
            onChange={(event) => setTakenAt(event.currentTarget.value)}
          />
          <NativeSelect
            label={t.answer.preservation}
            value={preservation}
            onChange={(event) =>
              setPreservation(PRESERVATION_STATES.find((state) => state === event.currentTarget.value) ?? '')
            }
            data={[
              { value: '', label: t.answer.notStated },
              ...PRESERVATION_STATES.map((value) => ({ value, label: t.words.preservation[value] })),
            ]}
          />
        </Group>
        <Text size="xs" c="dimmed">
          {t.answer.correct}
        </Text>
      </Stack>
      {isDeclining && (
        <DeclineDialog
          onClose={() => setDeclining(false)}
          onChoose={(reason, note) => {
            setDeclining(false);
            give('declined', reason, note);
          }}
        />
      )}
    </Paper>
  );
}

function Acknowledge({ notice }: { readonly notice: Notice }) {
  const queries = useQueryClient();
  const acknowledge = useMutation({
    mutationFn: () => step(notice.id, 'acknowledge', { version: notice.version }),
    onSuccess: (next) => {
      queries.setQueryData(['notice', notice.id], next);
      void queries.invalidateQueries({ queryKey: ['notices'] });
    },
    onError: () => queries.invalidateQueries({ queryKey: ['notice', notice.id] }),
  });
  const may = notice.possible.includes('acknowledge');
  const act = (): void => {
    if (may && !acknowledge.isPending) acknowledge.mutate();
  };
  useKeys({ a: act });
  return (
    <>
      <Refusal error={acknowledge.error} />
      {may && (
        <Button size="sm" leftSection={<kbd>a</kbd>} loading={acknowledge.isPending} onClick={act}>
          {t.answer.acknowledge}
        </Button>
      )}
    </>
  );
}
