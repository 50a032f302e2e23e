import type { Item } from '../../lambdas/application/database.ts';
import {
  acceptOffer,
  actAtStop,
  declineOffer,
  endShift,
  type StopAct,
  startShift,
} from '../../lambdas/application/driving.ts';
import { reassignOrder } from '../../lambdas/application/operations.ts';
import { cancelOrder, type PlaceOrderInput, placeOrder } from '../../lambdas/application/ordering.ts';
import { actOnPickup, type StoreAct } from '../../lambdas/application/readiness.ts';
import { keys } from '../../lambdas/application/records.ts';
import { askedOf, versionShown } from '../../lambdas/domain/asked.ts';
import { currentStops, type Driver, type Offer, type Run } from '../../lambdas/domain/fleet.ts';
import { asId, type MallId } from '../../lambdas/domain/ids.ts';
import { hasEnded } from '../../lambdas/domain/order.ts';
import type { Position } from '../../lambdas/domain/position.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import { completion, itemsOf } from '../harness/home.ts';
import type { Loop } from '../harness/loop.ts';
import { channelId, orderInput, photographedBy } from '../harness/mall.ts';
import { bikes, setSuspended, vans } from '../harness/providers.ts';
import type { SeededRandom } from '../harness/random.ts';

export const mallId = asId<MallId>('mall-1');
export const mostStores = 3;
export const mostDrivers = 4;
/** Answers, of whatever is waited for, that come to others before a driver looks at the phone. */
const longestHesitation = 40;

const doors: readonly Position[] = [
  [-111.86, 33.3],
  [-111.8977, 33.36],
  [-111.85, 33.25],
];

/** What is played, and what came of it. */
export interface Round {
  loop: Loop;
  /** What was done, and how often it was let. */
  deeds: Map<string, number>;
  /** What did not hold at the end of some moment, or of the round. */
  breaches: string[];
  /** How each order ended, and what became of the offers. */
  outcome: string;
}

export function basket(random: SeededRandom): PlaceOrderInput {
  const asked = orderInput(1 + random.integer(mostStores));
  return { ...asked, dropoff: { ...asked.dropoff, position: random.pick(doors) } };
}

/** What may happen, each as often as it stands here. */
const kinds = [
  ...repeat('tick', 8),
  ...repeat('store', 5),
  ...repeat('accept', 4),
  ...repeat('accept at once', 3),
  ...repeat('stop', 4),
  'decline',
  ...repeat('end shift', 2),
  'start shift',
  ...repeat('cancel', 2),
  'lose the driver',
  'expire',
  'expire',
  'sweep',
  'forget the plan',
  'restore an old plan',
] as const;

function repeat<T>(what: T, times: number): T[] {
  return new Array<T>(times).fill(what);
}

type Deed = () => Promise<void>;

/** Something to be done now; what it is about is as things stand before anything else of this moment happens. */
export function deed(round: Round, random: SeededRandom, oldPlans: readonly Item[]): Deed {
  const { loop } = round;
  const kind = random.pick(kinds);
  switch (kind) {
    case 'tick': {
      const twins = 1 + random.integer(3);
      return async () => {
        count(round, `${twins} ticks at once`);
        await Promise.all(Array.from({ length: twins }, () => loop.bring({ mallId })));
      };
    }
    case 'expire': {
      const offers = itemsOf<Offer>(loop, 'OFFER');
      if (offers.length === 0) return nothing;
      const { id } = random.pick(offers);
      return async () => {
        count(round, kind);
        await loop.bring({ offerId: id });
      };
    }
    case 'store':
      return store(round, random);
    case 'accept':
    case 'accept at once':
    case 'decline':
      return answer(round, random, kind);
    case 'stop':
      return atStop(round, random);
    case 'start shift':
    case 'end shift': {
      const { id } = random.pick(itemsOf<Driver>(loop, 'DRIVER'));
      const request = loop.request(id);
      const now = loop.now();
      const say = kind === 'end shift' ? endShift : startShift;
      return () => tell(round, kind, () => say(loop.driving, id, request, now));
    }
    case 'cancel':
    case 'lose the driver': {
      const all = loop.orders().filter((order) => !hasEnded(order));
      const carried = all.filter(({ carriage }) => carriage);
      if (all.length === 0) return nothing;
      const { id } = random.pick(kind === 'cancel' || carried.length === 0 ? all : carried);
      const request = loop.request(kind);
      const now = loop.now();
      return () =>
        tell(round, kind, () =>
          kind === 'cancel'
            ? cancelOrder(loop.ordering, channelId, id, request, now)
            : reassignOrder({ database: loop.tables }, id, 'breakdown', request, now),
        );
    }
    case 'sweep':
      return async () => {
        count(round, kind);
        await loop.sweep();
      };
    case 'forget the plan': {
      const { pk, sk } = keys.plan(mallId);
      return async () => {
        count(round, kind);
        await loop.database.commit([{ kind: 'delete', table: 'requests', pk, sk }]);
      };
    }
    default: {
      if (oldPlans.length === 0) return nothing;
      const item = random.pick(oldPlans);
      return async () => {
        count(round, kind);
        await loop.database.commit([{ kind: 'put', table: 'requests', item, ifVersion: 'any' }]);
      };
    }
  }
}

/** Operations suspend a provider, or let it carry again. */
export function standing(round: Round, dice: SeededRandom): Deed {
  const id = dice.pick([vans, bikes]);
  const isSuspended = dice.integer(2) === 0;
  return () =>
    tell(round, isSuspended ? 'suspend a provider' : 'reinstate a provider', () =>
      setSuspended(round.loop, id, isSuspended),
    );
}

async function nothing(): Promise<void> {}

export function placing(round: Round, random: SeededRandom): Deed {
  const { loop } = round;
  const input = basket(random);
  const request = loop.request('channel');
  const now = loop.now();
  return () => tell(round, 'place', () => placeOrder(loop.ordering, channelId, input, request, now));
}

function store(round: Round, random: SeededRandom): Deed {
  const { loop } = round;
  const all = loop
    .orders()
    .flatMap((order) => (hasEnded(order) ? [] : order.pickups.map((pickup) => ({ order, pickup }))));
  if (all.length === 0) return nothing;
  const { order, pickup } = random.pick(all);
  const { storeId } = pickup;
  const parcels = [{ label: `${order.id}/${storeId}` }];
  const act = random.pick<StoreAct>([
    ...(pickup.status === 'pending' ? repeat<StoreAct>({ type: 'accept' }, 6) : []),
    ...repeat<StoreAct>({ type: 'ready', parcels, missingLineIds: [] }, 3),
    { type: 'ready', parcels: [], missingLineIds: pickup.lines.map(({ id }) => id) },
    { type: 'delay', readyAt: plusMinutes(loop.now(), 5 + random.integer(30)) },
    { type: 'reject', reason: 'out_of_stock' },
  ]);
  const principal = { kind: 'store', storeId, subject: 'person' } as const;
  const request = loop.request(storeId);
  const now = loop.now();
  return () => tell(round, act.type, () => actOnPickup(loop.ordering, principal, storeId, order.id, act, request, now));
}

/** Some driver, or all who are asked, answers whatever is on offer after a while, perhaps while a tick is under way. */
function answer(round: Round, random: SeededRandom, kind: 'accept' | 'accept at once' | 'decline'): Deed {
  const { loop } = round;
  const requests = Array.from({ length: mostDrivers }, () => loop.request('driver'));
  const hesitation = random.integer(longestHesitation);
  const open = () => itemsOf<Offer>(loop, 'OFFER').filter(({ status }) => status === 'open');
  return async () => {
    for (let waited = 0; waited < hesitation; waited++) await loop.faults.point();
    const offers = open();
    if (offers.length === 0) return;
    const offer = random.pick(offers);
    const { id } = offer;
    const version = versionShown(offer);
    const asked = askedOf(offer);
    const who = kind === 'accept at once' ? asked : [random.pick(asked)];
    const now = loop.now();
    const answering = who.map((driverId, index) => {
      const request = { ...requests[index]!, principal: driverId };
      return kind === 'decline'
        ? tell(round, kind, () => declineOffer(loop.driving, driverId, id, request, now))
        : tell(round, 'accept', () => acceptOffer(loop.driving, driverId, id, version, request, now));
    });
    await Promise.all(answering);
  };
}

/** A driver does what is to be done at the next stop, or, at a counter, leaves without. */
function atStop(round: Round, random: SeededRandom): Deed {
  const { loop } = round;
  const next = itemsOf<Run>(loop, 'RUN').flatMap((run) =>
    run.status === 'active' ? currentStops(run).map((stop) => ({ run, stop })) : [],
  );
  if (next.length === 0) return nothing;
  const { run, stop } = random.pick(next);
  const isInVain = stop.kind === 'pickup' && random.integer(2) === 0;
  const requests = [loop.request(run.driverId), loop.request(run.driverId)];
  const now = loop.now();
  return async () => {
    const last: StopAct = isInVain
      ? { type: 'fail', reason: 'not_ready', evidence: { contactAttempts: 0 } }
      : await completion(loop, stop);
    for (const [index, act] of [{ type: 'arrive' } as const, last].entries()) {
      const done = photographedBy(run.driverId, stop.id, act);
      await tell(round, `${act.type} at a ${stop.kind}`, () =>
        actAtStop(loop.driving, run.driverId, stop.id, done, requests[index]!, now),
      );
    }
  };
}

async function tell(round: Round, kind: string, request: () => Promise<object>): Promise<void> {
  const outcome = await round.loop.call(request);
  count(round, 'code' in outcome ? `${kind}: ${outcome.code}` : kind);
}

function count({ deeds }: Round, kind: string): void {
  deeds.set(kind, (deeds.get(kind) ?? 0) + 1);
}
