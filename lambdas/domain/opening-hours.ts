import { epochMs, type Instant, instant } from './time.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Local wall-clock times `HH:MM` of one day; `closes` may be `24:00`. */
export interface DayHours {
  opens: string;
  closes: string;
}

/** Weekly hours with dated exceptions (`YYYY-MM-DD`); a missing day or `null` is closed. */
export interface OpeningHours {
  weekly: Partial<Record<Weekday, DayHours | null | undefined>>;
  exceptions?: Record<string, DayHours | null> | undefined;
}

export interface Opening {
  opensAt: Instant;
  closesAt: Instant;
}

/** The opening of the local day on which `at` falls, or null when closed all that day. */
export function openingOfDay(hours: OpeningHours, zone: string, at: Instant): Opening | null {
  const date = localDate(at, zone);
  const day = hours.exceptions && date in hours.exceptions ? hours.exceptions[date] : hours.weekly[weekdayOf(date)];
  if (!day) return null;
  return { opensAt: localInstant(date, day.opens, zone), closesAt: localInstant(date, day.closes, zone) };
}

export function isOpen(hours: OpeningHours, zone: string, at: Instant): boolean {
  const opening = openingOfDay(hours, zone, at);
  return opening !== null && opening.opensAt <= at && at < opening.closesAt;
}

/** When it next opens after `at`, looking two weeks ahead. */
export function nextOpening(hours: OpeningHours, zone: string, at: Instant): Instant | null {
  for (let day = 0; day <= 14; day++) {
    const opening = openingOfDay(hours, zone, instant(epochMs(at) + day * 86_400_000));
    if (opening && opening.opensAt > at) return opening.opensAt;
  }
  return null;
}

/** The local calendar date `YYYY-MM-DD` in an IANA zone. */
export function localDate(at: Instant, zone: string): string {
  return formatOf('en-CA', { timeZone: zone, dateStyle: 'short' }).format(epochMs(at));
}

/** The local wall-clock time `HH:MM` in an IANA zone. */
export function localTime(at: Instant, zone: string): string {
  const format = formatOf('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
  });
  return format.format(epochMs(at));
}

/**
 * The instant of a local wall-clock time. A time that a clock change skips is moved forward by the gap; one that
 * occurs twice is the first of the two.
 */
export function localInstant(date: string, time: string, zone: string): Instant {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const asUtc = Date.parse(`${date}T00:00:00.000Z`) + (hour * 60 + minute) * 60_000;
  const before = asUtc - offsetMs(asUtc - 86_400_000, zone);
  const after = asUtc - offsetMs(asUtc + 86_400_000, zone);
  const fits = [before, after].filter((ms) => ms + offsetMs(ms, zone) === asUtc);
  return instant(fits.length > 0 ? Math.min(...fits) : before);
}

function weekdayOf(date: string): Weekday {
  return weekdays[(new Date(`${date}T00:00:00.000Z`).getUTCDay() + 6) % 7]!;
}

function offsetMs(ms: number, zone: string): number {
  const parts = formatOf('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(ms);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'));
  return local - Math.floor(ms / 1000) * 1000;
}

/** Making one takes a hundred times as long as using it, and there are few. */
function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, known);
  return known;
}

const formats = new Map<string, Intl.DateTimeFormat>();
