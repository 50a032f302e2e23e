import type { DriverId } from '../domain/ids.ts';
import type { Position } from '../domain/position.ts';
import { epochMs, type Instant } from '../domain/time.ts';
import { CommitRefused, type Database } from './database.ts';
import { keys } from './records.ts';

/** A driver's last known position is kept for this long. */
const positionSeconds = 6 * 3600;

/** A report loses a race only to another of the same driver, who has few phones. */
const attempts = 10;

/**
 * Keeps the position with the newest `at` (the phone's clock), whichever report arrives last or at the same time: the
 * item's version is that instant in epoch milliseconds, and a put holds only against the version it was weighed with.
 * So a repeated report changes nothing by itself, and no record of the request is kept. Positions of the future are
 * left out. Never touches an order or the workflow.
 */
export async function reportPositions(
  database: Database,
  driverId: DriverId,
  positions: { at: Instant; position: Position }[],
  now: Instant,
): Promise<object> {
  const newest = positions.filter(({ at }) => at <= now).sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  if (newest) await keepNewest(database, driverId, newest, now);
  return { accepted: positions.length };
}

async function keepNewest(
  database: Database,
  driverId: DriverId,
  newest: { at: Instant; position: Position },
  now: Instant,
): Promise<void> {
  const { table, ...key } = keys.position(driverId);
  const version = epochMs(newest.at);
  const expiresAt = Math.floor(epochMs(now) / 1000) + positionSeconds;
  for (let attempt = 1; ; attempt++) {
    const known = (await database.get({ table, ...key }))?.version;
    if (known !== undefined && known >= version) return;
    try {
      const item = { ...key, ...newest, version, expiresAt };
      return await database.commit([{ kind: 'put', table, item, ifVersion: known ?? 'absent' }]);
    } catch (error) {
      if (!(error instanceof CommitRefused) || attempt === attempts) throw error;
      await database.yieldToRivals(attempt);
    }
  }
}
