import type { Clock } from '../notices-api';
import { plural, t } from '../texts';
import { Instant } from './instant';
import { useServerNow } from './now';
import { amountOf, leftMs, levelOf, type Level } from './urgency';

function wordsOf(level: Level, kind: Clock['kind']): string {
  if (level !== 'over') return t.clock.levels[level];
  return kind === 'target' ? t.clock.levels.targetOver : t.clock.levels.deadlineOver;
}

/** A clock by colour, number and words. The deadline is the server's, and so is the time it is held against. */
export function Countdown({ clock }: { readonly clock: Clock | null }) {
  const now = useServerNow();
  if (!clock) return <p className="clock clock-none">{t.clock.none}</p>;
  // A referral's clock is a target and is never called anything else.
  const label = clock.kind === 'target' ? t.clock.target : t.clock.deadline;
  if (clock.state !== 'running') return <Standing clock={clock} label={label} />;
  const level = levelOf(clock, now);
  const { unit, count } = amountOf(leftMs(clock, now));
  return (
    <p className={`clock clock-${level}`}>
      <strong>{plural(t.clock[unit], count)}</strong>
      <span>{wordsOf(level, clock.kind)}</span>
      <small>
        {label} <Instant at={clock.dueAt} />
      </small>
    </p>
  );
}

function Standing({ clock, label }: { readonly clock: Clock; readonly label: string }) {
  const missed = clock.fact && !clock.fact.correctedAt;
  return (
    <p className={`clock ${missed ? 'clock-missed' : 'clock-none'}`}>
      <strong>{clock.state === 'stopped' ? t.clock.stopped : t.clock.paused}</strong>
      {clock.state === 'paused' && <span>{t.clock.anew}</span>}
      {clock.fact && <span>{missed ? wordsOf('over', clock.kind) : t.clock.correctedTo}</span>}
      {clock.state === 'stopped' && (
        <small>
          {label} <Instant at={clock.dueAt} />
        </small>
      )}
    </p>
  );
}
