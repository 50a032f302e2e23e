import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routeLimits } from '../../../lambdas/adapters/location-limits.ts';
import { LocationRoutesV1 } from '../../../lambdas/adapters/location-routes-v1.ts';
import { LocationRoutesV2 } from '../../../lambdas/adapters/location-routes-v2.ts';
import { MemoryDatabase } from '../../../lambdas/adapters/memory-database.ts';
import { MemoryRoutes } from '../../../lambdas/adapters/memory-routes.ts';
import { systemRandomness } from '../../../lambdas/adapters/randomness.ts';
import { type Routes, RoutesUnavailable } from '../../../lambdas/application/ports.ts';
import { travelFrom } from '../../../lambdas/application/travel.ts';
import type { Position } from '../../../lambdas/domain/position.ts';
import type { Instant } from '../../../lambdas/domain/time.ts';
import { locationService } from '../../../local/location/location-service.ts';
import { type StreetFile, streetsOf } from '../../../local/location/streets/street-file.ts';
import { streetTravel } from '../../../local/location/streets/street-travel.ts';
import { isNoWay } from '../../../local/location/travel.ts';
import type { ServiceResponse } from '../../../local/services.ts';
import { clientSettings, countingMeter, type ServiceServer, serve } from '../service-server.ts';

/** A square of four roads, one of them driven one way only, and an island that no road leads to. */
const town: StreetFile = {
  format: 'mallway-streets-1',
  kind: 'schematic',
  about: 'invented',
  reachMetres: 1_000,
  points: {
    sw: [-112, 33],
    se: [-111.98, 33],
    ne: [-111.98, 33.02],
    nw: [-112, 33.02],
    island: [-111.95, 33],
    'island end': [-111.95, 33.02],
  },
  roads: [
    { name: 'South St', class: 'arterial', mph: 45, oneway: true, through: ['sw', 'se'] },
    { name: 'East Ave', class: 'arterial', mph: 45, through: ['se', 'ne'] },
    { name: 'North St', class: 'arterial', mph: 45, through: ['ne', 'nw'] },
    { name: 'West Ave', class: 'arterial', mph: 45, through: ['nw', 'sw'] },
    { name: 'Island Rd', class: 'local', mph: 25, through: ['island', 'island end'] },
  ],
};
const west: Position = [-111.995, 33.0005];
const east: Position = [-111.985, 33.0005];
const north: Position = [-111.99, 33.0195];
const island: Position = [-111.95, 33.01];
const desert: Position = [-111.965, 33.01];
const departAt = '2026-11-23T19:10:00.000Z' as Instant;

const meter = countingMeter();
const travel = streetTravel([streetsOf(town)]);
const serveLocation = locationService({ routeCalculators: ['routes'], placeIndexes: [], addresses: [], meter, travel });
/** What the service does in place of answering. */
let trouble: (() => Promise<ServiceResponse>) | null = null;
let server: ServiceServer;
let adapters: Record<string, Routes>;

beforeAll(async () => {
  server = await serve((request) => (trouble ? trouble() : serveLocation(request)));
  const { maxAttempts, ...settings } = clientSettings(server.port);
  expect(maxAttempts).toBe(1);
  adapters = {
    'the in-memory twin': new MemoryRoutes((from, to) => {
      const found = travel([...from], [...to], 'Car');
      if (isNoWay(found)) return null;
      return { metres: Math.round(found.distanceMetres), seconds: Math.round(found.durationSeconds) };
    }),
    'Location V1': new LocationRoutesV1('routes', { ...settings, disableHostPrefix: true }),
    'Location V2': new LocationRoutesV2(settings),
  };
});
afterAll(() => server.close());

describe.each(['the in-memory twin', 'Location V1', 'Location V2'])('%s', (name) => {
  const drives = (from: Position, ...to: Position[]) => adapters[name]!.drives(from, to, departAt);

  test('says metres and seconds over the road, and goes round where a road is driven one way', async () => {
    const [there] = await drives(west, east);
    const [back] = await drives(east, west);
    expect(there!.metres).toBeGreaterThan(900);
    expect(there!.metres).toBeLessThan(960);
    expect(there!.seconds).toBe(Math.round(there!.metres / (45 * 0.44704)));
    expect(back!.metres).toBeGreaterThan(6_500);
    expect(back!.seconds).toBeGreaterThan(300);
  });

  test('answers several in the sequence they were asked for, each as if it were alone', async () => {
    const together = await drives(west, north, island, east);
    const alone = [...(await drives(west, north)), ...(await drives(west, island)), ...(await drives(west, east))];
    expect(together).toEqual(alone);
    expect(together[1]).toBeNull();
  });

  test('knows no way to where no road leads, and none to where there is no road', async () => {
    expect(await drives(west, island)).toEqual([null]);
    expect(await drives(west, desert)).toEqual([null]);
    expect(await drives(desert, west, east)).toEqual([null, null]);
  });

  test('has nothing to say about no place', async () => {
    expect(await drives(west)).toEqual([]);
  });
});

describe.each(['Location V1', 'Location V2'])('%s in trouble', (name) => {
  const refusal = (status: number, type: string) => async () => ({
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': type },
    body: JSON.stringify({ message: type }),
  });
  const ports = () => ({
    database: new MemoryDatabase(),
    randomness: systemRandomness,
    routes: { service: adapters[name]!, limits: routeLimits[name === 'Location V1' ? 'location-v1' : 'location-v2'] },
  });

  test.each([
    ['throttles', refusal(429, 'ThrottlingException')],
    ['fails', refusal(500, 'InternalServerException')],
    ['refuses the caller', refusal(403, 'AccessDeniedException')],
    ['answers nonsense', async () => ({ status: 200, headers: {}, body: '<html>' })],
    ['does not answer in time', () => new Promise<ServiceResponse>(() => {})],
  ])('that %s is not available: the estimate stands, within seconds', async (_, answer) => {
    trouble = answer;
    try {
      const startedAt = performance.now();
      await expect(adapters[name]!.drives(west, [east], departAt)).rejects.toBeInstanceOf(RoutesUnavailable);
      const found = await travelFrom(ports(), west, [east, north], departAt, departAt);
      expect(found).toMatchObject({ paid: 0, travel: [{ because: 'unavailable' }, { because: 'unavailable' }] });
      // Two requests of 1.5 s at most, on a machine that has other things to do.
      expect(performance.now() - startedAt).toBeLessThan(15_000);
    } finally {
      trouble = null;
    }
  });

  test('pays for each drive once', async () => {
    for (const unit of Object.keys(meter.counts)) delete meter.counts[unit];
    const same = ports();
    for (let tick = 0; tick < 3; tick++) await travelFrom(same, west, [east], departAt, departAt);
    expect(meter.counts).toEqual({ 'geo.route': 1 });
    await travelFrom(same, west, [east, north, [-111.981, 33.01]], departAt, departAt);
    expect(meter.counts).toEqual({ 'geo.route': 1, 'geo.matrixCell': 2 });
  });
});
