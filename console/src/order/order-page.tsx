import { Button, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Empty, Failed, Loading } from '../shell/states';
import { fill, t } from '../texts';
import { AssessmentForm } from './assessment-form';
import { OrderForm } from './order-form';
import { SignOff } from './sign-off';
import { assessmentsOf, caseOf, type Assessment, type CaseFile } from './order-api';

/** A removal order from a case: assessed first, then written, then signed by two people on the page of the notice. */
export function OrderPage() {
  const { id } = useParams({ from: '/cases/$id/order' });
  const caseFile = useQuery({ queryKey: ['case', id], queryFn: () => caseOf(id) });
  const assessments = useQuery({ queryKey: ['assessments', id], queryFn: () => assessmentsOf(id) });
  if (caseFile.isError) return <Failed error={caseFile.error} again={() => void caseFile.refetch()} />;
  if (assessments.isError) return <Failed error={assessments.error} again={() => void assessments.refetch()} />;
  if (!caseFile.data || !assessments.data) return <Loading />;
  return <Composing caseFile={caseFile.data} assessments={assessments.data} />;
}

interface Props {
  readonly caseFile: CaseFile;
  readonly assessments: readonly Assessment[];
}

const latest = (assessments: readonly Assessment[]): Assessment | undefined =>
  assessments.toSorted((a, b) => b.assessedAt.localeCompare(a.assessedAt))[0];

function Composing({ caseFile, assessments }: Props) {
  const { from } = useSearch({ from: '/cases/$id/order' });
  const [isAnew, setAnew] = useState<string | null>(null);
  const open = caseFile.items.filter(({ state, platform }) => state === 'open' && platform !== null);
  const platforms = [...new Map(open.map(({ platform }) => [platform?.id ?? '', platform?.name ?? '']))];
  const [platformId, setPlatform] = useState(platforms[0]?.[0] ?? '');
  const assessment = latest(assessments);
  const usable = assessment && assessment.id !== isAnew ? assessment : undefined;
  return (
    <Stack component="section" aria-labelledby="title">
      <Title order={1} size="h3" id="title">
        {fill(t.order.title, { reference: caseFile.reference })}
      </Title>
      <ul>
        {open.map(({ id, address }) => (
          <li key={id}>
            <bdi className="address">{address}</bdi>
          </li>
        ))}
      </ul>
      {open.length === 0 && <Empty says={t.order.nothingOpen} />}
      {platforms.length > 1 && (
        <NativeSelect
          label={t.notice.to}
          value={platformId}
          data={platforms.map(([value, label]) => ({ value, label }))}
          onChange={({ currentTarget: { value } }) => setPlatform(value)}
        />
      )}
      {usable ? (
        <Assessed assessment={usable} onAnew={() => setAnew(usable.id)} />
      ) : (
        <AssessmentForm caseFile={caseFile} />
      )}
      {usable && usable.barsToOrder.length === 0 && open.length > 0 && (
        <OrderForm key={platformId} assessment={usable} platformId={platformId} from={from} />
      )}
    </Stack>
  );
}

/** What was found, and what stands between it and an order. */
function Assessed({ assessment, onAnew }: { readonly assessment: Assessment; readonly onAnew: () => void }) {
  return (
    <Stack gap="xs" align="flex-start" component="section" aria-labelledby="assessed">
      <Title order={2} size="h5" id="assessed">
        {t.order.assessed}
      </Title>
      <Text>{assessment.categories.map((category) => t.words.categories[category]).join(' · ')}</Text>
      <Text className="said">{assessment.reasons}</Text>
      {assessment.barsToOrder.length > 0 && (
        <ul className="obstacle">
          {assessment.barsToOrder.map((bar) => (
            <li key={bar}>{t.order.bars[bar]}</li>
          ))}
        </ul>
      )}
      <SignOff assessment={assessment} />
      <Button size="xs" variant="default" onClick={onAnew}>
        {t.order.anew}
      </Button>
    </Stack>
  );
}
