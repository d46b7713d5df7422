import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { deliveriesOf, type Delivery } from '../notices-api';
import { Empty, Failed, Loading } from '../shell/states';
import { t } from '../texts';
import { Instant } from '../time/instant';

/** Each channel that was tried, with its proof of receipt and every attempt. */
export function Deliveries({ noticeId }: { readonly noticeId: string }) {
  const deliveries = useQuery({ queryKey: ['deliveries', noticeId], queryFn: () => deliveriesOf(noticeId) });
  return (
    <Stack gap="xs" component="section" aria-labelledby="deliveries">
      <Title order={2} size="h5" id="deliveries">
        {t.notice.deliveries}
      </Title>
      {deliveries.isPending && <Loading />}
      {deliveries.isError && <Failed error={deliveries.error} again={() => void deliveries.refetch()} />}
      {deliveries.data?.length === 0 && <Empty says={t.notice.noDeliveries} />}
      {deliveries.data && deliveries.data.length > 0 && <DeliveryTable deliveries={deliveries.data} />}
    </Stack>
  );
}

function DeliveryTable({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  return (
    <table className="stacked">
      <thead>
        <tr>
          {[t.notice.channel, t.notice.state, t.notice.receipt, t.notice.attempts].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {deliveries.map((delivery) => (
          <tr key={delivery.id}>
            <th scope="row">{t.words.channels[delivery.channel]}</th>
            <td data-label={t.notice.state}>
              {t.words.deliveryStates[delivery.state]}
              {delivery.failure && <Text size="xs">{delivery.failure}</Text>}
            </td>
            <td data-label={t.notice.receipt}>
              {delivery.receiptAt ? <Instant at={delivery.receiptAt} /> : t.notice.noReceipt}
            </td>
            <td data-label={t.notice.attempts}>
              {delivery.attempts.length === 0 ? t.notice.noAttempt : <Attempts attempts={delivery.attempts} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Attempts({ attempts }: Pick<Delivery, 'attempts'>) {
  return (
    <ol className="attempts">
      {attempts.map(({ attempt, startedAt, outcome, status, problem }) => (
        <li key={attempt}>
          <Instant at={startedAt} /> {[outcome, status, problem].filter((part) => part !== null).join(' · ')}
        </li>
      ))}
    </ol>
  );
}
