import type { CaseItem, Exhibit } from '../case-api';
import type { Freshness, Match } from '../match-api';
import type { Dispute, Signal, SignalLabels } from '../signal-api';
import { cell, table, type Output, type Style } from './output';

const HOUR_MS = 3_600_000;

/** An old look is worth saying so; less is the time a node needs to follow the ledger. */
const STALE_MS = 2000;

const ACTION_STYLE: Readonly<Record<Match['action'], Style>> = { block: 'red', review: 'yellow', ignore: 'dim' };

const distinct = (words: readonly (string | undefined)[]): string =>
  [...new Set(words.filter((word) => word !== undefined))].join(', ') || '–';

export const labelText = ({ category, ideology, behaviours, contentType, entityClass }: SignalLabels): string =>
  distinct([category, ideology, ...(behaviours ?? []), contentType, entityClass]);

const distanceText = ({ distance }: Match): string => (distance === 0 ? 'identical' : `${distance} bits`);

/** `2 confirm, 1 disputes`; what nobody said is left out. */
function wordOf({ opinions, feedback }: Pick<Signal, 'opinions' | 'feedback'>): string {
  const said: [number, string][] = [
    [opinions.confirm, 'confirm'],
    [opinions.dispute, 'dispute'],
    [feedback.confirmed, 'found it right'],
    [feedback.false, 'found it false'],
    [feedback.alreadyKnown, 'knew it'],
  ];
  return said.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(', ');
}

function detailsOf(match: Match): string[] {
  const sources = distinct(match.contributions.map(({ organisationName }) => organisationName));
  const lists = match.lists.map(({ name, tlp }) => `${name} (TLP:${tlp.toUpperCase()})`);
  const policy = match.policyVersion === null ? 'default policy' : `policy ${match.policyVersion}`;
  return [
    `because ${match.because} (${policy})`,
    `${match.reviewed ? 'from' : 'unreviewed, from'} ${sources}, on ${lists.join(', ') || '–'}`,
    [
      match.severity === null ? '' : `severity ${match.severity}`,
      match.incident === null ? '' : `incident ${match.incident}`,
      wordOf(match),
      match.variant === undefined ? '' : `found ${match.variant}`,
      match.vpdq ? `${match.vpdq.queryPercent} % of these frames, ${match.vpdq.comparedPercent} % of those known` : '',
    ]
      .filter(Boolean)
      .join(', '),
  ].filter(Boolean);
}

/** What is known, and what one's own policy says to do: a line each, with why beneath. */
export function matchLines(matches: readonly Match[], output: Output): string[] {
  const heads = table(
    matches.map((match) => [
      `  ${output.paint(ACTION_STYLE[match.action], match.action)}`,
      match.type,
      distanceText(match),
      match.state,
      labelText(match.labels),
      output.paint('dim', cell(match.signalId)),
    ]),
  );
  return heads.flatMap((head, index) => {
    const match = matches[index];
    return match ? [head, ...detailsOf(match).map((line) => `    ${cell(line)}`)] : [head];
  });
}

export function freshnessLine({ source, through, behindMs }: Freshness): string {
  const from = source === 'database' ? ', from the database: this node is still loading its copy' : '';
  const late = behindMs > STALE_MS ? `, ${(behindMs / 1000).toFixed(1)} s ago` : '';
  return `as of ledger entry ${through}${late}${from}`;
}

/** `copy of <item>` where that is one's own, otherwise the signal. */
export function reuploadText({ reuploadOf }: Pick<CaseItem, 'reuploadOf'>): string {
  const [nearest, ...others] = reuploadOf;
  if (!nearest) return '';
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const bits = nearest.distance === 0 ? 'identical' : `${nearest.distance} bits`;
  return nearest.earlierItemId === null
    ? `re-upload: matches signal ${nearest.signalId} (${bits})${more}`
    : `re-upload of item ${nearest.earlierItemId} (${bits})${more}`;
}

/** Perceptual hashes of an exhibit, whatever it is; nothing where there are none and never could be. */
export function mediaLines({ image, media, notHashed }: Pick<Exhibit, 'image' | 'media' | 'notHashed'>): string[] {
  const rows: string[][] = [];
  if (image) rows.push(['pdq', `${image.pdq.hash}  quality ${image.pdq.quality}`], ['blockhash', image.blockhash]);
  if (media?.state === 'pending') rows.push([media.kind, 'being hashed']);
  if (media?.vpdq) rows.push(['vpdq', `${media.vpdq}  ${media.hashes.length} frames`]);
  if (media?.textSha256) rows.push(['text', `${media.textSha256}  ${media.pageCount ?? 0} pages`]);
  if (media?.fault) rows.push([media.kind, media.fault]);
  if (notHashed) rows.push(['not hashed', `${notHashed.title} (${notHashed.code})`]);
  return table(rows);
}

export function signalLines(signal: Signal): string[] {
  const said = wordOf(signal);
  return [
    ...table([['signal', signal.id, signal.type, signal.state, said]]),
    ...(signal.value === null ? [] : [`  ${signal.value}`]),
    ...table(
      signal.contributions.map((each) => [
        `  ${each.state}`,
        each.contributedAt,
        each.organisationName,
        labelText(each.labels),
        each.severity,
        each.reviewed ? 'reviewed' : 'unreviewed',
      ]),
    ),
    ...signal.disputes.map((dispute) => `  dispute  ${dispute.id}  ${dispute.reason}  due ${dispute.dueAt}`),
  ];
}

/** How long there is still to decide, or what was decided. */
export function disputeTime({ state, dueAt }: Dispute, now: Date): string {
  if (state !== 'open') return state;
  const hours = (Date.parse(dueAt) - now.getTime()) / HOUR_MS;
  return hours < 0 ? `${Math.ceil(-hours)} h over` : `${Math.floor(hours)} h left`;
}
