import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import type { Offer } from '../../local/actors/api-types.ts';
import { usualGbSeconds } from '../../local/meter/billed-durations.ts';
import { costOf, type Usage } from '../../local/meter/usage-meter.ts';
import { Stage } from '../../local/scenario/stage.ts';
import { sharedAssembly } from '../assembly.ts';
import { measureOrder } from './cost/measured-order.ts';
import { test } from './with-engine.ts';

/** USD for a delivered order of three stores with one paid route. */
const limit = 0.0012;
/** Where the channel knows no position: billed whether or not routes are asked for, and docs/cost.md has it apart. */
const addressSearch = 'geo.storedGeocode';

const folder = mkdtempSync(join(tmpdir(), 'mallway-routes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe.each(['location-v1', 'location-v2'])('with routes of %s', (routes) => {
  test('an order pays for one route, its neighbour within the hour for none, and both are within the limit', {
    timeout: 240_000,
  }, async () => {
    const stage = await Stage.open({
      assemblyDirectory: await sharedAssembly('dev', { routes }),
      dataDirectory: join(folder, routes),
      at: '11:00',
      onExchange: () => {},
    });
    try {
      const paid = async () => routesIn((await stage.control<Usage>('GET', '/meter')).units);
      const { units, byResource, status } = await measureOrder(stage);
      expect(status).toBe('delivered');
      expect(routesIn(units)).toBe(1);
      const { [addressSearch]: _, 'lambda.init': __, ...billed } = units;
      const gbSeconds = usualGbSeconds(stage.cloud.deployment, byResource);
      const usd = costOf({ ...billed, 'lambda.gbSecond': gbSeconds }).total;
      expect(usd).toBeGreaterThan(0.0005);
      expect(usd).toBeLessThanOrEqual(limit);
      process.stdout.write(`${routes}: ${usd.toFixed(6)} USD\n`);

      const before = await paid();
      const { id } = await stage.place(stage.basket([0]));
      await stage.person(stage.storeId(0)).post(`/v1/stores/${stage.storeId(0)}/pickups/${id}/accept`);
      const driver = stage.person(stage.mall.drivers[0]!.id);
      const offers = async () => (await driver.get<{ data: Offer[] }>('/v1/driver/offers')).data;
      for (let tries = 0; (await offers()).length === 0 && tries < 40; tries++) await stage.pass(30_000);
      const [offer] = await offers();
      expect(offer?.orderIds).toEqual([id]);
      await driver.post(`/v1/driver/offers/${offer!.id}/accept`, { version: offer!.version });
      expect((await paid()) - before).toBe(0);
      expect(stage.violations).toEqual([]);
    } finally {
      await stage.close();
    }
  });
});

/** A matrix is paid for by its cells. */
function routesIn(units: Record<string, number>): number {
  return (units['geo.route'] ?? 0) + (units['geo.matrixCell'] ?? 0);
}
