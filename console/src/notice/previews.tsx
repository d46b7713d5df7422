import { Stack, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { caseExhibits } from '../casework-api';
import type { Notice } from '../notices-api';
import { useSession } from '../shell/session';
import { Empty, Failed, Loading } from '../shell/states';
import { fill, t } from '../texts';
import { Preview } from './preview';

/** The service asks for a reason of at least so many characters. */
const LEAST_REASON = 3;

/** The preserved files of the case. A platform has none: the sender's copy stays with the sender. */
export function Previews({ notice, isSender }: { readonly notice: Notice; readonly isSender: boolean }) {
  return (
    <Stack gap="xs" component="section" aria-labelledby="previews">
      <Title order={2} size="h5" id="previews">
        {t.preview.title}
      </Title>
      {isSender && notice.caseId ? <OfCase caseId={notice.caseId} notice={notice} /> : <Empty says={t.preview.none} />}
    </Stack>
  );
}

function OfCase({ caseId, notice }: { readonly caseId: string; readonly notice: Notice }) {
  const { permissions } = useSession();
  const [why, setWhy] = useState(fill(t.preview.whyUsual, { reference: notice.reference }));
  const exhibits = useQuery({ queryKey: ['exhibits', caseId], queryFn: () => caseExhibits(caseId) });
  if (exhibits.isPending) return <Loading />;
  if (exhibits.isError) return <Failed error={exhibits.error} again={() => void exhibits.refetch()} />;
  const items = new Set(notice.items.map(({ itemId }) => itemId));
  const shown = exhibits.data.filter(({ itemId }) => itemId === null || items.has(itemId));
  if (shown.length === 0) return <Empty says={t.preview.noneHere} />;
  const mayLook = permissions.includes('exhibit.view') && why.trim().length >= LEAST_REASON;
  return (
    <>
      <TextInput label={t.preview.why} value={why} onChange={(event) => setWhy(event.currentTarget.value)} />
      <ul className="previews">
        {shown.map((exhibit) => (
          <Preview key={exhibit.id} exhibit={exhibit} why={why.trim()} mayLook={mayLook} />
        ))}
      </ul>
    </>
  );
}
