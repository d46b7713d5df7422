import { Button, SimpleGrid, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { AUTHORITY_TYPES } from '../../../src/domain/forms/forms';
import { acceptsLanguage } from '../../../src/domain/providers';
import { UNION_LANGUAGES, type UnionLanguage } from '../../../src/domain/union';
import { Failed, Loading, Refusal } from '../shell/states';
import { languageName } from '../language-name';
import { t } from '../texts';
import { language } from '../texts/language';
import { Choice, Line, Part, sent, Tick, Words, type Given } from './fields';
import { draftOrder, lastOrder, providerOf, type Assessment, type NewOrder, type Provider } from './order-api';

const UNITS = ['days', 'months'] as const;
const NAMES = Object.fromEntries(UNION_LANGUAGES.map((each) => [each, languageName(each)])) as Readonly<
  Record<UnionLanguage, string>
>;

type Fixed = Pick<NewOrder, 'caseId' | 'assessmentId'> & {
  readonly platformId: string;
  readonly escalatedFrom?: string | undefined;
};

function orderOf(given: Given, { escalatedFrom, ...fixed }: Fixed): NewOrder {
  const [fax, stamp, homeCopyNote] = [given.text('fax'), given.text('stamp'), given.text('homeCopyNote')];
  return {
    ...fixed,
    ...(escalatedFrom ? { escalatedFrom } : {}),
    language: given.one('language', UNION_LANGUAGES, 'en'),
    legalBasis: given.text('legalBasis'),
    additionalInformation: given.text('additional'),
    ...(given.isOn('emergency') ? { isEmergency: true, emergencyReasons: given.text('emergencyReasons') } : {}),
    issuer: {
      type: given.one('type', AUTHORITY_TYPES, 'OTHER'),
      representative: given.text('representative'),
      post: given.text('post'),
      fileNo: given.text('fileNo'),
      address: given.text('address'),
      tel: given.text('tel'),
      email: given.text('email'),
      ...(fax === '' ? {} : { fax }),
      ...(stamp === '' ? {} : { stamp }),
    },
    redress: {
      body: given.text('body'),
      deadline: { n: Number(given.text('n')), unit: given.one('unit', UNITS, 'days'), from: given.text('from') },
      lawUrl: given.text('lawUrl'),
    },
    ...(homeCopyNote === '' ? {} : { homeCopyNote }),
  };
}

interface Props {
  readonly assessment: Assessment;
  readonly platformId: string;
  /** The referral that the order carries on. */
  readonly from: string | undefined;
}

/** The rest of Annex I. What the last order said of its issuer and of redress is there already. */
export function OrderForm(props: Props) {
  const provider = useQuery({ queryKey: ['provider', props.platformId], queryFn: () => providerOf(props.platformId) });
  const last = useQuery({ queryKey: ['last-order'], queryFn: lastOrder });
  if (provider.isError) return <Failed error={provider.error} again={() => void provider.refetch()} />;
  if (last.isError) return <Failed error={last.error} again={() => void last.refetch()} />;
  if (!provider.data || last.data === undefined) return <Loading />;
  return <Fields {...props} provider={provider.data} last={last.data} />;
}

interface FieldsProps extends Props {
  readonly provider: Provider;
  readonly last: Awaited<ReturnType<typeof lastOrder>>;
}

function Fields({ assessment: { id: assessmentId, caseId }, platformId, from, provider, last }: FieldsProps) {
  const [isEmergency, setEmergency] = useState(false);
  const navigate = useNavigate();
  const drafting = useMutation({
    mutationFn: (given: Given) => draftOrder(orderOf(given, { caseId, assessmentId, platformId, escalatedFrom: from })),
    onSuccess: ({ id }) => navigate({ to: '/notices/$id', params: { id } }),
  });
  const accepted = UNION_LANGUAGES.filter((each) => acceptsLanguage(provider, each));
  return (
    <form onSubmit={sent((given) => drafting.mutate(given))}>
      <Stack gap="sm">
        <Choice
          name="language"
          label={t.order.language}
          all={accepted.length > 0 ? accepted : UNION_LANGUAGES}
          words={NAMES}
          initial={language}
        />
        <Words name="legalBasis" label={t.notice.order.basis} initial={last?.legalBasis} />
        <Words name="additional" label={t.order.additional} optional />
        <Tick name="emergency" label={t.order.emergency} onChange={setEmergency} />
        {isEmergency && <Words name="emergencyReasons" label={t.order.emergencyWhy} least={20} />}
        <Issuer last={last?.issuer} />
        <Redress last={last?.redress} />
        <Words name="homeCopyNote" label={t.order.homeCopy} optional />
        <Refusal error={drafting.error} />
        <Button type="submit" className="main-action" loading={drafting.isPending}>
          {t.order.save}
        </Button>
      </Stack>
    </form>
  );
}

const Issuer = ({ last }: { readonly last: NewOrder['issuer'] | undefined }) => (
  <Part title={t.order.issuer}>
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Choice
        name="type"
        label={t.order.type}
        all={AUTHORITY_TYPES}
        words={t.order.authorityTypes}
        initial={last?.type}
      />
      <Line name="representative" label={t.order.representative} initial={last?.representative} />
      <Line name="post" label={t.order.post} initial={last?.post} />
      <Line name="fileNo" label={t.order.fileNo} />
      <Line name="address" label={t.order.address} initial={last?.address} />
      <Line name="tel" label={t.order.tel} initial={last?.tel} least={5} type="tel" />
      <Line name="email" label={t.order.email} initial={last?.email} type="email" />
      <Line name="fax" label={t.order.fax} initial={last?.fax} optional />
      <Line name="stamp" label={t.order.stamp} initial={last?.stamp} optional />
    </SimpleGrid>
  </Part>
);

const Redress = ({ last }: { readonly last: NewOrder['redress'] | undefined }) => (
  <Part title={t.notice.order.redress}>
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Line name="body" label={t.order.body} initial={last?.body} />
      <Line name="n" label={t.order.n} initial={last ? String(last.deadline.n) : undefined} type="number" />
      <Choice name="unit" label={t.order.unit} all={UNITS} words={t.order.units} initial={last?.deadline.unit} />
      <Line name="from" label={t.order.from} initial={last?.deadline.from} />
      <Line name="lawUrl" label={t.order.lawUrl} initial={last?.lawUrl} type="url" />
    </SimpleGrid>
  </Part>
);
