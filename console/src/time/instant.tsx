import { locale } from '../texts';

const own = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
const ownToday = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' });
const utc = new Intl.DateTimeFormat(locale, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

const isToday = (at: Date): boolean => at.toDateString() === new Date().toDateString();

/** An instant in one's own zone, without the date where it is today's; UTC on hover and to screen readers. */
export function Instant({ at }: { readonly at: string }) {
  const date = new Date(at);
  const inUtc = `${utc.format(date)} UTC`;
  return (
    <time dateTime={at} title={inUtc}>
      {(isToday(date) ? ownToday : own).format(date)}
    </time>
  );
}
