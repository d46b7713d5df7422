import { Button, Stack, Text, Textarea } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import type { DeclineReason } from '../../../src/domain/vocabulary';
import { Dialog } from '../shell/dialog';
import { t } from '../texts';
import { reasonKeys } from './outcomes';

interface Props {
  readonly onChoose: (reason: DeclineReason, note: string) => void;
  readonly onClose: () => void;
}

/** A coded reason, by its letter or by pushing it; a note can be written first. */
export function DeclineDialog({ onChoose, onClose }: Props) {
  const [note, setNote] = useState('');
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLTextAreaElement) return;
    const found = reasonKeys.find(([key]) => key === event.key);
    if (!found) return;
    event.preventDefault();
    onChoose(found[1], note);
  };
  return (
    <Dialog title={t.answer.reason} onClose={onClose}>
      <Stack gap="xs" onKeyDown={press}>
        <Text size="sm" c="dimmed">
          {t.answer.reasonHow}
        </Text>
        <div className="reasons">
          {reasonKeys.map(([key, reason], i) => (
            <Button
              key={reason}
              variant="default"
              justify="flex-start"
              leftSection={<kbd>{key}</kbd>}
              autoFocus={i === 0}
              onClick={() => onChoose(reason, note)}
            >
              {t.words.reasons[reason]}
            </Button>
          ))}
        </div>
        <Textarea label={t.answer.note} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        <Button variant="subtle" onClick={onClose}>
          {t.notice.cancel}
        </Button>
      </Stack>
    </Dialog>
  );
}
