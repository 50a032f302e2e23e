import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { FaultState } from '../../../local/faults/faults.ts';
import { Stage } from '../../../local/scenario/stage.ts';
import { sharedAssembly } from '../../assembly.ts';
import { test } from '../with-engine.ts';

test('through faults put by the control port, orders come to their end and every invariant holds', {
  timeout: 240_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mallway-faults-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const stage = await Stage.open({
    assemblyDirectory: await sharedAssembly(),
    dataDirectory: join(folder, 'data'),
    at: '11:00',
    onExchange: () => {},
  });
  onTestFinished(() => stage.close());

  await expect(stage.control('PUT', '/faults', { seed: 1, plan: { mice: 0.1 } })).rejects.toThrow('400');
  const plan = { conflict: 0.3, throttle: 0.05, lost: 0.05, crash: 0.01, streamTwice: 0.3, streamHeld: 0.1 };
  expect(await stage.control<FaultState>('PUT', '/faults', { seed: 1, plan })).toEqual({ seed: 1, plan, injected: {} });
  stage.openStores({ 1: () => ({ readyAt: Number.POSITIVE_INFINITY }) });
  stage.sendDriver(0);
  const delivered = await stage.place(stage.basket([0]));
  const cancelled = await stage.place(stage.basket([1]));
  await stage.channel.cancel(cancelled.id);
  expect((await stage.untilEnded(cancelled.id)).status).toBe('cancelled');
  expect((await stage.untilEnded(delivered.id, 8 * 60)).status).toBe('delivered');

  const { injected } = await stage.control<FaultState>('GET', '/faults');
  for (const fault of ['conflict', 'throttle', 'lost', 'streamTwice', 'streamHeld'] as const)
    expect(injected[fault], fault).toBeGreaterThan(0);
  expect(await stage.control<FaultState>('DELETE', '/faults')).toMatchObject({ seed: 1 });
  expect(await stage.control<FaultState>('GET', '/faults')).toMatchObject({ seed: null, plan: {} });
  await stage.checkInvariants();
  expect(stage.violations).toEqual([]);
});
