import { expect, test } from 'vitest';
import { SteppedClock } from '../../local/clock.ts';

test('discrete-event time jumps from timer to timer and waits for what each began', async () => {
  const clock = new SteppedClock(0);
  const seen: [string, number][] = [];
  clock.schedule(500, () => {
    seen.push(['later', clock.now()]);
  });
  clock.schedule(100, async () => {
    seen.push(['begun', clock.now()]);
    await new Promise((resolve) => setImmediate(resolve));
    clock.schedule(100, () => {
      seen.push(['at once', clock.now()]);
    });
    seen.push(['ended', clock.now()]);
  });
  clock.schedule(100, () => {
    seen.push(['second', clock.now()]);
  });
  await clock.runUntil(10_000, () => false);
  expect(seen).toEqual([
    ['begun', 100],
    ['ended', 100],
    ['second', 100],
    ['at once', 100],
    ['later', 500],
  ]);
  expect(clock.now()).toBe(500);
});

test('a task for when it is quiet waits for what is in flight, and comes before a later timer', async () => {
  const clock = new SteppedClock(0);
  const seen: string[] = [];
  clock.schedule(100, async () => {
    clock.whenQuiet(() => {
      seen.push('quiet');
      void clock.track(Promise.resolve().then(() => seen.push('what it began')));
    });
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    seen.push('act ended');
  });
  clock.schedule(200, () => {
    seen.push('later');
  });
  await clock.runUntil(1_000, () => false);
  expect(seen).toEqual(['act ended', 'quiet', 'what it began', 'later']);

  // Whoever only waits, and moves no clock, gets it as well.
  await new Promise<void>((resolve) => clock.whenQuiet(resolve));
});

test('discrete-event time ends when it is over, and before a timer beyond its limit', async () => {
  const clock = new SteppedClock(0);
  let ticks = 0;
  const tick = () => {
    ticks += 1;
    clock.schedule(clock.now() + 10, tick);
  };
  clock.schedule(10, tick);
  await clock.runUntil(1_000, () => ticks === 3);
  expect([ticks, clock.now()]).toEqual([3, 30]);
  await clock.runUntil(55, () => false);
  expect([ticks, clock.now()]).toEqual([5, 50]);
});
