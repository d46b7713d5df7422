import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Empty } from '../shell/states';
import { t } from '../texts';
import { Instant } from '../time/instant';
import { useEntries } from './seen-entries';

/** Entries of the ledger about this notice as the stream brought them, each with the receipt that proves it. */
export function RecordEntries({ noticeId }: { readonly noticeId: string }) {
  const entries = useEntries(noticeId);
  return (
    <Stack gap="xs" component="section" aria-labelledby="record">
      <Title order={2} size="h5" id="record">
        {t.notice.record}
      </Title>
      {entries.length === 0 ? (
        <Empty says={t.notice.recordEmpty} />
      ) : (
        <>
          <Text size="sm" c="dimmed">
            {t.notice.recordWhy}
          </Text>
          <ol className="record">
            {entries.map(({ id, seq, kind, at, digest }) => (
              <li key={id}>
                <code>{kind}</code>
                <Instant at={at} />
                <span>
                  #{seq} · <code title={digest}>{digest.slice(0, 12)}…</code>
                </span>
                <Anchor size="sm" href={`/v1/ledger/entries/${id}/receipt`} download={`receipt-${seq}.json`}>
                  {t.notice.recordReceipt}
                </Anchor>
              </li>
            ))}
          </ol>
        </>
      )}
    </Stack>
  );
}
