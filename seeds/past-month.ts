import { closesAt, isClosed, monthOf, periodOfMonth } from '../src/domain/closed-month';
import { ITEM_OUTCOMES, type Category, type ItemOutcome } from '../src/domain/vocabulary';
import type { SubmissionView } from '../src/cases/cases.dto';
import type { NoticeView } from '../src/notices/notice.view';
import type { Systems } from './registration';
import { randomFrom } from './scenes';
import type { Stage, Voice } from './stage';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const PLATFORMS = ['harbour', 'meadow', 'kiln'] as const;
type PlatformSlug = (typeof PLATFORMS)[number];
const PATHS: Readonly<Record<PlatformSlug, string>> = { harbour: 'p', meadow: 'v', kiln: 'thread' };

/** A morning on which one unit's case system sends what a sweep has found. */
interface Sweep {
  readonly day: number;
  readonly hour: number;
  readonly unit: 'vigie' | 'lantern';
  readonly language: string;
  readonly category: Category;
}

const SWEEPS: readonly Sweep[] = [
  { day: 3, hour: 9, unit: 'vigie', language: 'fr', category: 'incitement' },
  { day: 11, hour: 13, unit: 'lantern', language: 'et', category: 'solicit_group' },
  { day: 22, hour: 8, unit: 'vigie', language: 'fr', category: 'instruction' },
];

/** How fast a notice of a sweep is answered: when the answer comes and between which minutes measures were taken. */
const PACES = {
  prompt: { answer: 13, measures: [2, 12] },
  slow: { answer: 41, measures: [15, 40] },
  late: { answer: 76, measures: [62, 75] },
  'told late': { answer: 76, measures: [25, 55] },
} as const;
type Pace = keyof typeof PACES;

/** The notices of one sweep: to whom, how fast answered, and what came of the items. */
interface Plan {
  readonly platform: PlatformSlug;
  readonly pace: Pace;
  readonly outcomes: readonly ItemOutcome[];
}

const items = (counts: Partial<Record<ItemOutcome, number>>): readonly ItemOutcome[] =>
  ITEM_OUTCOMES.flatMap((outcome) => Array.from({ length: counts[outcome] ?? 0 }, () => outcome));

/** The middling platform and the volunteers do not always manage the hour. */
const PLANS: readonly Plan[] = [
  { platform: 'harbour', pace: 'prompt', outcomes: items({ removed: 4, disabled: 1 }) },
  { platform: 'harbour', pace: 'prompt', outcomes: items({ removed: 2, declined: 2 }) },
  { platform: 'harbour', pace: 'slow', outcomes: items({ removed: 2, declined: 1, already_gone: 2 }) },
  { platform: 'harbour', pace: 'prompt', outcomes: items({ removed: 1, account_actioned: 1, declined: 1, not_found: 2 }) },
  { platform: 'meadow', pace: 'prompt', outcomes: items({ removed: 2, declined: 2, already_gone: 2 }) },
  { platform: 'meadow', pace: 'slow', outcomes: items({ removed: 1, declined: 2, not_found: 2 }) },
  { platform: 'meadow', pace: 'late', outcomes: items({ removed: 5 }) },
  { platform: 'kiln', pace: 'slow', outcomes: items({ removed: 2, declined: 2, already_gone: 1 }) },
  { platform: 'kiln', pace: 'prompt', outcomes: items({ removed: 3, declined: 1, not_found: 2 }) },
  { platform: 'kiln', pace: 'told late', outcomes: items({ removed: 1, declined: 1, already_gone: 1 }) },
]; // prettier-ignore

/** What the month comes to, for whoever checks its figures. */
export const PAST_MONTH = {
  notices: SWEEPS.length * PLANS.length,
  items: SWEEPS.length * PLANS.flatMap(({ outcomes }) => outcomes).length,
} as const;

/** The last month that is closed and published at `now`. */
export function lastClosedMonth(now: Date): string {
  const before = (month: string): string => monthOf(new Date(periodOfMonth(month).from.getTime() - 1));
  let month = before(monthOf(now));
  while (!isClosed(month, now)) month = before(month);
  return month;
}

/** Its second day, in the morning: before the first sweep. */
export const startOfPastMonth = (month: string): Date =>
  new Date(periodOfMonth(month).from.getTime() + DAY_MS + 8 * HOUR_MS);

/** Plays a month of bulk work and publishes its figures when it closes. */
export async function playPastMonth(stage: Stage, systems: Systems, month: string): Promise<void> {
  const random = randomFrom(20_260);
  for (const sweep of SWEEPS) {
    const start = periodOfMonth(month).from.getTime() + (sweep.day - 1) * DAY_MS + sweep.hour * HOUR_MS;
    await stage.goTo(new Date(start + Math.floor(random() * 50 * MINUTE_MS)));
    await playSweep(stage, systems, sweep, random);
  }
  await stage.goTo(new Date(closesAt(month).getTime() + 2 * MINUTE_MS));
  await stage.publishClosedMonths();
}

async function playSweep(stage: Stage, systems: Systems, sweep: Sweep, random: () => number): Promise<void> {
  const unit = systems[sweep.unit];
  const sent = await referAll(stage, unit, sweep, random);
  const receivedAt = stage.clock.now().getTime();
  const at = (minute: number): Promise<void> => stage.goTo(new Date(receivedAt + minute * MINUTE_MS));
  await at(1);
  // The large platform's system acknowledges by itself; for the others the answer is the acknowledgement.
  await Promise.all(
    sent.filter(({ plan }) => plan.platform === 'harbour').map(({ id }) => systems.harbour.post(`/v1/notices/${id}/acknowledge`)),
  ); // prettier-ignore
  for (const minute of [...new Set(Object.values(PACES).map(({ answer }) => answer))].sort((a, b) => a - b)) {
    const due = sent.filter(({ plan }) => PACES[plan.pace].answer === minute);
    if (due.length === 0) continue;
    await at(minute);
    await Promise.all(due.map((each) => answer(systems[each.plan.platform], each, receivedAt, random)));
  }
}

interface Sent {
  readonly id: string;
  readonly plan: Plan;
  readonly itemIds: readonly string[];
}

/** One case with all that was found; a notice for each plan, sent and delivered. */
async function referAll(
  stage: Stage,
  unit: Voice,
  { category, language }: Sweep,
  random: () => number,
): Promise<readonly Sent[]> {
  const now = stage.clock.now().getTime();
  const found = PLANS.flatMap(({ platform, outcomes }) =>
    outcomes.map(() => ({
      url: `https://${platform}.example/${PATHS[platform]}/${Math.floor(random() * 2 ** 40).toString(36)}`,
      uploadedAt: new Date(now - Math.floor((0.5 + random() * 20) * HOUR_MS)).toISOString(),
    })),
  );
  const title = 'Copies found by the weekly sweep';
  const opened = await unit.post<SubmissionView>('/v1/cases', {
    title,
    category,
    language,
    ideology: 'unknown',
    items: found,
  });
  const ids = [...opened.items].sort((a, b) => a.index - b.index).map(({ id }) => id);
  await stage.goTo(new Date(now + 2 * MINUTE_MS));
  const drafts = PLANS.map((plan, index) => ({ plan, itemIds: ids.splice(0, plan.outcomes.length), index }));
  const sent = await Promise.all(
    drafts.map(async ({ plan, itemIds }) => {
      const draft = { caseId: opened.id, itemIds, kind: 'referral', grounds: 'Terms of service: violent extremism' };
      const { id } = await unit.post<NoticeView>('/v1/notices', draft);
      await unit.post(`/v1/notices/${id}/send`, { undoSeconds: 0 });
      return { id, plan, itemIds };
    }),
  );
  await stage.deliver(800);
  return sent;
}

const hasMeasure = (outcome: ItemOutcome): boolean => ['removed', 'disabled', 'account_actioned'].includes(outcome);

function answer(
  platform: Voice,
  { id, plan, itemIds }: Sent,
  receivedAt: number,
  random: () => number,
): Promise<unknown> {
  const [earliest, latest] = PACES[plan.pace].measures;
  const answers = plan.outcomes.map((outcome, index) => {
    const measureAt = new Date(receivedAt + Math.floor((earliest + random() * (latest - earliest)) * MINUTE_MS));
    return {
      itemId: itemIds[index],
      outcome,
      ...(hasMeasure(outcome) ? { measureAt: measureAt.toISOString(), preservation: 'complete' } : {}),
      ...(outcome === 'declined' ? { reason: 'within_terms' } : {}),
    };
  });
  return platform.post(`/v1/notices/${id}/answer`, { answers });
}
