import { markAt, type ClockRun, type Mark } from './clock';
import { afterStaffed } from './staffed-hours';

const MINUTE_MS = 60_000;

/**
 * Whose people are called, and for what. `recipient`: the platform of a notice. `sender`: its authority. `signer`: the authority
 * whose order waits for its second signature. `unreached`: whose notice has reached nobody. `contact`: whose contact point did not
 * answer a test. `life_threat`: who a threat to life was reported to (TCO Art. 14(5)). `received_order`: the platform for which a
 * program handed in an order that waits for people.
 */
export const ESCALATION_SIDES = [
  'recipient',
  'sender',
  'signer',
  'unreached',
  'contact',
  'life_threat',
  'received_order',
] as const;
export type EscalationSide = (typeof ESCALATION_SIDES)[number];

export const ESCALATION_STEPS = [
  'officer',
  'second_person',
  'next_channel',
  'supervisor',
  'everyone',
  'told',
  'told_again',
  'mark_25',
  'mark_45',
  'mark_55',
] as const;
export type EscalationStep = (typeof ESCALATION_STEPS)[number];

/** What a step does. `second_person`: the next after the officer. `everyone`: all that can be called. */
export type EscalationAct = 'officer' | 'second_person' | 'next_channel' | 'supervisor' | 'everyone';

/** Minutes after receipt without a human acknowledgement. */
export interface EscalationSettings {
  readonly secondMinutes: number;
  readonly channelMinutes: number;
  readonly supervisorMinutes: number;
}
export const DEFAULT_ESCALATION: EscalationSettings = { secondMinutes: 5, channelMinutes: 10, supervisorMinutes: 20 };
export const ESCALATION_BOUNDS = {
  secondMinutes: { min: 1, max: 30 },
  channelMinutes: { min: 2, max: 45 },
  supervisorMinutes: { min: 3, max: 55 },
} as const satisfies Record<keyof EscalationSettings, { readonly min: number; readonly max: number }>;

/** A second person before the supervisor, each within its bounds, in whole minutes. */
export const areSettings = (settings: EscalationSettings): boolean =>
  (['secondMinutes', 'channelMinutes', 'supervisorMinutes'] as const).every((name) => {
    const { min, max } = ESCALATION_BOUNDS[name];
    return Number.isInteger(settings[name]) && settings[name] >= min && settings[name] <= max;
  }) && settings.secondMinutes < settings.supervisorMinutes;

/** Of a threat to life, minutes after the report; nobody configures them. */
const LIFE_THREAT_MINUTES = { second: 2, supervisor: 5, everyone: 10 } as const;

export interface PlannedStep {
  readonly step: EscalationStep;
  readonly act: EscalationAct;
  readonly at: Date;
  /** A human acknowledgement makes it unnecessary; the marks of the clock go on until the answer. */
  readonly untilAcknowledged: boolean;
}

/** What an escalation is about: a run of a notice's clock, or nothing that has a deadline. */
export interface EscalationBasis {
  readonly side: EscalationSide;
  readonly startedAt: Date;
  readonly run: ClockRun | null;
}

type Plan = readonly (readonly [step: EscalationStep, act: EscalationAct, minutes: number])[];

function minutesOf(side: EscalationSide, settings: EscalationSettings): Plan {
  const { secondMinutes, channelMinutes, supervisorMinutes } = settings;
  if (side === 'sender')
    return [
      ['told', 'officer', channelMinutes],
      ['told_again', 'officer', supervisorMinutes],
    ];
  if (side === 'life_threat')
    return [
      ['officer', 'officer', 0],
      ['second_person', 'second_person', LIFE_THREAT_MINUTES.second],
      ['supervisor', 'supervisor', LIFE_THREAT_MINUTES.supervisor],
      ['everyone', 'everyone', LIFE_THREAT_MINUTES.everyone],
    ];
  return [
    ['officer', 'officer', 0],
    ['second_person', 'second_person', secondMinutes],
    ...(side === 'recipient' ? ([['next_channel', 'next_channel', channelMinutes]] as const) : []),
    ['supervisor', 'supervisor', supervisorMinutes],
  ];
}

/** At the marks: duty officer, supervisor, next channel; the sender's duty officer is told at the last two. */
const MARKS_OF: Readonly<Partial<Record<EscalationSide, readonly (readonly [EscalationStep, EscalationAct, Mark])[]>>> =
  {
    recipient: [
      ['mark_25', 'officer', 25],
      ['mark_45', 'supervisor', 45],
      ['mark_55', 'next_channel', 55],
    ],
    sender: [
      ['mark_45', 'officer', 45],
      ['mark_55', 'officer', 55],
    ],
  };

/**
 * Every step of an escalation with its instant, in their order. The minutes of a referral whose contact point is staffed at
 * times count those times alone, as its clock does.
 */
export function stepsOf({ side, startedAt, run }: EscalationBasis, settings: EscalationSettings): PlannedStep[] {
  const staffed = run?.staffed ?? null;
  const counted = minutesOf(side, settings).map(([step, act, minutes]) => ({
    step,
    act,
    at: afterStaffed(startedAt, minutes * MINUTE_MS, staffed),
    untilAcknowledged: true,
  }));
  const marked = run
    ? (MARKS_OF[side] ?? []).map(([step, act, mark]) => ({
        step,
        act,
        at: markAt(run, mark),
        untilAcknowledged: false,
      }))
    : [];
  return [...counted, ...marked].sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** `stale`: a later step was reached too, after an outage. It is recorded, and nobody is called for it. */
export interface ReachedStep extends PlannedStep {
  readonly stale: boolean;
}

export interface Progress {
  readonly done: readonly EscalationStep[];
  readonly isAcknowledged: boolean;
}

const openSteps = (steps: readonly PlannedStep[], { done, isAcknowledged }: Progress): PlannedStep[] =>
  steps.filter(({ step, untilAcknowledged }) => !done.includes(step) && !(isAcknowledged && untilAcknowledged));

/** What `now` has reached of what is neither done nor unnecessary. */
export function reachedSteps(steps: readonly PlannedStep[], progress: Progress, now: Date): ReachedStep[] {
  const reached = openSteps(steps, progress).filter(({ at }) => at <= now);
  const latest = reached.at(-1)?.at.getTime() ?? 0;
  return reached.map((step) => ({ ...step, stale: step.at.getTime() < latest }));
}

/** When the next one comes, or null when none is left. */
export const nextStepAt = (steps: readonly PlannedStep[], progress: Progress): Date | null =>
  openSteps(steps, progress)[0]?.at ?? null;
