import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMsOf, wallTime } from '../../web/shared/wall-time.ts';

const utc = (local: string, zone: string) => new Date(epochMsOf(local, zone)).toISOString();

describe('a time by the clocks of a mall', () => {
  it.each([
    ['2026-11-22T14:05', 'America/Phoenix', '2026-11-22T21:05:00.000Z'],
    ['2026-07-01T09:00', 'America/Phoenix', '2026-07-01T16:00:00.000Z'],
    ['2026-07-01T09:00', 'America/Chicago', '2026-07-01T14:00:00.000Z'],
    ['2026-12-01T09:00', 'America/Chicago', '2026-12-01T15:00:00.000Z'],
    ['2027-01-01T00:00', 'Asia/Kolkata', '2026-12-31T18:30:00.000Z'],
    // Clocks show it twice, and the first counts.
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    // Clocks go from 2:00 to 3:00, so this is half an hour after.
    ['2026-03-08T02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['2026-03-08T03:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect(utc(local, zone)).toBe(instant);
  });

  it('is shown as it was given, all year', () => {
    const minutes = fc.integer({ min: 0, max: 527_040 });
    const zones = fc.constantFrom('America/Phoenix', 'America/Los_Angeles', 'America/Chicago', 'America/New_York');
    fc.assert(
      fc.property(minutes, zones, (minute, zone) => {
        const local = wallTime(Date.UTC(2026, 0, 1) + minute * 60_000, zone);
        expect(wallTime(epochMsOf(local, zone), zone)).toBe(local);
      }),
    );
  });

  it('is nothing where nothing is given', () => {
    expect(epochMsOf('T', 'America/Phoenix')).toBeNaN();
  });
});
