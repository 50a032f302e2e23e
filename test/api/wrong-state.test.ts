import { afterAll, beforeAll, describe, expect } from 'vitest';
import { operationOf } from '../../lambdas/http/answers.ts';
import { routes } from '../../lambdas/http/routes.ts';
import { hasEngine, test } from '../local/with-engine.ts';
import { type Stage, stages, Traveller } from './journey.ts';
import { expectProblem } from './problem.ts';
import { type Request, World } from './world.ts';

let world: World;
let traveller: Traveller;

beforeAll(async () => {
  if (!hasEngine) return;
  world = await World.open();
  traveller = new Traveller(world);
});
afterAll(() => world?.close());

type Command = (order: Traveller) => Request | Promise<Request>;
const pickup =
  (act: string, body?: object): Command =>
  (order) =>
    order.atStop('pickup', act, body);
const dropoff =
  (act: string, body?: object): Command =>
  (order) =>
    order.atStop('dropoff', act, body);
const resolve =
  (resolution: string): Command =>
  (order) =>
    order.byOperations('resolve', { resolution });
const withPin: Command = async (order) =>
  order.atStop('dropoff', 'complete', { labels: ['MW-1'], proof: { kind: 'pin', pin: '000000' } });
const failure = { reason: 'pin_missing', evidence: { contactAttempts: 2 } };

const commands = {
  accept: (order) => order.atStore('accept'),
  reject: (order) => order.atStore('reject', { reason: 'other' }),
  delay: (order) => order.atStore('delay', { readyAt: '2026-12-01T20:30:00Z' }),
  ready: (order) => order.atStore('ready', { parcels: [{ label: 'MW-9' }] }),
  'hand over': (order) => order.atStore('hand-over', { runCode: order.journey.runCode, labels: ['MW-1'] }),
  'acknowledge a stop': (order) => order.atStore('acknowledge-stop'),
  'end the shift': (order) => order.onShift('end'),
  'accept the offer': (order) => order.toOffer('accept', { version: order.journey.version }),
  'decline the offer': (order) => order.toOffer('decline'),
  'depart for the store': pickup('depart'),
  'arrive at the store': pickup('arrive'),
  'scan at the store': pickup('scan', { label: 'MW-1' }),
  'complete at the store': pickup('complete', { labels: ['MW-1'] }),
  'fail at the store': pickup('fail', { reason: 'business_closed' }),
  'depart for the door': dropoff('depart'),
  'arrive at the door': dropoff('arrive'),
  'scan at the door': dropoff('scan', { label: 'MW-1' }),
  'complete at the door': withPin,
  'fail at the door': dropoff('fail', failure),
  'photograph the door': (order) =>
    order.byDriver('/v1/driver/proofs', { contentType: 'image/jpeg', stopId: `dropoff-${order.journey.orderId}` }),
  erase: (order) => order.byChannel('erase'),
  tip: (order) => order.byChannel('tip', { amountCents: 300 }),
  'decide on a late store': (order) =>
    order.byChannel('decisions', { kind: 'late_store', storeId: 'none', choice: 'wait' }),
  cancel: (order) => order.byChannel('cancel'),
  reassign: (order) => order.byOperations('reassign', { reason: 'no_show' }),
  'resolve: cancel': resolve('cancel'),
  'resolve: resume': resolve('resume'),
  'resolve: return': resolve('return'),
  'resolve: reattempt': resolve('reattempt'),
  'resolve: returned': resolve('returned'),
  'resolve: lost': resolve('lost'),
  'resolve: restart': resolve('restart'),
  'resolve: hand over': resolve('hand_over'),
  'give to another driver': (order) => order.toDriver({ runCode: '1234', labels: ['MW-1'] }),
  'book a block': (order) => order.byDriver('/v1/driver/blocks/none/book', {}),
  'give a block back': (order) => order.byDriver('/v1/driver/blocks/none/forfeit', {}),
  'begin a block': (order) => order.byDriver('/v1/driver/blocks/none/check-in', {}),
} satisfies Record<string, Command>;

const transition = 'transition_not_allowed';
/** The code of the refusal at each stage, in their order; null where the command is possible. */
const refusals: Record<keyof typeof commands, readonly (string | null)[]> = {
  accept: [null, transition, transition, transition, 'order_ended'],
  reject: [null, null, transition, transition, 'order_ended'],
  delay: [transition, null, transition, transition, 'order_ended'],
  ready: [transition, null, transition, transition, 'order_ended'],
  // Both sides may record a hand-over late: the records are compared, so the store's is taken at any time after.
  'hand over': [transition, transition, null, null, null],
  'acknowledge a stop': Array(5).fill('nothing_to_acknowledge'),
  'end the shift': [null, null, 'driver_busy', 'driver_busy', null],
  'accept the offer': ['not_found', null, 'offer_closed', 'offer_closed', 'offer_closed'],
  'decline the offer': ['not_found', null, 'offer_closed', 'offer_closed', 'offer_closed'],
  'depart for the store': ['no_active_run', 'no_active_run', 'stop_done', 'stop_done', 'no_active_run'],
  'arrive at the store': ['no_active_run', 'no_active_run', 'stop_done', 'stop_done', 'no_active_run'],
  'scan at the store': ['no_active_run', 'no_active_run', 'stop_done', 'stop_done', 'no_active_run'],
  'complete at the store': ['no_active_run', 'no_active_run', 'stop_done', 'stop_done', 'no_active_run'],
  'fail at the store': ['no_active_run', 'no_active_run', 'stop_done', 'stop_done', 'no_active_run'],
  // Said again at the door it changes nothing: a phone may have missed the first answer.
  'depart for the door': ['no_active_run', 'no_active_run', null, null, 'no_active_run'],
  'arrive at the door': ['no_active_run', 'no_active_run', null, null, 'no_active_run'],
  'scan at the door': ['no_active_run', 'no_active_run', 'stop_not_reached', null, 'no_active_run'],
  'complete at the door': ['no_active_run', 'no_active_run', 'stop_not_reached', null, 'no_active_run'],
  'fail at the door': ['no_active_run', 'no_active_run', 'stop_not_reached', null, 'no_active_run'],
  'photograph the door': ['no_active_run', 'no_active_run', null, null, 'no_active_run'],
  erase: [...Array(4).fill('order_under_way'), null],
  tip: [...Array(4).fill('tip_not_possible'), null],
  'decide on a late store': [...Array(4).fill('decision_not_possible'), 'order_ended'],
  cancel: [null, null, null, null, 'order_ended'],
  reassign: ['no_active_run', 'no_active_run', null, null, 'no_active_run'],
  'resolve: cancel': [null, null, null, null, 'order_ended'],
  'resolve: resume': ['not_held', 'not_held', 'not_held', 'not_held', 'order_ended'],
  'resolve: return': [transition, transition, null, null, 'order_ended'],
  'resolve: reattempt': [transition, transition, transition, transition, 'order_ended'],
  'resolve: returned': ['not_held', 'not_held', 'not_held', 'not_held', 'order_ended'],
  'resolve: lost': ['not_held', 'not_held', null, null, 'order_ended'],
  'resolve: restart': [null, null, null, null, 'order_ended'],
  'resolve: hand over': ['not_held', 'not_held', 'not_held', 'not_held', 'order_ended'],
  'give to another driver': Array(5).fill('not_found'),
  'book a block': Array(5).fill('not_found'),
  'give a block back': Array(5).fill('not_found'),
  'begin a block': Array(5).fill('block_not_booked'),
};

const orderStatus: Record<Stage, string> = {
  placed: 'created',
  offered: 'created',
  collected: 'picked_up',
  'at the door': 'arrived_at_dropoff',
  delivered: 'delivered',
};
const pickupStatus: Record<Stage, string> = {
  placed: 'pending',
  offered: 'accepted',
  collected: 'handed_over',
  'at the door': 'handed_over',
  delivered: 'handed_over',
};
const legalFrom: Record<string, string[]> = {
  created: ['assigned', 'cancelled'],
  picked_up: ['enroute_to_dropoff', 'arrived_at_dropoff', 'held', 'enroute_to_return', 'failed'],
  arrived_at_dropoff: ['delivered', 'undeliverable', 'held', 'enroute_to_return', 'failed'],
  delivered: [],
  pending: ['accepted', 'rejected', 'expired', 'cancelled'],
  accepted: ['ready', 'delayed', 'rejected', 'failed', 'cancelled'],
  handed_over: [],
};

/** What a refusal shows of how things stand, by its code. */
function shown(code: string, command: string, stage: Stage): object {
  const isOfStore = ['accept', 'reject', 'delay', 'ready', 'hand over'].includes(command);
  switch (code) {
    case transition: {
      const status = isOfStore ? pickupStatus[stage] : orderStatus[stage];
      return { current: { status }, allowedTransitions: legalFrom[status] };
    }
    case 'order_ended':
      return { current: { status: orderStatus[stage] }, allowedTransitions: [] };
    case 'not_held':
    case 'order_under_way':
      return { current: { status: orderStatus[stage] } };
    case 'nothing_to_acknowledge':
      return { current: { status: pickupStatus[stage] } };
    case 'stop_done':
      return { current: { status: 'done' } };
    case 'stop_not_reached':
      return { current: { status: 'pending' } };
    case 'driver_busy':
      return { current: { runId: expect.stringMatching(/^run_/) } };
    case 'offer_closed':
      return { current: { id: traveller.journey.offerId, status: 'accepted' } };
    default:
      return {};
  }
}

describe.each(stages.map((stage, index) => ({ stage, index })))('an order that is $stage', ({ stage, index }) => {
  test(`is in the state of the table`, async () => {
    await traveller.goOnTo(stage);
    const { tokens } = world;
    const { orderId } = traveller.journey;
    const order = await world.succeed({ method: 'GET', path: `/v1/orders/${orderId}`, token: tokens.channel });
    expect([order.status, order.pickups[0].status]).toEqual([orderStatus[stage], pickupStatus[stage]]);
  });

  test('takes no command whose time it is not', async () => {
    const before = await world.everything();
    for (const [name, make] of Object.entries(commands)) {
      const code = refusals[name as keyof typeof commands][index];
      if (!code) continue;
      const answer = await world.send(await make(traveller));
      expectProblem(answer, name);
      expect([name, answer.status, answer.body.code]).toEqual([name, code === 'not_found' ? 404 : 409, code]);
      expect(answer.body, name).toMatchObject(shown(code, name, stage));
    }
    await world.settled();
    expect(await world.everything()).toEqual(before);
  });
});

/** Possible whatever the state of an order. */
const ofNoState = [
  'placeOrder',
  'setMallState',
  'startShift',
  'reportPositions',
  'createKey',
  'revokeKey',
  'invitePerson',
  'suspendPerson',
  'reinstatePerson',
  'createPairingCode',
  'suspendProvider',
  'reinstateProvider',
  'createDriverDocumentUpload',
  'submitDriverDocument',
  'judgeDriverDocument',
  'suspendDriver',
  'reinstateDriver',
  'upholdSuspension',
  'appealSuspension',
  'applyToDrive',
  'createDocumentUpload',
  'submitDocument',
  'withdrawApplication',
  'judgeApplicationDocument',
  'recordCheck',
  'approveApplication',
  'refuseApplication',
  'pairDevice',
  'setMallState',
];

test('every command of the API is in the table', async () => {
  const requests = await Promise.all(Object.values(commands).map((make: Command) => make(traveller)));
  const inTable = requests.map(({ method, path }) => operationOf(method, path));
  const posts = routes.filter(({ method }) => method === 'POST').map(({ operationId }) => operationId);
  expect([...new Set([...inTable, ...ofNoState])].sort()).toEqual(posts.toSorted());
});

test('what a phone says of the door is not believed beyond its clock, nor with another driver’s photo', async () => {
  const another = new Traveller(world);
  for (const stage of ['placed', 'offered', 'collected'] as const) await another.goOnTo(stage);
  const now = new Date(world.cloud.clock.now()).toISOString();
  const occurredAt = '2026-12-24T00:00:00Z';
  await world.succeed(another.atStop('dropoff', 'depart', { occurredAt }));
  const { run } = await world.succeed(another.atStop('dropoff', 'arrive', { occurredAt }));
  expect(run.stops.at(-1).arrivedAt).toBe(now);

  const photoKey = `proofs/${world.mall.drivers[1]!.id}/prf_1`;
  const before = await world.everything();
  const body = { reason: 'no_safe_place', evidence: { photoKey } };
  const answer = await world.send(another.atStop('dropoff', 'fail', body));
  expectProblem(answer, 'a photo of another driver');
  expect([answer.status, answer.body.code, answer.body.errors[0].pointer]).toEqual([
    422,
    'unknown_proof',
    '/evidence/photoKey',
  ]);
  expect(await world.everything()).toEqual(before);
});
