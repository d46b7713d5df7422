import { Alert, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { summary, type OwnSummary, type Published, type PublishedMonth, type Session } from './api';
import { useSession } from './shell/session';
import { t } from './texts';

const percent = new Intl.NumberFormat(t.lang, { style: 'percent', maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat(t.lang, { maximumFractionDigits: 1 });

const monthName = new Intl.DateTimeFormat(t.lang, { month: 'long', year: 'numeric', timeZone: 'UTC' });

const whole = new Intl.NumberFormat(t.lang);

const shareOf = (share: number | null): string => (share === null ? '–' : percent.format(share));
const minutesOf = (ms: number | null): string => (ms === null ? '–' : `${decimal.format(ms / 60_000)} ${t.minutes}`);

const countOf = (count: Published): string =>
  count === 'withheld' ? t.withheld : typeof count === 'number' ? whole.format(count) : count;

export const OwnFigures = () => <Figures session={useSession()} />;

/** Published months for everybody; the organisation's own, live, once signed in. */
export function Figures({ session }: { readonly session: Session | null }) {
  const figures = useQuery({
    queryKey: ['summary', session?.organisation.name ?? null],
    queryFn: summary,
    refetchInterval: session ? 5_000 : false,
  });
  if (figures.isError) return <Alert color="red">{t.unavailable}</Alert>;
  if (!figures.data) return <div aria-busy="true" />;
  return figures.data.summary ? <Own summary={figures.data.summary} /> : <Months months={figures.data.months} />;
}

function Own({ summary: own }: { readonly summary: OwnSummary }) {
  const cells: readonly (readonly [string, string | number])[] = [
    [t.notices, own.notices.sent],
    [t.received, own.notices.received],
    [t.open, own.notices.results.open],
    [t.missed, own.notices.targetMissed],
    [t.median, minutesOf(own.responseTime.p50Ms)],
    [t.withinHour, shareOf(own.responseTime.shareWithinHour)],
    [t.preserved, own.activity.exhibitsPreserved],
    [t.matches, own.activity.matches],
  ];
  return (
    <Stack component="section" aria-labelledby="figures">
      <Title order={2} size="h4" id="figures">
        {t.ownFigures}
      </Title>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {cells.map(([label, value]) => (
          <Paper key={label} withBorder p="md" radius="md">
            <Text size="sm" c="dimmed">
              {label}
            </Text>
            <Text size="xl" fw={600}>
              {value}
            </Text>
          </Paper>
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function Months({ months }: { readonly months: readonly PublishedMonth[] }) {
  return (
    <Stack component="section" aria-labelledby="figures">
      <Title order={2} size="h4" id="figures">
        {t.publishedFigures}
      </Title>
      <Text size="sm" c="dimmed">
        {t.publishedWhy}
      </Text>
      {months.length === 0 ? <Text>{t.nothingPublished}</Text> : <MonthTable months={months} />}
    </Stack>
  );
}

function MonthTable({ months }: { readonly months: readonly PublishedMonth[] }) {
  return (
    <Table horizontalSpacing={4} fz="sm">
      <Table.Thead>
        <Table.Tr>
          {[t.month, t.received, t.withinHour, t.median, t.missed].map((title) => (
            <Table.Th key={title} scope="col">
              {title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {months.map(({ month, figures }) => (
          <Table.Tr key={month}>
            <Table.Th scope="row">{monthName.format(new Date(`${month}-01`))}</Table.Th>
            <Table.Td>{countOf(figures.notices.received)}</Table.Td>
            <Table.Td>{shareOf(figures.responseTime.shareWithinHour)}</Table.Td>
            <Table.Td>{minutesOf(figures.responseTime.p50Ms)}</Table.Td>
            <Table.Td>{countOf(figures.notices.targetMissed)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
