import type { OpeningHours } from '../pilot/mall-document.ts';

const dayMs = 86_400_000;
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface HasHours {
  zone: string;
  hours: OpeningHours;
}

/** Opening and closing (epoch ms) of the local day on which `at` falls, or null when closed all that day. */
export function openingOfDay({ zone, hours }: HasHours, at: number): { opensAt: number; closesAt: number } | null {
  const date = localDate(at, zone);
  const weekday = weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()]!;
  const day = hours.exceptions && date in hours.exceptions ? hours.exceptions[date] : hours.weekly[weekday];
  return day ? { opensAt: localInstant(date, day.opens, zone), closesAt: localInstant(date, day.closes, zone) } : null;
}

export function isOpen(mall: HasHours, at: number): boolean {
  const opening = openingOfDay(mall, at);
  return opening !== null && opening.opensAt <= at && at < opening.closesAt;
}

/** When it next opens after `at`, looking two weeks ahead. */
export function nextOpening(mall: HasHours, at: number): number | null {
  for (let day = 0; day <= 14; day++) {
    const opening = openingOfDay(mall, at + day * dayMs);
    if (opening && opening.opensAt > at) return opening.opensAt;
  }
  return null;
}

/** 11:00 in Las Vegas on the first weekday after `wallNow` on which every mall is open at that instant. */
export function demoStart(malls: HasHours[], wallNow: number): number {
  const zone = 'America/Los_Angeles';
  for (let day = 1; day <= 14; day++) {
    const date = localDate(wallNow + day * dayMs, zone);
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    const at = localInstant(date, '11:00', zone);
    if (weekday >= 1 && weekday <= 5 && malls.every((mall) => isOpen(mall, at))) return at;
  }
  throw new Error('No weekday in the next two weeks has every mall open at 11:00 in Las Vegas; check their hours.');
}

/** The local calendar date `YYYY-MM-DD`. */
export function localDate(at: number, zone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(at);
}

/** The instant of a local wall-clock time; malls do not open in the hour that a clock change skips or repeats. */
export function localInstant(date: string, time: string, zone: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const asUtc = Date.parse(`${date}T00:00:00Z`) + (hour * 60 + minute) * 60_000;
  const first = asUtc - offsetMs(asUtc, zone);
  return asUtc - offsetMs(first, zone);
}

function offsetMs(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'));
  return local - Math.floor(at / 1000) * 1000;
}
