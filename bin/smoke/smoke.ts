import { decodeJwt } from 'jose';
import { Caller, pause, signedBy } from './client.ts';
import { RunSheet } from './run-sheet.ts';
import { Steps } from './steps.ts';
import { bindDriver, closeTestMall, door, ids, keyOf, openTestMall } from './test-mall.ts';

export interface SmokeOptions {
  /** Scheme and host of the pages. */
  url: string;
  /** Tokens of two people: one of operations, and one who has no other role here. */
  operationsToken: string;
  driverToken: string;
  tell: (line: string) => void;
  /** Wall time the planner has to make an offer, and the workflow to settle. */
  patienceMs?: number;
}

interface Order {
  id: string;
  status: string;
  ledger: object[];
  trackingUrl?: string;
}

const lookAgainMs = 250;
const cleanUpMs = 15_000;
const authorizerCacheNote = 'the log of Authorizer; a credential it refused stays refused for a minute';

/**
 * One order through a whole installation, by its public address: placed, prepared, offered, collected, delivered,
 * settled. It has a mall of its own, so that it meets no real store or driver, and leaves nothing open.
 * Throws StepFailed.
 */
export async function smoke(options: SmokeOptions): Promise<{ orderId: string; seconds: number }> {
  const { url, operationsToken, driverToken, tell, patienceMs = 60_000 } = options;
  const steps = new Steps(tell);
  const operations = new Caller(url, async () => `Bearer ${operationsToken}`);
  const driver = new Caller(url, async () => `Bearer ${driverToken}`);
  // The API keeps what it found about a header for a minute: asked by another one, "nobody" is not kept.
  const stranger = new Caller(url, async () => `bearer ${driverToken}`);
  const shopper = new Caller(url, async () => null);
  const phone = new RunSheet(driver);

  const audience = await steps.run(
    {
      name: 'The pages answer',
      expected: `${url}/ with a content security policy, and ${url}/config.json with an audience`,
      lookAt: 'the output PagesUrl of the web stack, and whether the pages stack is deployed',
    },
    () => pagesAnswer(url),
  );
  const now = await steps.run(
    {
      name: 'Operations are known',
      expected: 'a list of open orders for the operations token',
      lookAt: `whether its subject is bound to operations (docs/deploy.md, "First operator"), and ${authorizerCacheNote}`,
    },
    async () => new Date((await operations.get<{ now: string }>('/v1/ops/orders')).now),
  );
  const { channel, store } = await steps.run(
    {
      name: 'A test mall is open',
      expected: `mall, store, driver and channel named ${ids.mall}, and a key for channel and retailer`,
      lookAt: 'the log of Directory',
    },
    async () => {
      await openTestMall(operations, now);
      const day = now.toISOString().slice(0, 10);
      const key = (kind: 'channel' | 'retailer') => keyOf(operations, { kind }, day);
      const caller = async (kind: 'channel' | 'retailer') => new Caller(url, signedBy(await key(kind), audience));
      return { channel: await caller('channel'), store: await caller('retailer') };
    },
  );
  let orderId: string | undefined;
  try {
    await steps.run(
      {
        name: 'A driver starts a shift',
        expected: `the driver's token bound to ${ids.driver}, who is on shift`,
        lookAt: `the log of Drivers, and ${authorizerCacheNote}`,
      },
      async () => {
        await bindDriver(operations, stranger, String(decodeJwt(driverToken).sub));
        await phone.bringBack();
        await phone.startShift(door.position);
      },
    );
    const order = await steps.run(
      { name: 'A channel places an order', expected: 'status created', lookAt: 'the log of Ordering' },
      () => channel.post<Order>('/v1/orders', basket()),
    );
    orderId = order.id;
    const pickup = `/v1/stores/${ids.store}/pickups/${order.id}`;
    await steps.run(
      { name: 'The store accepts, and has it ready', expected: 'pickup ready', lookAt: 'the log of Readiness' },
      async () => {
        await store.post(`${pickup}/accept`, {});
        await store.post(`${pickup}/ready`, { parcels: [{ label: `SMOKE-${Date.now()}` }] });
      },
    );
    await steps.run(
      {
        name: 'The planner offers it to the driver, who accepts',
        expected: 'an offer that holds this order',
        lookAt: 'the logs of Relay and Dispatch, and the queue DispatchQueueFailures',
      },
      () => phone.takeOffer(order.id, patienceMs),
    );
    await steps.run(
      {
        name: 'The driver collects at the counter',
        expected: 'the parcel scanned and on board',
        lookAt: 'the log of Drivers',
      },
      async () => {
        const { run, stop } = await phone.arriveAt('pickup');
        await phone.completeStop(stop);
        const labels = stop.parcels.map(({ label }) => label);
        await store.post(`${pickup}/hand-over`, { runCode: run.code, labels });
      },
    );
    await steps.run(
      {
        name: 'The driver delivers, with a photo',
        expected: 'the photo in the bucket of proofs, and the last stop done',
        lookAt: 'the log of Drivers, and the CORS and lifecycle of the bucket of proofs',
      },
      async () => phone.completeStop((await phone.arriveAt('dropoff')).stop),
    );
    const ended = await steps.run(
      {
        name: 'The workflow settles the order',
        expected: 'status delivered, with entries in its ledger',
        lookAt: `the execution ${order.id} in Step Functions, and the logs of Resumer and Lifecycle`,
      },
      () => untilSettled(channel, order.id, patienceMs),
    );
    await steps.run(
      { name: 'The shopper sees it', expected: 'delivered behind the tracking link', lookAt: 'the log of Tracking' },
      async () => {
        const token = ended.trackingUrl?.split('/').at(-1);
        const { status } = await shopper.get<{ status: string }>(`/v1/track/${token}`);
        if (status !== 'delivered') throw new Error(`it is shown as ${status}`);
      },
    );
    return { orderId: order.id, seconds: steps.seconds };
  } finally {
    await steps.run(
      {
        name: 'Nothing is left open',
        expected: 'the order ended, the driver off shift, the test mall paused',
        lookAt: `the operations page, mall ${ids.mall}`,
      },
      () => cleanUp({ operations, channel, phone, orderId }),
    );
  }
}

async function pagesAnswer(url: string): Promise<string> {
  const page = await fetch(`${url}/`);
  if (!page.ok) throw new Error(`${url}/ was answered ${page.status}`);
  if (!page.headers.get('content-security-policy')) throw new Error('there is no content-security-policy');
  const config = (await (await fetch(`${url}/config.json`)).json()) as { audience?: string };
  if (!config.audience) throw new Error('config.json names no audience');
  return config.audience;
}

function basket(): object {
  return {
    mallId: ids.mall,
    pickups: [{ storeId: ids.store, lines: [{ sku: 'SMOKE', name: 'Test parcel', quantity: 1, unitPriceCents: 100 }] }],
    dropoff: { name: 'Smoke Test', phone: '+15005550006', ...door },
  };
}

async function untilSettled(channel: Caller, orderId: string, withinMs: number): Promise<Order> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const order = await channel.get<Order>(`/v1/orders/${orderId}`);
    if (order.status === 'delivered' && order.ledger.length > 0) return order;
    if (performance.now() > giveUpAt) throw new Error(`it is ${order.status}, with ${order.ledger.length} entries`);
    await pause(lookAgainMs);
  }
}

interface Left {
  operations: Caller;
  channel: Caller;
  phone: RunSheet;
  orderId: string | undefined;
}

/** Does all of it, whatever of it fails. */
async function cleanUp({ operations, channel, phone, orderId }: Left): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async (work: () => Promise<unknown>) => {
    await work().catch((error: unknown) => failures.push(error));
  };
  if (orderId !== undefined) {
    await attempt(async () => {
      const { status } = await channel.get<Order>(`/v1/orders/${orderId}`);
      if (!['delivered', 'returned', 'cancelled', 'failed'].includes(status)) {
        await channel.post(`/v1/orders/${orderId}/cancel`);
      }
    });
  }
  await attempt(() => phone.bringBack());
  await attempt(() => phone.endShift());
  await attempt(() => closeTestMall(operations));
  await attempt(() => untilNothingIsOpen(operations));
  if (failures.length > 0) throw new Error(failures.map((it) => (it as Error).message).join('; '));
}

/** The list of open orders comes from an index, which follows the orders a moment later. */
async function untilNothingIsOpen(operations: Caller): Promise<void> {
  const giveUpAt = performance.now() + cleanUpMs;
  for (;;) {
    const { data } = await operations.get<{ data: { orderId: string }[] }>(`/v1/ops/orders?mallId=${ids.mall}`);
    if (data.length === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`still open: ${data.map((it) => it.orderId).join(', ')}`);
    await pause(lookAgainMs);
  }
}
