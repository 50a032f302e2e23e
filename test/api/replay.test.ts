import { afterAll, beforeAll, describe, expect } from 'vitest';
import { operationOf } from '../../lambdas/http/answers.ts';
import { routes } from '../../lambdas/http/routes.ts';
import { hasEngine, test } from '../local/with-engine.ts';
import { Joiner, showPaper } from './joiner.ts';
import { elsewhere, Traveller } from './journey.ts';
import { expectProblem } from './problem.ts';
import { bodyFor, type Targets } from './requests.ts';
import { type Act, type Answer, type Request, World } from './world.ts';

let world: World;
beforeAll(async () => {
  if (hasEngine) world = await World.open();
});
afterAll(() => world?.close());

const twins = 5;

/**
 * The link to upload a photo to is signed anew for each answer, as it soon expires; positions that come again are told
 * as known.
 */
function lasting({ status, body: { ignored: _, ...body } }: Answer): unknown {
  return [
    status,
    { ...body, requestId: undefined, ...(body.uploadUrl && { uploadUrl: body.uploadUrl.split('?')[0] }) },
  ];
}

/** Positions are kept by their time and not by their request: a repeat finds them there. */
const byNature = (path: string) => path === '/v1/driver/positions';

/** A request for something else that the same key might be put on by mistake; null where there is nothing else. */
function otherThan({ path, body }: Request): Partial<Request> | null {
  const others: Record<string, object> = {
    '/v1/orders': world.basket([1]),
    '/v1/keys': { owner: { kind: 'retailer', retailerId: world.mall.retailers[0]!.id } },
    '/v1/people': { email: 'lee@example.com', name: 'Lee', role: { kind: 'operations' } },
    '/v1/devices': { ...(body as object), name: 'Another tablet' },
    '/v1/driver/proofs': { contentType: 'image/webp', stopId: 'dropoff-other' },
  };
  if (others[path]) return { body: others[path] };
  if (path.includes('/blocks/')) return { path: path.replace(/(?<=blocks\/)(.*?)(-later)?(?=\/)/, otherBlock) };
  if (!/\/(pickups|orders|offers|stops|hand-overs|people|keys)\//.test(path)) return null;
  if (path.includes('/hand-overs/')) return { body, path: path.replace(/[^/]+$/, 'other') };
  return { body, path: path.replace(/[^/]+(?=\/[^/]+$)/, path.includes('/stops/') ? 'pickup-other' : 'other') };
}

/** What was sent with its key, and how it was answered. */
const answered: { request: Request; answer: Answer }[] = [];

/** Sends the same request several times at once: one act, one answer. */
async function repeatedly(request: Request): Promise<Answer> {
  const { path } = request;
  const same = { ...request, key: `same-${answered.length}` };
  const answers = await Promise.all(Array.from({ length: twins }, () => world.send(same)));
  await world.settled();
  const answer = answers[0]!;
  for (const twin of answers) expect(lasting(twin), path).toEqual(lasting(answer));
  // Twins of an act that changes nothing, as a shift started on a shift, may each think they were first.
  expect(
    answers.some(({ headers }) => !headers.has('idempotency-replayed')),
    path,
  ).toBe(true);
  answered.push({ request: same, answer });
  return answer;
}

type Send = (request: Request) => Promise<Answer>;

const singly: Send = async (request) => {
  const answer = await world.send(request);
  await world.settled();
  return answer;
};

/** Orders that between them meet every command; gives their ids. */
async function story(send: Send): Promise<string[]> {
  const act: Act = async (request) => {
    const answer = await send(request);
    if (answer.status >= 300) throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const post = (path: string, body: object, token: string | null = world.tokens.driver) =>
    act({ method: 'POST', path, token, body });

  const delivered = new Traveller(world, act);
  for (const stage of ['placed', 'offered', 'collected'] as const) await delivered.goOnTo(stage);
  await act(delivered.atStore('hand-over', { runCode: delivered.journey.runCode, labels: ['MW-1'] }));
  await delivered.goOnTo('at the door');
  await act(delivered.atStop('dropoff', 'scan', { label: 'MW-1' }));
  const guess = (await delivered.pin()) === '000000' ? '000001' : '000000';
  const wrong = { labels: ['MW-1'], proof: { kind: 'pin', pin: guess }, ...elsewhere };
  const refused = await send(delivered.atStop('dropoff', 'complete', wrong));
  expectProblem(refused, 'a wrong PIN');
  expect([refused.status, refused.body.code, refused.body.triesLeft]).toEqual([422, 'pin_wrong', 2]);
  await delivered.goOnTo('delivered');
  await act(delivered.byChannel('tip', { amountCents: 300 }));

  await act(delivered.byChannel('erase'));

  const failed = new Traveller(world, act);
  for (const stage of ['placed', 'offered', 'collected', 'at the door'] as const) await failed.goOnTo(stage);
  const stopId = `dropoff-${failed.journey.orderId}`;
  const { photoKey, uploadUrl } = await post('/v1/driver/proofs', { contentType: 'image/jpeg', stopId });
  const upload = { method: 'PUT', headers: { 'content-type': 'image/jpeg' }, body: 'a door' };
  expect((await fetch(uploadUrl, upload)).ok).toBe(true);
  const evidence = { contactAttempts: 2, photoKey };
  await act(failed.atStop('dropoff', 'fail', { reason: 'customer_unavailable', evidence }));
  await act(failed.byOperations('reassign', { reason: 'breakdown' }));
  await act(failed.byOperations('resolve', { resolution: 'hand_over', meetAt: 'mall' }));
  const { otherDriver } = world.tokens;
  await world.onShift(act, otherDriver);
  const { offerId, version } = await world.nextOffer(otherDriver);
  const { code: runCode, nextStopIds } = await post(`/v1/driver/offers/${offerId}/accept`, { version }, otherDriver);
  await post(`/v1/driver/run/stops/${nextStopIds[0]}/arrive`, {}, otherDriver);
  await act(failed.toDriver({ runCode, labels: ['MW-1'] }));
  await act(failed.byOperations('resolve', { resolution: 'returned' }));
  await act({ method: 'POST', path: '/v1/driver/shift/end', token: otherDriver });

  const cancelled = new Traveller(world, act);
  for (const stage of ['placed', 'offered'] as const) await cancelled.goOnTo(stage);
  await act(cancelled.atStore('delay', { readyAt: new Date(world.cloud.clock.now() + 1_800_000).toISOString() }));
  await act(cancelled.toOffer('decline'));
  await act(cancelled.onShift('end'));
  await act(cancelled.byChannel('cancel'));
  await act(cancelled.atStore('acknowledge-stop'));

  const rejected = new Traveller(world, act);
  await rejected.goOnTo('placed');
  await act(rejected.atStore('reject', { reason: 'out_of_stock' }));

  const { tokens } = world;
  const late = await post('/v1/orders', world.basket([0, 1]), tokens.channel);
  const storeId = world.mall.stores[0]!.id;
  const readyAt = new Date(world.cloud.clock.now() + 130 * 60_000).toISOString();
  await post(`/v1/stores/${storeId}/pickups/${late.id}/accept`, { readyAt }, tokens.store);
  const decision = { kind: 'late_store', storeId, choice: 'leave_without' };
  await post(`/v1/orders/${late.id}/decisions`, decision, tokens.channel);
  await post(`/v1/orders/${late.id}/cancel`, {}, tokens.channel);
  const reason = 'A burst pipe';
  await post(`/v1/malls/${world.mall.mall.id}/state`, { state: 'paused', reason }, tokens.operations);
  await post(`/v1/malls/${world.mall.mall.id}/state`, { state: 'open', reason }, tokens.operations);

  const owner = { kind: 'channel', channelId: world.mall.channels[0]!.id };
  const key = await post('/v1/keys', { owner }, world.tokens.operations);
  expect(key.secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  await post(`/v1/keys/${key.keyId}/revoke`, {}, world.tokens.operations);
  await world.pass(2);
  const role = { kind: 'operations' };
  const { subject } = await post(
    '/v1/people',
    { email: `kim-${late.id}@example.com`, name: 'Kim', role },
    tokens.operations,
  );
  await post(`/v1/people/${subject}/suspend`, {}, tokens.operations);
  await post(`/v1/people/${subject}/reinstate`, {}, tokens.operations);
  await workABlock(post, `block-${late.id}`);
  await joinAndLeave(act, late.id);
  await suspendAProvider(act, late.id);
  const { code } = await post(`/v1/stores/${storeId}/pairing-codes`, {}, tokens.operations);
  const { publicKey } = bodyFor('pairDevice', world, { version: 1 } as Targets) as { publicKey: object };
  await post('/v1/devices', { code, name: 'Counter tablet', publicKey }, null);
  return [...[delivered, failed, cancelled, rejected].map(({ journey }) => journey.orderId), late.id];
}

/** Two are booked; one is given back, and the other one begun. */
async function workABlock(post: (path: string, body: object) => Promise<unknown>, blockId: string) {
  const minutesOn = (minutes: number) => new Date(world.cloud.clock.now() + minutes * 60_000).toISOString();
  const hours = { [blockId]: [2, 8], [`${blockId}-later`]: [120, 180] } as const;
  for (const [id, [from, to]] of Object.entries(hours)) {
    const path = `/v1/malls/${world.mall.mall.id}/blocks/${id}`;
    const body = { startsAt: minutesOn(from), endsAt: minutesOn(to), places: 1, guaranteedCentsPerHour: 1800 };
    await world.succeed({ method: 'PUT', path, token: world.tokens.operations, body });
    await post(`/v1/driver/blocks/${id}/book`, {});
  }
  await post(`/v1/driver/blocks/${blockId}-later/forfeit`, {});
  await post(`/v1/driver/blocks/${blockId}/check-in`, {});
  await post('/v1/driver/shift/end', {});
  await world.pass(10 * 60);
}

/** One becomes a driver, who is suspended and shows a paper; one is refused; one withdraws. */
async function joinAndLeave(act: Act, name: string) {
  const joiner = await Joiner.apply(world, act, { email: `robin-${name}@example.com` });
  const driverId = await joiner.becomeDriver();
  await (await Joiner.apply(world, act)).operations('/refuse', { reason: 'other' });
  await (await Joiner.apply(world, act)).withdraw();
  const { subject } = await world.succeed({
    method: 'PUT',
    path: `/v1/people/driver-${name}`,
    token: world.tokens.operations,
    body: { role: { kind: 'driver', driverId } },
  });
  const token = await world.cloud.mint({ sub: subject });
  const operations = (path: string, body: object) =>
    act({ method: 'POST', path: `/v1/drivers/${driverId}${path}`, token: world.tokens.operations, body });
  const documentId = await showPaper(act, '/v1/driver', token, { kind: 'right_to_work', expiresOn: '2029-01-01' });
  await operations(`/documents/${documentId}`, { outcome: 'accepted' });
  await operations('/suspend', { reason: 'conduct' });
  await act({ method: 'POST', path: '/v1/driver/appeal', token, body: { text: 'It was somebody else.' } });
  await operations('/uphold', { answer: 'It stays.' });
  await operations('/reinstate', { answer: 'We looked again.' });
}

async function suspendAProvider(act: Act, name: string) {
  const path = `/v1/providers/partner-${name}`;
  const token = world.tokens.operations;
  const body = bodyFor('applyProvider', world, { version: 1 } as Targets);
  await world.succeed({ method: 'PUT', path, token, body });
  const reason = bodyFor('suspendProvider', world, { version: 1 } as Targets);
  await act({ method: 'POST', path: `${path}/suspend`, token, body: reason });
  await act({ method: 'POST', path: `${path}/reinstate`, token });
}

function otherBlock(_: string, id: string, isLater: string | undefined): string {
  return isLater ? id : `${id}-later`;
}

/** What happened to an order, and what it came to. */
async function historyOf(orderId: string) {
  const { order, events } = await world.succeed({
    method: 'GET',
    path: `/v1/ops/orders/${orderId}`,
    token: world.tokens.operations,
  });
  return {
    status: order.status,
    endReason: order.endReason,
    ledger: order.ledger.map(({ key, amountCents }: { key: string; amountCents: number }) => [key, amountCents]),
    events: events.map(({ sequence, type }: { sequence: number; type: string }) => `${sequence} ${type}`),
  };
}

/** Rows of which there is one for each thing that stays, as a driver does, whatever happens again. */
const notCounted = ['CURSOR', 'LABEL', 'POSITION', 'PLAN', 'RECONCILIATION', 'DRIVER DIARY'];

/** How many rows of each other kind there are. */
async function rows(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const items of Object.values(await world.everything())) {
    for (const { pk, sk } of items as { pk: { S: string }; sk: { S: string } }[]) {
      const kind = pk.S === 'AUDIT' ? pk.S : `${pk.S.split('#')[0]} ${sk.S.split('#')[0]}`;
      if (![kind, kind.split(' ')[0]!].some((it) => notCounted.includes(it))) counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  return counts;
}

function increase(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([kind, count]) => [kind, count - (before[kind] ?? 0)]));
}

describe('a request that is sent again', () => {
  test('acts once, gives the same answer, and its key is good for nothing else', { timeout: 480_000 }, async () => {
    const atFirst = await rows();
    const once = await story(singly);
    const between = await rows();
    const again = await story(repeatedly);
    expect(increase(between, await rows())).toEqual(increase(atFirst, between));
    const [expected, found] = await Promise.all(
      [once, again].map((orderIds) => Promise.all(orderIds.map((orderId) => historyOf(orderId)))),
    );
    expect(found).toEqual(expected);
    expect(found!.map(({ status }) => status)).toEqual([
      'delivered',
      'returned',
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
  });

  test('is answered as at first long after, when everything has changed, and changes nothing', async () => {
    const before = await world.everything();
    for (const { request, answer } of answered) {
      const late = await world.send(request);
      expect(lasting(late), request.path).toEqual(lasting(answer));
      expect(late.headers.get('idempotency-replayed'), request.path).toBe(byNature(request.path) ? null : 'true');
    }
    expect(await world.everything()).toEqual(before);
  });

  test('is not taken for another with the same key', async () => {
    const before = await world.everything();
    for (const { request } of answered) {
      const other = otherThan(request);
      if (!other) continue;
      const answer = await world.send({ ...request, ...other });
      expectProblem(answer, request.path);
      expect([answer.status, answer.body.code], request.path).toEqual([422, 'idempotency_key_reused']);
    }
    expect(await world.everything()).toEqual(before);
  });

  test('was tried of every POST', () => {
    const called = new Set(answered.map(({ request: { method, path } }) => operationOf(method, path)));
    const posts = routes.filter(({ method }) => method === 'POST').map(({ operationId }) => operationId);
    expect([...called].sort()).toEqual(posts.toSorted());
  });
});
