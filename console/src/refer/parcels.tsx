import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useSendKey } from '../keys';
import type { Notice } from '../notices-api';
import { fill, plural, t } from '../texts';
import { noteLetGo } from '../undo/leaving';
import { newKey, reasonOf } from '../wire';
import { parcelsOf, sendParcel, type Checked, type Parcel } from './submission';

interface Sending {
  readonly key: string;
  readonly state: 'going' | 'sent' | 'failed';
  readonly notice: Notice | null;
  readonly failed: string | null;
}

/** A notice for each platform of the case: sent one by one or all at once, each with its own outcome. */
export function Parcels({ checked, grounds }: { readonly checked: Checked; readonly grounds: string }) {
  const parcels = parcelsOf(checked);
  const [sendings, setSendings] = useState<ReadonlyMap<string, Sending>>(new Map());
  const note = (platformId: string, sending: Sending): void =>
    setSendings((before) => new Map([...before, [platformId, sending]]));
  const send = async (parcel: Parcel): Promise<void> => {
    const before = sendings.get(parcel.platformId);
    if (before && before.state !== 'failed') return;
    const key = before?.key ?? newKey();
    note(parcel.platformId, { key, state: 'going', notice: null, failed: null });
    try {
      const notice = await sendParcel(checked.caseId, parcel, grounds, key);
      noteLetGo(notice.id);
      note(parcel.platformId, { key, state: 'sent', notice, failed: null });
    } catch (error) {
      note(parcel.platformId, { key, state: 'failed', notice: null, failed: reasonOf(error, t.shell.unreachable) });
    }
  };
  const open = parcels.filter(({ platformId }) => !['going', 'sent'].includes(sendings.get(platformId)?.state ?? ''));
  const sendAll = (): void => open.forEach((parcel) => void send(parcel));
  useSendKey(sendAll);
  if (parcels.length === 0) return <Text c="dimmed">{t.refer.nothingToSend}</Text>;
  return (
    <Stack gap="xs" align="flex-start">
      {parcels.map((parcel) => (
        <ParcelLine
          key={parcel.platformId}
          parcel={parcel}
          sending={sendings.get(parcel.platformId)}
          onSend={() => void send(parcel)}
        />
      ))}
      {open.length > 1 && <Button onClick={sendAll}>{plural(t.refer.sendAll, open.length)}</Button>}
    </Stack>
  );
}

interface LineProps {
  readonly parcel: Parcel;
  readonly sending: Sending | undefined;
  readonly onSend: () => void;
}

function ParcelLine({ parcel: { platform, itemIds }, sending, onSend }: LineProps) {
  if (sending?.notice) {
    return (
      <Text role="status">
        {platform}: {t.refer.sent}{' '}
        <Link to="/notices/$id" params={{ id: sending.notice.id }}>
          {sending.notice.reference}
        </Link>
      </Text>
    );
  }
  return (
    <Group gap="xs">
      <Button variant="filled" loading={sending?.state === 'going'} onClick={onSend}>
        {plural(t.refer.send, itemIds.length, { platform })}
      </Button>
      {sending?.failed && (
        <Alert color="red" role="alert">
          {fill(t.refer.notSent, { why: sending.failed })}
        </Alert>
      )}
    </Group>
  );
}
