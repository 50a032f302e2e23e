import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SmokeOptions, smoke } from '../../bin/smoke/smoke.ts';
import { zoneOfNoon } from '../../bin/smoke/test-mall.ts';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { found } from '../../local/founding.ts';
import { pilotMalls } from '../../local/pilot/pilot.ts';
import { sharedAssembly } from '../assembly.ts';
import { hasEngine } from './with-engine.ts';

const speed = 20;

describe.skipIf(!hasEngine)('the smoke test of an installation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mallway-smoke-'));
  const denials: string[] = [];
  let cloud: Cloud;
  let options: SmokeOptions;
  const lines: string[] = [];

  beforeAll(async () => {
    const assemblyDirectory = await sharedAssembly();
    cloud = await startCloud({
      assemblyDirectory,
      dataDirectory: join(folder, 'data'),
      clock: { speed, startAt: Date.parse('2026-12-01T23:50:00Z') },
      access: { onDenied: ({ message }) => denials.push(message) },
    });
    await found(cloud, pilotMalls.slice(0, 1));
    options = {
      url: cloud.url,
      operationsToken: await cloud.mint({ sub: 'operations' }),
      driverToken: await cloud.mint({ sub: 'smoke-test-driver' }),
      tell: (line) => lines.push(line.replace(/^ *[\d.]+ s {2}/, '')),
    };
  }, 120_000);

  afterAll(async () => {
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('delivers an order within a minute, and again, and leaves nothing open', async () => {
    for (const _ of ['first', 'again']) {
      const { orderId, seconds } = await smoke(options);
      expect(seconds).toBeLessThan(60);
      expect(cloud.executions.describe(orderId)?.status).toBe('SUCCEEDED');
    }
    expect(lines.slice(0, lines.length / 2)).toEqual([
      'The pages answer',
      'Operations are known',
      'A test mall is open',
      'A driver starts a shift',
      'A channel places an order',
      'The store accepts, and has it ready',
      'The planner offers it to the driver, who accepts',
      'The driver collects at the counter',
      'The driver delivers, with a photo',
      'The workflow settles the order',
      'The shopper sees it',
      'Nothing is left open',
    ]);
    expect(denials).toEqual([]);
  }, 150_000);

  it('says which step failed, what was expected and where to look; what it began is over', async () => {
    const stranger = await cloud.mint({ sub: 'nobody' });
    await expect(smoke({ ...options, operationsToken: stranger })).rejects.toThrow(
      /FAILED: Operations are known\n {2}expected: a list.*\n {2}found: .*401: Nobody here is known as nobody.*\n {2}look at: .*First operator/s,
    );
    const { drivers } = pilotMalls[0]!;
    const busy = await cloud.mint({ sub: drivers[0]!.id });
    await expect(smoke({ ...options, driverToken: busy })).rejects.toThrow(/the test needs a person of its own/);
    await expect(smoke({ ...options, patienceMs: 0 })).rejects.toThrow(/FAILED: The planner offers.*DispatchQueue/s);
    const operations = { authorization: `Bearer ${options.operationsToken}` };
    const open = await fetch(`${cloud.url}/v1/ops/orders?mallId=smoke-test`, { headers: operations });
    expect(await open.json()).toMatchObject({ data: [] });
    const mall = await fetch(`${cloud.url}/v1/malls/smoke-test`, { headers: operations });
    expect(await mall.json()).toMatchObject({ state: 'paused' });
    const driver = await fetch(`${cloud.url}/v1/driver`, {
      headers: { authorization: `Bearer ${options.driverToken}` },
    });
    expect(await driver.json()).toMatchObject({ shift: null, activeRunId: null });
  }, 60_000);
});

describe('the test mall', () => {
  it('is where it is noon, at any hour', () => {
    for (let hour = 0; hour < 24; hour++) {
      const now = new Date(Date.UTC(2026, 11, 1, hour, 30));
      const there = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: zoneOfNoon(now) });
      expect(there.format(now), String(hour)).toBe('12');
    }
  });
});
