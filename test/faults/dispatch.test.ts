import { expect, test } from 'vitest';
import type { FaultClass } from '../harness/faults.ts';
import { report, rounds } from '../harness/rounds.ts';
import { again } from '../races/race.ts';
import { dispatchRound } from './dispatch-round.ts';

const name = 'no order is with two drivers and none is forgotten, whatever happens to the ticks of a mall';
const patienceMsPerRound = 1_000;
/** With fewer rounds than this, something may be missing by chance. */
const roundsToSeeAll = 200;
const asked = rounds(250);

test(name, { timeout: Math.max(asked.rounds, 300) * patienceMsPerRound }, async () => {
  const struck = new Map<string, number>();
  const deeds = new Map<string, number>();
  const deaths = new Map<string, number>();
  const outcomes: string[] = [];
  const started = performance.now();
  for (let seed = asked.seed; seed < asked.seed + asked.rounds; seed++) {
    await again(name, import.meta.filename, seed, async () => {
      const round = await dispatchRound(seed);
      expect(round.breaches).toEqual([]);
      outcomes.push(round.outcome);
      add(struck, round.loop.faults.struck);
      add(deeds, round.deeds);
      add(
        deaths,
        new Map([...Map.groupBy(round.loop.faults.deaths, (kind) => kind)].map(([k, all]) => [k, all.length])),
      );
    });
  }
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    `${asked.rounds} rounds, ${(asked.rounds / seconds).toFixed(1)} a second; died: ${told(deaths)}; ${told(struck)}\n`,
  );
  if (asked.rounds >= roundsToSeeAll) {
    for (const fault of expectedFaults) expect(struck.get(fault), fault).toBeGreaterThan(0);
    for (const deed of expectedDeeds) expect(deeds.get(deed), deed).toBeGreaterThan(0);
    const seen = (end: RegExp) => outcomes.some((outcome) => end.test(outcome));
    for (const end of ['accepted', 'declined', 'expired', 'withdrawn']) expect(seen(new RegExp(end)), end).toBe(true);
    for (const end of ['accepted', 'expired']) {
      expect(seen(new RegExp(`${end} \\d of [23]`)), `${end}, after several were asked`).toBe(true);
    }
  }
  report(name, asked, { outcomes, struck, deeds });
});

const expectedFaults: FaultClass[] = [
  'crash',
  'conflict',
  'throttle',
  'lostCommit',
  'slow',
  'messageTwice',
  'messageLate',
  'messageLost',
  'batchTwice',
  'batchLate',
  'batchShuffled',
  'poison',
];

const expectedDeeds = [
  '1 ticks at once',
  '2 ticks at once',
  '3 ticks at once',
  'place',
  'accept',
  'accept: offer_taken',
  'decline',
  'cancel',
  'end shift',
  'lose the driver',
  'suspend a provider',
  'reinstate a provider',
  'fail at a pickup',
  'forget the plan',
  'restore an old plan',
];

function add(all: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [what, times] of more) all.set(what, (all.get(what) ?? 0) + times);
}

function told(counts: Map<string, number>): string {
  return [...counts]
    .sort()
    .map(([what, times]) => `${what} ${times}`)
    .join(', ');
}
