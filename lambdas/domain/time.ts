/** An ISO 8601 UTC instant with milliseconds, e.g. `2026-11-22T19:00:00.000Z`: it sorts as text. */
export type Instant = string & { readonly __instant: true };

export function instant(epochMs: number): Instant {
  return new Date(epochMs).toISOString() as Instant;
}

/** Reads any ISO 8601 instant with an offset and normalises it to UTC. Throws a RangeError for anything else. */
export function parseInstant(text: string): Instant {
  return instant(epochMs(text as Instant));
}

export function epochMs(at: Instant): number {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) throw new RangeError(`Not an instant: ${at}`);
  return ms;
}

export function plusSeconds(at: Instant, seconds: number): Instant {
  return instant(epochMs(at) + seconds * 1000);
}

export function plusMinutes(at: Instant, minutes: number): Instant {
  return plusSeconds(at, minutes * 60);
}

export function earliest(first: Instant, ...others: Instant[]): Instant {
  return others.reduce((least, at) => (at < least ? at : least), first);
}

export function latest(first: Instant, ...others: Instant[]): Instant {
  return others.reduce((most, at) => (at > most ? at : most), first);
}

export function secondsBetween(from: Instant, to: Instant): number {
  return (epochMs(to) - epochMs(from)) / 1000;
}
