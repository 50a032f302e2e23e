import { expect, it } from 'vitest';
import { BusinessClock } from '../../web/shared/clock.ts';

function clockAt(startMs: number) {
  const wall = { ms: startMs };
  return { wall, clock: new BusinessClock(() => wall.ms) };
}

const instant = (ms: number) => new Date(ms).toISOString();
const wallStart = Date.parse('2026-01-01T00:00:00.000Z');
const businessStart = Date.parse('2026-11-22T20:00:00.000Z');

it('is the device’s own clock until a snapshot tells otherwise', () => {
  const { clock, wall } = clockAt(wallStart);
  wall.ms += 5000;
  clock.tick();
  expect(clock.now.value).toBe(wallStart + 5000);
});

it('goes on at the speed that a snapshot says', () => {
  const { clock, wall } = clockAt(wallStart);
  clock.observe(instant(businessStart), 60);
  wall.ms += 2000;
  clock.tick();
  expect(clock.now.value).toBe(businessStart + 120_000);
});

it('finds the speed from two snapshots that do not say it', () => {
  const { clock, wall } = clockAt(wallStart);
  clock.observe(instant(businessStart));
  wall.ms += 3000;
  clock.observe(instant(businessStart + 180_300));
  expect(clock.speed.value).toBe(60);
  wall.ms += 1000;
  clock.tick();
  expect(clock.now.value).toBe(businessStart + 240_300);
});

it.each([
  ['a slow answer', 2600],
  ['a jump to the next morning', 12 * 3600_000],
])('takes %s for no change of speed', (_, businessMs) => {
  const { clock, wall } = clockAt(wallStart);
  clock.observe(instant(businessStart));
  wall.ms += 3000;
  clock.observe(instant(businessStart + businessMs));
  expect(clock.speed.value).toBe(1);
  expect(clock.now.value).toBe(businessStart + businessMs);
});

it('ignores what is no instant', () => {
  const { clock } = clockAt(wallStart);
  clock.observe('soon');
  expect(clock.now.value).toBe(wallStart);
});
