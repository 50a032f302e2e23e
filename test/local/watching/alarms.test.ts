import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { region } from '../../../local/assembly/home.ts';
import type { AlarmState } from '../../../local/cloudwatch/alarms.ts';
import { awsJsonError, type ServiceRequest } from '../../../local/services.ts';
import { World } from '../../api/world.ts';
import { hasEngine } from '../with-engine.ts';
import { entries, runCommands } from './runbook.ts';

/** What goes wrong: requests of which role, to which service, about what. */
interface Fault {
  role: RegExp;
  service?: string;
  operation?: RegExp;
  about?: string;
}

let world: World;
let fault: Fault | null = null;
const tested: string[] = [];

beforeAll(async () => {
  if (!hasEngine) return;
  world = await World.open({ fault: async (request) => (isStruck(request) ? broken : undefined) });
}, 240_000);
afterAll(() => world?.close());
afterEach(() => {
  fault = null;
});

/** Not one that is tried again by the caller's own client. */
const broken = awsJsonError(400, 'ValidationException', 'broken by the test');

function isStruck({ caller, service, headers, body }: ServiceRequest): boolean {
  if (!fault?.role.test(caller.role)) return false;
  if (fault.operation && !fault.operation.test(headers['x-amz-target'] ?? '')) return false;
  return (fault.service ?? service) === service && body.includes(fault.about ?? '');
}

async function control<T>(method: string, path: string, body?: object): Promise<T> {
  const { controlUrl, controlToken } = world.cloud;
  const response = await fetch(`${controlUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${controlToken}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}

async function alarm(name: string): Promise<AlarmState> {
  const alarms = await control<AlarmState[]>('GET', '/alarms');
  return alarms.find((it) => it.name === `mallway-dev-${name}`)!;
}

/** Lets minutes pass until the alarm is in the state; `meanwhile` happens in each of them. */
async function until(state: AlarmState['state'], name: string, minutes: number, meanwhile = async () => {}) {
  for (let minute = 0; ; minute++) {
    const now = await alarm(name);
    if (now.state === state) return now;
    if (minute === minutes) throw new Error(`${name} is ${now.state} after ${minutes} minutes: ${now.datapoints}`);
    await meanwhile();
    await world.pass(60);
  }
}

/** Runs one block of an entry's commands in a shell that has been set up as the document says. */
async function follow(name: string, block: number, ids: { ORDER?: string } = {}): Promise<string> {
  const { url, servicesUrl, operatorCredentials } = world.cloud;
  tested.push(`${name} ${block}`);
  const answer = await runCommands(entries.find((entry) => entry.name === name)!.commands[block]!, {
    STAGE: 'dev',
    URL: url,
    TOKEN: world.tokens.operations,
    MALL: world.mall.mall.id,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: servicesUrl,
    AWS_ACCESS_KEY_ID: operatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: operatorCredentials.secretAccessKey,
    ...ids,
  });
  await world.settled();
  return answer;
}

async function placed(stores = [0]): Promise<string> {
  const request = { method: 'POST', path: '/v1/orders', token: world.tokens.channel, body: world.basket(stores) };
  return (await world.succeed(request)).id;
}

async function atStore(orderId: string, act: string, body?: object): Promise<void> {
  const path = `/v1/stores/${world.mall.stores[0]!.id}/pickups/${orderId}/${act}`;
  await world.succeed({ method: 'POST', path, token: world.tokens.store, body });
}

async function orderNow(orderId: string) {
  return world.succeed({ method: 'GET', path: `/v1/orders/${orderId}`, token: world.tokens.channel });
}

async function generationOf(orderId: string): Promise<string> {
  const { operations: token } = world.tokens;
  return (await world.succeed({ method: 'GET', path: `/v1/ops/orders/${orderId}`, token })).executionName;
}

async function cancel(orderId: string): Promise<void> {
  await world.succeed({ method: 'POST', path: `/v1/orders/${orderId}/cancel`, token: world.tokens.channel });
}

describe.skipIf(!hasEngine)('each alarm fires, and its runbook clears it:', { timeout: 240_000 }, () => {
  it('all is well at first', async () => {
    await world.pass(6 * 60);
    const alarms = await control<AlarmState[]>('GET', '/alarms');
    expect(alarms.filter(({ state }) => state !== 'OK').map(({ name }) => name)).toEqual([]);
    expect(alarms.map(({ name }) => name.replace('mallway-dev-', '')).sort()).toEqual(
      entries.map(({ name }) => name).sort(),
    );
  });

  it('sweeper-silent', async () => {
    fault = { role: /SweeperRole/ };
    const { datapoints } = await until('ALARM', 'sweeper-silent', 8);
    expect(datapoints[0] ?? 0).toBeLessThan(3);
    fault = null;
    await follow('sweeper-silent', 0);
    await until('OK', 'sweeper-silent', 6);
  });

  it('stream-records-failed, orders-left-behind: a poison record, which stops its own order alone', async () => {
    const [poisoned, other] = [await placed(), await placed()];
    fault = { role: /(Resumer|Sweeper)Role/, operation: /\.Query$/, about: `ORDER#${poisoned}` };
    await Promise.all([cancel(poisoned), cancel(other)]);
    await until('ALARM', 'stream-records-failed', 3);
    await until('ALARM', 'orders-left-behind', 8);
    const ledgers = [(await orderNow(poisoned)).ledger, (await orderNow(other)).ledger];
    expect(ledgers.map((ledger) => ledger.length > 0)).toEqual([false, true]);
    expect(await follow('stream-records-failed', 0)).toContain(`order ${poisoned}`);
    fault = null;
    await follow('stream-records-failed', 1);
    await world.pass(1);
    expect((await orderNow(poisoned)).ledger.length).toBeGreaterThan(0);
    await until('OK', 'stream-records-failed', 2);
    expect(await follow('orders-left-behind', 0, { ORDER: poisoned })).toContain(poisoned);
    await until('OK', 'orders-left-behind', 4);
  });

  it.each([
    ['dispatch-messages-failed', 'DispatchQueueFailures', () => ({ mallId: world.mall.mall.id }), 'sent back'],
    ['offer-expiries-failed', 'OfferExpiryQueueFailures', () => ({ offerId: 'off_gone' }), 'sent back'],
  ])(
    '%s',
    async (name, queue, message, outcome) => {
      const { servicesUrl, operatorCredentials, deployment } = world.cloud;
      const sqs = new SQSClient({ endpoint: servicesUrl, region, credentials: operatorCredentials });
      const failures = deployment.ofType('AWS::SQS::Queue').find((it) => it.name.includes(queue))!;
      const body = message();
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: `${servicesUrl}/000000000000/${failures.name}`,
          MessageBody: JSON.stringify(body),
          ...(failures.properties.FifoQueue && { MessageGroupId: 'mall', MessageDeduplicationId: 'x' }),
        }),
      );
      await world.pass(10);
      await until('ALARM', name, 2);
      expect(await follow(name, 0)).toContain(Object.values(body)[0]);
      expect(await follow(name, 1)).toContain(outcome);
      await until('OK', name, 2);
    },
    60_000,
  );

  it('executions-failed, waits-overdue: restarted as the next generation', async () => {
    const orders = [await placed(), await placed()];
    fault = { role: /-LifecycleRole/ };
    await until('ALARM', 'executions-failed', 14);
    await until('ALARM', 'waits-overdue', 10);
    fault = null;
    const before = await Promise.all(orders.map(generationOf));
    await follow('executions-failed', 0, { ORDER: orders[0]! });
    expect(await follow('waits-overdue', 0, { ORDER: orders[1]! })).toContain(orders[1]);
    await world.pass(20);
    for (const [index, orderId] of orders.entries()) {
      const name = await generationOf(orderId);
      expect(name).toMatch(new RegExp(`^${orderId}-r\\d+$`));
      expect(name).not.toBe(before[index]);
      expect(await control('GET', `/executions/${name}`)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await orderNow(orderId)).toMatchObject({ status: 'cancelled' });
    }
    await until('OK', 'waits-overdue', 4);
    await until('OK', 'executions-failed', 6);
  });

  it('address-search-fails: a position does without it', async () => {
    fault = { role: /OrderingRole/, service: 'geo' };
    const request = { method: 'POST', path: '/v1/orders', token: world.tokens.channel };
    for (let times = 0; times < 3; times++) {
      const refusal = await world.send({ ...request, body: world.basket() });
      expect([refusal.status, refusal.body.code]).toEqual([503, 'address_search_unavailable']);
    }
    await until('ALARM', 'address-search-fails', 2);
    const { dropoff, ...basket } = world.basket();
    const [lon, lat] = world.mall.mall.position;
    const body = { ...basket, dropoff: { ...dropoff, position: [lon + 0.01, lat] } };
    await cancel((await world.succeed({ ...request, body })).id);
    expect(await follow('address-search-fails', 0)).toContain('"data"');
    await until('OK', 'address-search-fails', 6);
  });

  it('api-errors', async () => {
    fault = { role: /OrderingRole/, service: 'dynamodb' };
    const request = { method: 'GET', path: '/v1/orders/ord_x', token: world.tokens.channel };
    for (let times = 0; times < 5; times++) expect((await world.send(request)).status).toBe(500);
    await until('ALARM', 'api-errors', 2);
    fault = null;
    await follow('api-errors', 0);
    expect((await world.send(request)).status).toBe(404);
    await until('OK', 'api-errors', 6);
  });

  it('orders-late-at-stores', async () => {
    const orders = [await placed(), await placed(), await placed()];
    await until('ALARM', 'orders-late-at-stores', 10);
    for (const ORDER of orders) await follow('orders-late-at-stores', 0, { ORDER });
    await until('OK', 'orders-late-at-stores', 5);
    for (const id of orders) expect(await orderNow(id)).toMatchObject({ status: 'cancelled' });
  });

  it('orders-late-for-driver: the mall pauses until there are drivers again', async () => {
    const orders = [await placed(), await placed(), await placed()];
    for (const id of orders) {
      await atStore(id, 'accept');
      await atStore(id, 'ready', { parcels: [{ label: `LATE-${orders.indexOf(id)}` }] });
    }
    await until('ALARM', 'orders-late-for-driver', 20);
    await follow('orders-late-for-driver', 0);
    const body = world.basket();
    const refusal = await world.send({ method: 'POST', path: '/v1/orders', token: world.tokens.channel, body });
    expect(refusal.body).toMatchObject({ code: 'mall_closed' });
    await world.onShift();
    for (const driver of [world.tokens.driver, world.tokens.otherDriver]) {
      if (driver === world.tokens.otherDriver) continue;
      const { offerId, version } = await world.nextOffer();
      await world.succeed({
        method: 'POST',
        path: `/v1/driver/offers/${offerId}/accept`,
        token: driver,
        body: { version },
      });
    }
    await until('OK', 'orders-late-for-driver', 6);
    await follow('orders-late-for-driver', 1);
    await world.pass(1);
    await cancel(await placed());
  });

  it('orders-need-operations', async () => {
    const { driver: token, operations } = world.tokens;
    const { run } = await world.succeed({ method: 'GET', path: '/v1/driver/run', token });
    const stop = `/v1/driver/run/stops/${run.stops[0].id}`;
    const labels = run.stops[0].parcels.map(({ label }: { label: string }) => label);
    await world.succeed({ method: 'POST', path: `${stop}/arrive`, token, body: {} });
    await world.succeed({ method: 'POST', path: `${stop}/complete`, token, body: { labels } });
    const path = `/v1/ops/orders/${run.stops[0].orderIds[0]}/reassign`;
    await world.succeed({ method: 'POST', path, token: operations, body: { reason: 'accident' } });
    await until('ALARM', 'orders-need-operations', 22);
    const { data } = await world.succeed({ method: 'GET', path: '/v1/ops/waiting', token: operations });
    for (const { orderId } of data) await follow('orders-need-operations', 0, { ORDER: orderId });
    await until('OK', 'orders-need-operations', 6);
  });

  it('mall-paused: forgotten for an hour', async () => {
    const path = `/v1/malls/${world.mall.mall.id}/state`;
    const body = { state: 'paused', reason: 'a drill' };
    await world.succeed({ method: 'POST', path, token: world.tokens.operations, body });
    await until('ALARM', 'mall-paused', 63);
    expect(await follow('mall-paused', 0)).toContain('a drill');
    await until('OK', 'mall-paused', 3);
  });

  it('resumer-behind, relay-behind', async () => {
    const plan = { streamHeld: 0.9 };
    await control('PUT', '/faults', { seed: 7, plan });
    // A batch is as old as its newest record: what is held back must not be joined by what is new.
    let minute = 0;
    const busy = async () => {
      if (minute++ % 2 === 0) await cancel(await placed());
    };
    await until('ALARM', 'resumer-behind', 30, busy);
    await until('ALARM', 'relay-behind', 30, busy);
    await control('DELETE', '/faults');
    await follow('resumer-behind', 0);
    await follow('relay-behind', 0);
    await until('OK', 'resumer-behind', 12);
    await until('OK', 'relay-behind', 12);
  });

  // The last, as the day is over before they are.
  it('events-unpublished, records-disagree, reconciler-failing: a refund that is there twice', async () => {
    fault = { role: /RelayRole/, service: 'events' };
    const orderId = await placed();
    await cancel(orderId);
    await world.pass(60);
    await world.spoil(orderId, ({ ledger }) => ({ ledger: [...ledger, ...ledger] }));
    await until('ALARM', 'events-unpublished', 20);
    fault = null;
    await follow('events-unpublished', 0);
    await until('ALARM', 'records-disagree', 130);
    expect(await follow('records-disagree', 0, { ORDER: orderId })).toContain('refund');
    await until('OK', 'records-disagree', 130);
    fault = { role: /ReconcilerRole/ };
    await until('ALARM', 'reconciler-failing', 190);
    fault = null;
    await follow('reconciler-failing', 0);
    await until('OK', 'reconciler-failing', 130);
    // The bus is left alone for some seconds of wall time, and then asked again after pauses of up to an hour.
    await until('OK', 'events-unpublished', 1_000);
  });

  it('all is well again, and every command of the document was run', async () => {
    await world.pass(6 * 60);
    const alarms = await control<AlarmState[]>('GET', '/alarms');
    expect(alarms.filter(({ state }) => state !== 'OK').map(({ name }) => name)).toEqual([]);
    const written = entries.flatMap(({ name, commands }) => commands.map((_, block) => `${name} ${block}`));
    expect([...new Set(tested)].sort()).toEqual(written.sort());
  });
});

describe('the runbook', () => {
  it.each(entries.map((entry) => [entry.name, entry] as const))(
    '%s says what it means, where to look, what to do',
    (_, entry) => {
      for (const part of ['**Means**', '**Look**', '**Do**', '**Wake**']) expect(entry.text).toContain(part);
      expect(entry.text).toMatch(/\*\*Over\s+when\*\*/);
      expect(entry.commands.length).toBeGreaterThan(0);
    },
  );
});
