/** Formatting of times, money and distances. Every time is shown in the mall's zone. */
const locale = 'en-US';

/** `2:05 PM` in `zone`. */
export function clockTime(at: string | number, zone: string): string {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: zone }).format(new Date(at));
}

/** `Sun, Nov 22, 2:05 PM` in `zone`. */
export function dayAndTime(at: string | number, zone: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: zone,
  }).format(new Date(at));
}

/** `2:05:09 PM` in `zone`, for a history in which seconds matter. */
export function exactTime(at: string | number, zone: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone: zone }).format(new Date(at));
}

/** `2:05 – 4:05 PM`, or `by 4:05 PM` when only the end is promised; with the day unless it is that of `nowMs`. */
export function promiseWindow(promise: { from?: string | undefined; by: string }, zone: string, nowMs: number): string {
  const today = isSameDay(promise.by, nowMs, zone);
  if (!promise.from) return `by ${today ? clockTime(promise.by, zone) : dayAndTime(promise.by, zone)}`;
  const format = new Intl.DateTimeFormat(locale, {
    hour: 'numeric',
    minute: '2-digit',
    timeZone: zone,
    ...(today ? {} : { weekday: 'short', month: 'short', day: 'numeric' }),
  });
  return format.formatRange(new Date(promise.from), new Date(promise.by));
}

/** `3:10 – 3:25 PM` in `zone`. */
export function timeRange(from: number, until: number, zone: string): string {
  const format = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: zone });
  return format.formatRange(new Date(from), new Date(until));
}

function isSameDay(at: string, nowMs: number, zone: string): boolean {
  const day = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone: zone });
  return day.format(new Date(at)) === day.format(new Date(nowMs));
}

/** `45 s`, `12 min`, `1 h 5 min`, `2 d 3 h`: never negative. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `12 min left`, or `late 3 min` once `until` has passed. */
export function timeLeft(until: string, nowMs: number): string {
  const seconds = (Date.parse(until) - nowMs) / 1000;
  return seconds >= 0 ? `${duration(seconds)} left` : `late ${duration(-seconds)}`;
}

export type Urgency = 'calm' | 'soon' | 'late';

/** Amber in the last `soonSeconds`, red afterwards; the words say the same. */
export function urgency(until: string, nowMs: number, soonSeconds = 300): Urgency {
  const seconds = (Date.parse(until) - nowMs) / 1000;
  return seconds < 0 ? 'late' : seconds <= soonSeconds ? 'soon' : 'calm';
}

/** `$12.50` */
export function money(cents: number, currency = 'USD'): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(cents / 100);
}

/** US dollars with enough digits to see a fraction of a cent. */
export function fineUsd(usd: number): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD', maximumFractionDigits: 5 }).format(usd);
}

/** `850 m` or `4.2 km` */
export function distance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}

/** The last characters of an order's id: enough to tell the cards of one board apart. */
export function shortCode(orderId: string): string {
  return orderId.slice(-4).toUpperCase();
}

/** A label for parcel `number`: the store's part keeps it apart from the other stores' labels on the same order. */
export function parcelLabel(orderId: string, storeId: string, number: number): string {
  let hash = 0;
  for (const character of storeId) hash = (hash * 31 + character.charCodeAt(0)) % 1296;
  return `${shortCode(orderId)}-${hash.toString(36).toUpperCase().padStart(2, '0')}${number}`;
}

/** `1 item`, `3 items` */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `out_of_stock` as `out of stock` */
export function words(code: string): string {
  return code.replaceAll('_', ' ');
}
