import type { DriverId } from '../domain/ids.ts';
import type { Position } from '../domain/position.ts';
import { type Rejection, reject } from '../domain/rejection.ts';
import { epochMs, type Instant, instant } from '../domain/time.ts';
import { addFixes, type Fix, type Trail } from '../domain/trail.ts';
import { CommitRefused, type Database, hasExpired, type Item } from './database.ts';
import { keys } from './records.ts';

/** What is known of where a driver was is kept for this long after the last report. */
const positionSeconds = 6 * 3600;

/** A report loses a race only to another of the same driver, who has few phones. */
const attempts = 10;

/** One report in so many seconds, and a burst of some: a phone that was offline sends what it has at once. */
const everySeconds = 5;
const burst = 12;

/**
 * Takes in where a driver's phone was. The newest, by the phone's clock, is where the driver is, whichever report comes
 * last; what is late stays as evidence. A repeated report changes nothing by itself, and no record of the request is
 * kept. Never touches an order or the workflow.
 */
export async function reportPositions(
  database: Database,
  driverId: DriverId,
  reported: readonly Fix[],
  now: Instant,
): Promise<object | Rejection> {
  const { table, ...key } = keys.position(driverId);
  for (let attempt = 1; ; attempt++) {
    const item = await database.get({ table, ...key });
    const before = trailOf(item, now);
    const { trail, ignored } = addFixes(before, reported, now);
    const answer = { accepted: reported.length, ignored };
    if (JSON.stringify(trail) === JSON.stringify(before)) return answer;
    const due = Math.max(epochMs(now), Number(item?.dueMs ?? 0));
    if (due - epochMs(now) >= burst * everySeconds * 1000) return tooOften(due - epochMs(now));
    try {
      const next = itemOf(key, trail, { now, dueMs: due + everySeconds * 1000, before: item });
      await database.commit([{ kind: 'put', table, item: next, ifVersion: item?.version ?? 'absent' }]);
      return answer;
    } catch (error) {
      if (!(error instanceof CommitRefused) || attempt === attempts) throw error;
      await database.yieldToRivals(attempt);
    }
  }
}

/** Where a driver was lately, the newest last; nothing once it is too long ago. */
export async function findTrail(database: Database, driverId: DriverId, now: Instant): Promise<Trail> {
  return trailOf(await database.get(keys.position(driverId)), now);
}

/** Newest as `at` and `position`, which others read; those before it as short as can be. */
function itemOf(
  key: { pk: string; sk: string },
  trail: Trail,
  { now, dueMs, before }: { now: Instant; dueMs: number; before: Item | null },
): Item {
  const { at, position, accuracyMetres } = trail.at(-1)!;
  return {
    ...key,
    at,
    position,
    ...(accuracyMetres !== undefined && { accuracyMetres }),
    earlier: trail
      .slice(0, -1)
      .map((fix) => [Math.round(epochMs(fix.at) / 1000), ...fix.position, fix.accuracyMetres ?? 0]),
    dueMs,
    version: (before?.version ?? 0) + 1,
    expiresAt: Math.floor(epochMs(now) / 1000) + positionSeconds,
  };
}

function trailOf(item: Item | null, now: Instant): Trail {
  if (!item || hasExpired(item, epochMs(now))) return [];
  const earlier = (item.earlier ?? []) as [seconds: number, lon: number, lat: number, accuracyMetres: number][];
  const newest: Fix = {
    at: item.at as Instant,
    position: item.position as Position,
    ...(item.accuracyMetres !== undefined && { accuracyMetres: item.accuracyMetres as number }),
  };
  return [
    ...earlier.map(
      ([seconds, lon, lat, accuracyMetres]): Fix => ({
        at: instant(seconds * 1000),
        position: [lon, lat],
        ...(accuracyMetres > 0 && { accuracyMetres }),
      }),
    ),
    newest,
  ];
}

function tooOften(waitMs: number): Rejection {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000) - burst * everySeconds);
  return reject(
    'too_often',
    'Positions come too often.',
    `Wait ${seconds} seconds, and send those of that time in one request: up to 100 fit.`,
    { current: { retryAfterSeconds: seconds } },
  );
}
