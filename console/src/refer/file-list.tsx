import { Button, Group, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { fill, plural, t } from '../texts';
import type { PastedLine } from './lines';
import type { DroppedFile } from './submission';

interface Props {
  readonly files: readonly DroppedFile[];
  readonly lines: readonly PastedLine[];
  readonly isFixed: boolean;
  readonly onChange: (files: readonly DroppedFile[]) => void;
}

/** Files, each with the line that it belongs to; afterwards with what the shared database knows of it. */
export function FileList({ files, lines, isFixed, onChange }: Props) {
  if (files.length === 0) return null;
  const attach = (key: string, line: number | null): void =>
    onChange(files.map((each) => (each.key === key ? { ...each, line } : each)));
  const choices = lines.flatMap(({ item, duplicateOf }, i) =>
    item && duplicateOf === null ? [{ value: String(i), label: fill(t.refer.line, { n: String(i + 1) }) }] : [],
  );
  return (
    <Stack gap="xs" component="section" aria-labelledby="files">
      <Title order={2} size="h5" id="files">
        {t.refer.files}
      </Title>
      <ul className="files">
        {files.map((each) => (
          <li key={each.key}>
            <bdi>{each.file.name}</bdi>
            {isFixed ? (
              <FileState file={each} />
            ) : (
              <Group gap="xs" align="flex-end">
                <NativeSelect
                  size="xs"
                  label={fill(t.refer.belongsTo, { name: each.file.name })}
                  value={each.line === null ? '' : String(each.line)}
                  data={[{ value: '', label: t.refer.theCase }, ...choices]}
                  onChange={({ currentTarget: { value } }) => attach(each.key, value === '' ? null : Number(value))}
                />
                <Button
                  size="xs"
                  variant="default"
                  aria-label={fill(t.refer.removeFile, { name: each.file.name })}
                  onClick={() => onChange(files.filter(({ key }) => key !== each.key))}
                >
                  {t.refer.leaveOut}
                </Button>
              </Group>
            )}
          </li>
        ))}
      </ul>
    </Stack>
  );
}

function FileState({ file: { state, exhibit, failed } }: { readonly file: DroppedFile }) {
  if (state !== 'done' || !exhibit) {
    return (
      <span role="status" className={state === 'failed' ? 'status-bad' : 'status-quiet'}>
        {t.refer.fileState[state]} {failed}
      </span>
    );
  }
  const matches = exhibit.matches.flatMap(({ type, distance }) =>
    typeof type === 'string' && typeof distance === 'number' ? [plural(t.refer.match, distance, { type })] : [],
  );
  return (
    <span role="status" className={matches.length > 0 ? 'status-look' : 'status-quiet'}>
      {t.refer.fileState.done}; {matches.length > 0 ? matches.join('; ') : t.refer.noMatch}
      {matches.length > 0 && (
        <Text size="xs" span>
          {' '}
          {t.refer.proposes}
        </Text>
      )}
    </span>
  );
}
