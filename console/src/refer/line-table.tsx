import { useQueries } from '@tanstack/react-query';
import { platformOf, type Platform } from '../casework-api';
import { fill, plural, t } from '../texts';
import type { PastedLine } from './lines';
import type { Checked } from './submission';

/** Hosts that are looked up while one types; the answer to the submission names all. */
const MOST_HOSTS = 20;
const FRESH_MS = 5 * 60_000;

interface Known {
  readonly platform: Platform | null;
  readonly isAsking: boolean;
}

function usePlatforms(lines: readonly PastedLine[]): ReadonlyMap<string, Known> {
  const hosts = [...new Set(lines.flatMap(({ host }) => host ?? []))].slice(0, MOST_HOSTS);
  const answers = useQueries({
    queries: hosts.map((host) => ({
      queryKey: ['platform', host],
      queryFn: () => platformOf(host),
      staleTime: FRESH_MS,
    })),
  });
  return new Map(
    hosts.map((host, i) => [host, { platform: answers[i]?.data ?? null, isAsking: answers[i]?.isPending ?? false }]),
  );
}

interface Props {
  readonly lines: readonly PastedLine[];
  readonly checked: Checked | null;
}

/** Each line as it is understood, from the first key on; after the check, as the service knows it. */
export function LineTable({ lines, checked }: Props) {
  const platforms = usePlatforms(lines);
  const { columns } = t.refer;
  return (
    <table className="stacked lines">
      <thead>
        <tr>
          {[columns.line, columns.address, columns.platform, columns.status].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map((line, i) => (
          <tr key={i}>
            <td data-label={columns.line}>{i + 1}</td>
            <td data-label={columns.address}>
              <bdi className="address">{checked?.items.get(i)?.address ?? line.text}</bdi>
            </td>
            <td data-label={columns.platform}>
              {checked?.items.get(i)?.platform?.name ?? <PlatformName line={line} platforms={platforms} />}
            </td>
            <td data-label={columns.status}>
              <Status line={line} place={i} checked={checked} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface PlatformProps {
  readonly line: PastedLine;
  readonly platforms: ReadonlyMap<string, Known>;
}

function PlatformName({ line, platforms }: PlatformProps) {
  if (line.platform) return <>{line.platform}</>;
  const known = line.host === null ? undefined : platforms.get(line.host);
  if (line.host === null) return <>–</>;
  if (!known || known.isAsking) return <em>{t.refer.asking}</em>;
  return known.platform ? <strong>{known.platform.name}</strong> : <em>{t.refer.unknownPlatform}</em>;
}

function Status({
  line,
  place,
  checked,
}: {
  readonly line: PastedLine;
  readonly place: number;
  readonly checked: Checked | null;
}) {
  // prettier-ignore
  const refused = checked?.refused.get(place);
  if (refused) return <span className="status-bad">{refused}</span>;
  if (line.fault) return <span className="status-bad">{t.refer.faults[line.fault]}</span>;
  if (line.duplicateOf !== null) {
    return <span className="status-quiet">{fill(t.refer.duplicateOf, { n: String(line.duplicateOf) })}</span>;
  }
  const says = checked ? saidOf(checked, place) : [];
  const broad = line.breadth ? [fill(t.refer.held, { what: t.refer.broad[line.breadth] })] : [];
  const all = checked ? says : broad;
  if (all.length > 0) return <span className="status-look">{all.join('; ')}</span>;
  return <span className="status-good">{checked ? t.refer.ready : t.refer.understood}</span>;
}

/** What the service said of a line that it took. */
function saidOf(checked: Checked, place: number): readonly string[] {
  const item = checked.items.get(place);
  if (!item) return [];
  return [
    ...(item.caseId === checked.caseId ? [] : [t.refer.joined]),
    ...(item.heldBecause ? [fill(t.refer.held, { what: t.refer.broad[item.heldBecause] })] : []),
    ...(item.previousItemId ? [t.refer.before] : []),
    ...item.reuploadOf.slice(0, 1).map(({ distance }) => plural(t.refer.reupload, distance)),
  ];
}
