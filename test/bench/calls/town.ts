import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signWithKey } from '../../../local/actors/credentials.ts';
import type { SteppedClock } from '../../../local/clock.ts';
import { type Cloud, startCloud } from '../../../local/cloud.ts';
import { found } from '../../../local/founding.ts';
import { goodsOf } from '../../../local/pilot/goods.ts';
import type { MallDocument } from '../../../local/pilot/mall-document.ts';
import { pilotMalls } from '../../../local/pilot/pilot.ts';
import { synthesise } from '../../../local/synthesise.ts';
import type { Caller } from './transports.ts';

/** A Tuesday morning in Chandler, with the whole day before it; every order moves its time on by a minute or so. */
const startAt = Date.parse('2026-12-01T17:30:00Z');

/** One store and one driver in an embedded cloud whose business time stands still unless it is moved. */
export interface Town {
  cloud: Cloud;
  clock: SteppedClock;
  channel: Caller;
  store: Caller;
  driver: Caller;
  storeId: string;
  position: readonly [number, number];
  /** An order of one thing, for a door across the road. */
  basket: object;
  /** Ends the functions' processes: the next call of each is a cold one. */
  coolDown(): Promise<void>;
  close(): Promise<void>;
}

export async function openTown(): Promise<Town> {
  const folder = await mkdtemp(join(tmpdir(), 'mallway-bench-'));
  const assemblyDirectory = join(folder, 'cdk.out');
  await synthesise(assemblyDirectory);
  const cloud = await startCloud({
    assemblyDirectory,
    dataDirectory: join(folder, 'data'),
    clock: { stepped: true, startAt },
    lambda: { concurrency: 8, environments: 16, queueWaitMs: 60_000, idleMs: 600_000 },
    dynamoDbEndpoint: process.env.DYNAMODB_ENDPOINT,
  });
  const mall = smallMall();
  const { credentials } = await found(cloud, [mall]);
  const [store, driver] = [mall.stores[0]!, mall.drivers[0]!];
  const [lon, lat] = mall.mall.position;
  const key = credentials.channels[0]!;
  return {
    cloud,
    clock: cloud.clock as SteppedClock,
    channel: { context: { kind: 'channel', id: key.id }, token: await signWithKey(key, cloud.audience) },
    store: {
      context: { kind: 'store', id: store.id, subject: store.id },
      token: await cloud.mint({ sub: store.id }),
    },
    driver: {
      context: { kind: 'driver', id: driver.id, subject: driver.id },
      token: await cloud.mint({ sub: driver.id }),
    },
    storeId: store.id,
    position: mall.mall.position,
    basket: {
      mallId: mall.mall.id,
      doorProof: 'pin',
      pickups: [{ storeId: store.id, lines: [{ ...goodsOf(store.retailerId)[0]!, quantity: 1 }] }],
      dropoff: {
        name: 'Robin Bench',
        phone: '+14805550100',
        address: '100 Bench Street, Chandler',
        position: [lon + 0.003, lat],
      },
    },
    coolDown: () => coolDown(cloud),
    close: async () => {
      await cloud.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function coolDown({ controlUrl, controlToken }: Cloud): Promise<void> {
  const processes = async () => {
    const response = await fetch(`${controlUrl}/state`, { headers: { authorization: `Bearer ${controlToken}` } });
    return ((await response.json()) as { processes: { pid?: number }[] }).processes.flatMap(({ pid }) => pid ?? []);
  };
  for (const pid of await processes()) process.kill(pid, 'SIGKILL');
  while ((await processes()).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

function smallMall(): MallDocument {
  const { mall, retailers, stores, drivers, channels } = pilotMalls[0]!;
  const [store] = stores;
  return {
    mall,
    channels,
    stores: [store!],
    retailers: retailers.filter(({ id }) => id === store!.retailerId),
    drivers: drivers.slice(0, 1),
  };
}
