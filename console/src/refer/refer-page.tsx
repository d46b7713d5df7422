import { Button, FileButton, Group, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { useSendKey } from '../keys';
import { KeysDialog } from '../shell/keys-dialog';
import { useSession } from '../shell/session';
import { Empty, Refusal } from '../shell/states';
import { fill, plural, t } from '../texts';
import { newKey } from '../wire';
import { AboutFields, Grounds, NOTHING, type About } from './about-fields';
import { FileList } from './file-list';
import { readPaste } from './lines';
import { LineTable } from './line-table';
import { Parcels } from './parcels';
import { check, dropped, sendable, sendFile, type Checked, type DroppedFile } from './submission';
import { take, useDrop } from './use-drop';

export function ReferPage() {
  // A new one begins with nothing of the one before.
  const [turn, setTurn] = useState(0);
  return <Referral key={turn} onAgain={() => setTurn(turn + 1)} />;
}

function Referral({ onAgain }: { readonly onAgain: () => void }) {
  const { permissions } = useSession();
  const [text, setText] = useState('');
  const [files, setFiles] = useState<readonly DroppedFile[]>([]);
  const [about, setAbout] = useState<About>(NOTHING);
  const [checked, setChecked] = useState<Checked | null>(null);
  const deferred = useDeferredValue(text);
  const pasted = useMemo(() => readPaste(deferred), [deferred]);
  const takers = {
    onText: (more: string) => setText((before) => (before.trim() === '' ? more : `${before.trimEnd()}\n${more}`)),
    onFiles: (more: readonly File[]) => setFiles((before) => [...before, ...more.map(dropped)]),
  };
  const isOver = useDrop(takers, checked !== null);
  const checking = useCheck(setFiles, setChecked);
  const { category, ideology } = about;
  const ready = category !== '' && ideology !== '' && (sendable(pasted.lines).length > 0 || files.length > 0);
  const begin = (): void => {
    if (!ready || checked || checking.isPending) return;
    const reasons = about.reasons.trim() === '' ? {} : { reasons: about.reasons.trim() };
    checking.mutate({ about: { category, ideology, ...reasons }, lines: pasted.lines, files });
  };
  useSendKey(begin);
  return (
    <Stack component="section" aria-labelledby="title" className={isOver ? 'over' : ''}>
      <Group justify="space-between">
        <Title order={1} size="h3" id="title">
          {checked ? fill(t.refer.caseOpened, { reference: checked.reference }) : t.refer.title}
        </Title>
        <KeysDialog keys={[['Ctrl + Enter', t.keys.send]]} />
      </Group>
      {!checked && <PasteBox text={text} onText={setText} onFiles={(chosen) => void take(chosen, takers)} />}
      {!checked && <AboutFields about={about} onChange={setAbout} />}
      <Grounds about={about} onChange={setAbout} />
      {pasted.lines.length === 0 && files.length === 0 && <Empty says={t.refer.empty} />}
      {pasted.lines.length > 0 && (
        <>
          <Text size="sm" c="dimmed" role="status">
            {plural(t.refer.lines, sendable(pasted.lines).length)}
            {pasted.prose > 0 && ` · ${plural(t.refer.proseLines, pasted.prose)}`}
            {pasted.cut && ` · ${t.refer.atMost}`}
          </Text>
          <LineTable lines={pasted.lines} checked={checked} />
        </>
      )}
      <FileList
        files={files}
        lines={pasted.lines}
        isFixed={checked !== null || checking.isPending}
        onChange={setFiles}
      />
      <Refusal error={checking.error} />
      {checked ? (
        <Paper withBorder p="md" radius="md">
          <Parcels checked={checked} grounds={about.grounds} />
        </Paper>
      ) : (
        <Button
          disabled={!ready}
          loading={checking.isPending}
          onClick={begin}
          className="main-action"
          rightSection={<kbd>Ctrl Enter</kbd>}
        >
          {t.refer.check}
        </Button>
      )}
      {checked && permissions.includes('order.draft') && (
        <Link to="/cases/$id/order" params={{ id: checked.caseId }}>
          {t.order.compose}
        </Link>
      )}
      {checked && (
        <Button variant="subtle" onClick={onAgain} className="main-action">
          {t.refer.startOver}
        </Button>
      )}
    </Stack>
  );
}

type SetFiles = (change: (before: readonly DroppedFile[]) => readonly DroppedFile[]) => void;

/** Opens the case, then sends the files one after another while the notice may already go. */
function useCheck(setFiles: SetFiles, onChecked: (checked: Checked) => void) {
  const key = useRef(newKey());
  return useMutation({
    mutationFn: ({
      about,
      lines,
      files,
    }: {
      about: Parameters<typeof check>[0];
      lines: Parameters<typeof check>[1];
      files: readonly DroppedFile[];
    }) =>
      // prettier-ignore
      check(about, lines, files, key.current),
    onSuccess: async ({ checked, first }, { lines, files }) => {
      onChecked(checked);
      const note = (next: DroppedFile): void =>
        setFiles((before) => before.map((each) => (each.key === next.key ? next : each)));
      for (const [i, file] of files.entries()) {
        if (i === 0 && first) {
          note({ ...file, state: 'done', exhibit: first });
          continue;
        }
        note({ ...file, state: 'sending' });
        note(await sendFile(file, checked.caseId, lines));
      }
    },
    // What was refused may be changed and is then another submission.
    onError: () => {
      key.current = newKey();
    },
  });
}

interface PasteProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onFiles: (files: readonly File[]) => void;
}

function PasteBox({ text, onText, onFiles }: PasteProps) {
  return (
    <Stack gap={4} align="flex-start">
      <Textarea
        w="100%"
        label={t.refer.paste}
        description={t.refer.pasteHow}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        rows={6}
        autoFocus
        spellCheck={false}
        classNames={{ input: 'address' }}
      />
      <FileButton onChange={onFiles} multiple>
        {(props) => (
          <Button size="xs" variant="default" {...props}>
            {t.refer.chooseFiles}
          </Button>
        )}
      </FileButton>
    </Stack>
  );
}
