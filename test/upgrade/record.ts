/**
 * Records a data folder as today's sources leave it, for every later version to open: `node test/upgrade/record.ts NAME`
 * writes `recorded/NAME.json` and `recorded/NAME.folder.br`. Done once for a release, from its tag; what is recorded is not
 * rewritten.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Order } from '../../local/actors/api-types.ts';
import type { PickupPlan } from '../../local/actors/store.ts';
import { localDate, localInstant } from '../../local/demo/opening-hours.ts';
import { Stage } from '../../local/scenario/stage.ts';
import { awsJsonError } from '../../local/services.ts';
import { synthesise } from '../../local/synthesise.ts';
import { pack } from './folder.ts';
import { mallOfRecording } from './mall.ts';
import { archiveOf, manifestOf, type Recording, resourcesOf } from './recording.ts';

const minutes = 60_000;
const stepMs = 15_000;

/** An order that is left alone as soon as it is as wanted. */
interface Left {
  name: string;
  id: string;
  isSo: (order: Order) => boolean;
  leave: () => Promise<void>;
}

const [name] = process.argv.slice(2);
if (!name || !/^[\w.-]+$/.test(name)) throw new Error('Name the recording: node test/upgrade/record.ts 0.1.0');
if (existsSync(manifestOf(name)))
  throw new Error(`${name} is recorded, and later versions are held to it: take another name.`);
const folder = mkdtempSync(join(tmpdir(), 'mallway-record-'));
try {
  const recording = await record(join(folder, 'data'), join(folder, 'cdk.out'));
  pack(join(folder, 'data'), archiveOf(name));
  writeFileSync(manifestOf(name), `${JSON.stringify(recording, null, 2)}\n`);
  const kilobytes = Math.ceil(statSync(archiveOf(name)).size / 1024);
  process.stdout.write(`${Object.keys(recording.orders).length} orders in ${kilobytes} KB\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function record(dataDirectory: string, assemblyDirectory: string): Promise<Recording> {
  await synthesise(assemblyDirectory);
  let isBusDown = false;
  const open = () =>
    Stage.open({
      assemblyDirectory,
      dataDirectory,
      at: '18:40',
      mall: mallOfRecording(),
      onExchange: () => {},
      fault: async ({ service }) =>
        isBusDown && service === 'events' ? awsJsonError(500, 'InternalException', 'The bus is down.') : undefined,
    });
  let stage = await open();
  try {
    const ids: Record<string, string> = {};
    const tell = (what: string) => process.stdout.write(`${new Date(stage.now).toISOString()} ${what}\n`);
    const wishes: Record<number, Partial<PickupPlan>> = {};
    const openStores = () =>
      stage.openStores({ 0: () => wishes[0] ?? {}, 1: () => wishes[1] ?? {}, 2: () => wishes[2] ?? {} });
    const place = async (called: string, ...basket: Parameters<Stage['basket']>) => {
      const { id } = await stage.place(stage.basket(...basket));
      ids[called] = id;
      tell(`${called} is ${id}`);
      return id;
    };
    const answered = ({ pickups }: Order) => pickups.every(({ status }) => status !== 'pending');

    // In the evening one driver keeps what was refused, and one order stays at its stores over night.
    const evening = openStores();
    const homeward = stage.sendDriver(0, { atDoor: () => 'refuse_all' });
    const kept = await place('kept over night by a driver', [0]);
    await stage.until('accepted by a driver', kept, 30, ({ driverId }) => driverId !== undefined);
    await place('kept over night by its stores', [0, 1], { atClose: 'next_day', externalId: 'A-1047' });
    await stage.until('refused', kept, 80, ({ status }) => ['undeliverable', 'enroute_to_return'].includes(status));
    await homeward.stop();
    const { zone } = stage.mall.mall;
    await stage.pass(localInstant(localDate(stage.now, zone), '20:05', zone) - stage.now);
    const phone = stage.person(stage.mall.drivers[0]!.id);
    const back = `/v1/driver/run/stops/return-${stage.storeId(0)}`;
    await phone.post(`${back}/arrive`, {});
    await phone.post(`${back}/fail`, { reason: 'store_closed' });
    await phone.post('/v1/driver/shift/end');
    await Promise.all(evening.map((board) => board.stop()));
    await stage.pass(minutes);
    const morning = localInstant(localDate(stage.now + 1_440 * minutes, zone), '10:05', zone);
    await stage.close();
    moveClock(dataDirectory, morning);
    stage = await open();

    // In the morning one driver after the other sets out with an order of their own.
    openStores();
    const left: Left[] = [];
    const send = async (
      driver: number,
      called: string,
      basket: Parameters<Stage['basket']> | null,
      isSo: Left['isSo'],
      { wish = {}, ...options }: Parameters<Stage['sendDriver']>[1] & { wish?: Partial<PickupPlan> } = {},
    ) => {
      wishes[1] = wish;
      const routine = stage.sendDriver(driver, options);
      const id = basket ? await place(called, ...basket) : ids[called]!;
      const order = await stage.until('accepted by a driver', id, 60, ({ driverId }) => driverId !== undefined);
      if (isSo(order)) await routine.stop();
      else left.push({ name: called, id, isSo, leave: () => routine.stop() });
    };
    const late = { readyAt: stage.now + 300 * minutes };
    const isCollecting: Left['isSo'] = ({ status }) => status === 'collecting';
    await send(1, 'kept over night by its stores', null, ({ status }) => status === 'enroute_to_pickup');
    await send(2, 'delivered', [[2]], ({ endedAt, ledger }) => Boolean(endedAt) && ledger.length > 0);
    await send(3, 'on its way back', [[0, 1]], ({ status }) => status === 'enroute_to_return', {
      atDoor: () => 'refuse_all',
    });
    await send(4, 'half collected', [[0, 1]], isCollecting, { wish: late });
    await send(5, 'held, and called off', [[0, 1]], isCollecting, { wish: late });
    await send(6, 'to be handed over', [[0]], ({ status }) => status === 'enroute_to_dropoff');
    delete wishes[1];
    tell('all are on their way');
    for (let minute = 0; left.length > 0; minute++) {
      if (minute > 120) throw new Error(`Not as wanted after two hours: ${left.map((it) => it.name).join(', ')}`);
      for (let step = 0; step < minutes / stepMs; step++) {
        for (const it of [...left]) {
          if (!it.isSo(await stage.channel.order(it.id))) continue;
          await it.leave();
          left.splice(left.indexOf(it), 1);
          tell(`${it.name}: as wanted`);
        }
        await stage.pass(stepMs);
      }
    }
    await stage.operations.reassign(ids['held, and called off']!, 'unreachable');
    await stage.channel.cancel(ids['held, and called off']!);
    // From here on the bus takes nothing.
    isBusDown = true;
    const cancelled = await place('cancelled, and not on the bus', [0]);
    await stage.channel.cancel(cancelled);
    await stage.untilEnded(cancelled, 5);
    // Who delivered is free again, and takes one to the door.
    await send(2, 'on its way', [[0], { doorProof: 'pin' }], ({ status }) => status === 'enroute_to_dropoff');
    const onItsWay = left.pop()!;
    await stage.until('on its way', onItsWay.id, 60, onItsWay.isSo);
    await onItsWay.leave();

    wishes[1] = late;
    const question = await place('late, and asked about', [0, 1]);
    await stage.until('confirmed', question, 10, answered);
    const slow = stage.storeId(1);
    await stage.person(slow).post(`/v1/stores/${slow}/pickups/${question}/delay`, {
      readyAt: new Date(stage.now + 170 * minutes).toISOString(),
    });
    wishes[1] = { readyAt: stage.now + 60 * minutes };
    const restarted = await place('restarted while stores prepare', [1]);
    await stage.until('confirmed', restarted, 10, answered);
    await stage.operations.resolve(restarted, 'restart');
    delete wishes[1];
    wishes[0] = { answer: 'ignore' };
    const silent = await place('not confirmed', [0, 2]);
    await stage.pass(minutes);
    await stage.operations.reassign(ids['to be handed over']!, 'breakdown');
    await stage.operations.resolve(ids['to be handed over']!, 'hand_over');
    await place('nobody carries', [2]);
    // The one who is left does not look at the phone.
    stage.sendDriver(7, { answerOffer: () => 'ignore' });
    const isOffered = async () => (await stage.operations.openOrders()).some(({ offerId }) => offerId !== null);
    for (let step = 0; !(await isOffered()); step++) {
      if (step > 120) throw new Error('Nothing was offered.');
      await stage.pass(5_000);
    }
    // What happens from here on no stream has told yet.
    await stage.control('PUT', '/faults', { seed: 1, plan: { streamHeld: 0.9 } });
    await place('just placed', [2]);
    const first = stage.storeId(0);
    await stage.person(first).post(`/v1/stores/${first}/pickups/${silent}/accept`, {});
    if (stage.violations.length > 0) throw new Error(stage.violations.join('\n'));
    const orders: Recording['orders'] = {};
    for (const [called, id] of Object.entries(ids)) {
      const { order, inspection, execution } = await stage.record(id);
      orders[called] = {
        id,
        status: order.status,
        waits: inspection.waits.map(({ wait }) => wait).sort(),
        execution: execution?.status ?? null,
      };
    }
    return {
      sources: sources(),
      now: new Date(stage.now).toISOString(),
      orders,
      resources: resourcesOf(stage.cloud.deployment),
    };
  } finally {
    await stage.close();
  }
}

/** Nothing runs over night, and it would take its time: the folder is opened again in the morning. */
function moveClock(dataDirectory: string, now: number): void {
  const database = new DatabaseSync(join(dataDirectory, 'cloud.sqlite'));
  database.prepare('UPDATE clock SET position = ?1, next_position = ?1').run(now);
  database.close();
}

function sources(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
}
