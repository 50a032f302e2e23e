import { describe, expect, test } from 'vitest';
import { fallbackTravel } from '../../../lambdas/domain/travel.ts';
import { withoutBends } from '../../../local/location/streets/bends.ts';
import { Router } from '../../../local/location/streets/router.ts';
import { hasAddresses, houseAddresses } from '../../geo/addresses.ts';
import { chandlerStreets, hasChandler, whyNoChandler } from '../../geo/chandler.ts';
import { seeded } from '../../harness/random.ts';

const canRun = hasChandler && hasAddresses;
if (!canRun) console.warn(`Routes on real streets are not tested. ${whyNoChandler}`);

/** Real streets and real addresses (© OpenStreetMap contributors, ODbL), which are no part of the product. */
describe.skipIf(!canRun)('on the streets of Tempe and Chandler, between real addresses', () => {
  test('nearly every way is found, with little work; the estimate is off by as much as docs/routes.md says', () => {
    const router = new Router(withoutBends(chandlerStreets()));
    const houses = houseAddresses();
    const random = seeded(20_261_129);
    const pairs = 1_500;
    const drives: { settled: number; ms: number; timeOff: number; distanceOff: number }[] = [];
    const cpuMs = () => process.cpuUsage().user / 1000;
    router.way(router.snap(houses[0]!)!, router.snap(houses[1]!)!);
    for (let pair = 0; pair < pairs; pair++) {
      const [from, to] = [houses[random.integer(houses.length)]!, houses[random.integer(houses.length)]!];
      const begin = cpuMs();
      const [start, end] = [router.snap(from), router.snap(to)];
      const way = start && end && router.way(start, end);
      const ms = cpuMs() - begin;
      if (!way || way.seconds < 60) {
        if (way) drives.push({ settled: way.settled, ms, timeOff: 0, distanceOff: 0 });
        continue;
      }
      const estimate = fallbackTravel(from, to);
      const off = (said: number, was: number) => Math.abs(said - was) / was;
      drives.push({
        settled: way.settled,
        ms,
        timeOff: off(estimate.seconds, way.seconds),
        distanceOff: off(estimate.metres, way.metres),
      });
    }
    const at = (share: number, values: number[]) =>
      values.toSorted((a, b) => a - b)[Math.floor(share * values.length)]!;
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const all = (key: keyof (typeof drives)[number]) => drives.map((one) => one[key]);
    const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
    console.info(
      `${pairs} pairs: found ${percent(drives.length / pairs)}; arcs settled p50 ${at(0.5, all('settled'))}, ` +
        `p95 ${at(0.95, all('settled'))} of ${router.graph.size}; processor ms p50 ${at(0.5, all('ms')).toFixed(2)}, ` +
        `p95 ${at(0.95, all('ms')).toFixed(2)}; estimate off by ${percent(mean(all('timeOff')))} of the time, ` +
        `${percent(mean(all('distanceOff')))} of the distance`,
    );
    expect(drives.length / pairs).toBeGreaterThanOrEqual(0.99);
    // A settled arc takes about 0.7 µs of a processor: this many are 5 ms, on any machine.
    expect(at(0.95, all('settled'))).toBeLessThan(7_000);
    expect(mean(all('timeOff'))).toBeLessThan(0.13);
    expect(mean(all('distanceOff'))).toBeLessThan(0.12);
  });
});
