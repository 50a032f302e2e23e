import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hurryOf, mostAsked, othersToAsk } from '../../lambdas/domain/ask-several.ts';
import { askedOf, asOfferedTo } from '../../lambdas/domain/asked.ts';
import { acceptOffer, declineOffer, endShift, expireOffer, makeOffer } from '../../lambdas/domain/decide-fleet.ts';
import { type AskedDriver, type Driver, newShift, type Offer, type Run } from '../../lambdas/domain/fleet.ts';
import { asId, type DriverId, type OfferId, type OrderId, type RunId } from '../../lambdas/domain/ids.ts';
import { type MallAtWork, snapshotOfMall } from '../../lambdas/domain/mall-snapshot.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import type { OrderCommand } from '../../lambdas/domain/order-commands.ts';
import type { OfferedRates } from '../../lambdas/domain/pay.ts';
import { mallPromises } from '../../lambdas/domain/planner/options.ts';
import { plan } from '../../lambdas/domain/planner/plan.ts';
import type { Position } from '../../lambdas/domain/position.ts';
import { proposalsOf } from '../../lambdas/domain/proposals.ts';
import { isRejection, type Rejection } from '../../lambdas/domain/rejection.ts';
import { type Decision, decideForOrder, type Situation } from '../../lambdas/domain/situation.ts';
import { suspendDriver } from '../../lambdas/domain/suspension.ts';
import { plusMinutes, plusSeconds } from '../../lambdas/domain/time.ts';
import { rounds } from '../harness/rounds.ts';
import { done, frozen, mall, noon, placedOrder, play, storeId } from './fixtures.ts';

const now = plusMinutes(noon, 5);
const rates: OfferedRates = { ...mall.pay, perKmCents: 100 };
const ways: AskedDriver[] = [1, 2, 3].map((number) => ({
  driverId: asId(`d${number}`),
  distanceMetres: number * 1000,
  durationSeconds: number * 600,
}));

function driver(name: string, change: Partial<Driver> = {}): Driver {
  return {
    id: asId(name),
    version: 1,
    sequence: 0,
    name,
    mallId: mall.id,
    vehicle: 'car',
    status: 'active',
    shift: newShift(noon),
    openOfferId: null,
    activeRunId: null,
    passedOn: [],
    ...change,
  };
}

/** One order of two stores, and three drivers who are asked at once; decisions are committed as the application does. */
class Three {
  order: Order = play(placedOrder(2), [accepted(1), accepted(2)]);
  offer: Offer | null = null;
  runs: Run[] = [];
  drivers = new Map<DriverId, Driver>();

  constructor(change: (number: number) => Partial<Driver> = () => ({})) {
    for (const [index, { driverId }] of ways.entries()) this.drivers.set(driverId, driver(driverId, change(index + 1)));
    const [first, ...others] = ways;
    const planned = { ...first!, others, storeIds: [storeId(1), storeId(2)], orderIds: [this.order.id] };
    const made = { id: asId<OfferId>('offer-1'), rates, currency: 'USD' };
    const rivals = others.map(({ driverId }) => this.drivers.get(driverId)!);
    this.commit((before) => makeOffer(before, planned, made, now), { ...this.situation(first!.driverId), rivals });
  }

  /** What a driver's act finds, or, of nobody's, the first who is asked. */
  situation(id: DriverId = this.offer!.driverId): Situation {
    const asked = this.offer?.status === 'open' ? askedOf(this.offer) : [];
    const rivals = asked.filter((one) => one !== id).map((one) => this.drivers.get(one)!);
    return { orders: [this.order], offer: this.offer, run: null, driver: this.drivers.get(id)!, rivals };
  }

  commit(decide: (before: Situation) => Decision | Rejection, before: Situation): Decision | Rejection {
    const outcome = decide(frozen(before));
    if (isRejection(outcome)) return outcome;
    const { orders, offer, run, driver, rivals = [] } = outcome.situation;
    [this.order] = orders as [Order];
    if (offer && offer !== before.offer) this.offer = { ...offer, version: offer.version + 1 };
    if (run) this.runs.push(run);
    for (const one of [driver!, ...rivals]) this.drivers.set(one.id, one);
    return outcome;
  }

  does(command: Command): Decision | Rejection {
    const [what, who] = command.split(' ') as [string, DriverId | undefined];
    const orderCommand = onOrder[what];
    return this.commit((before) => {
      if (orderCommand) return decideForOrder(before, this.order.id, orderCommand, now);
      if (what === 'accept') {
        return acceptOffer(before, { version: 1, runId: asId<RunId>(`run-${who}`), code: '1234' }, now);
      }
      if (what === 'decline') return declineOffer(before, now);
      if (what === 'leave') {
        return endShift(before.driver!.openOfferId ? before : { ...before, offer: null, rivals: [] }, now);
      }
      return expireOffer(before, plusSeconds(now, what === 'lapse' ? 60 : 59));
    }, this.situation(who));
  }

  /** Who has the offer, and who carries. */
  get standing(): string {
    const has = [...this.drivers.values()].filter(({ openOfferId }) => openOfferId).map(({ id }) => id);
    const carry = [...this.drivers.values()].filter(({ activeRunId }) => activeRunId).map(({ id }) => id);
    return [this.offer!.status, ...has, ...carry.map((id) => `${id} carries`)].join(' ');
  }
}

function accepted(number: number): OrderCommand {
  return { type: 'accept_pickup', storeId: storeId(number) };
}

const onOrder: Record<string, OrderCommand> = {
  cancel: { type: 'cancel', by: 'channel' },
  reject: { type: 'reject_pickup', storeId: storeId(2), reason: 'out_of_stock' },
};
const commands = [
  'accept d1',
  'accept d2',
  'accept d3',
  'decline d1',
  'decline d2',
  'leave d3',
  'look',
  'lapse',
  'reject',
  'cancel',
] as const;
type Command = (typeof commands)[number] | 'decline d3' | 'leave d1' | 'leave d2';

const states: Record<string, Command[]> = {
  'open to three': [],
  'open to the second and third': ['decline d1'],
  'open to the third': ['decline d1', 'decline d2'],
  'changed for three': ['reject'],
  'accepted by the second': ['accept d2'],
  'declined by all': ['decline d1', 'decline d2', 'decline d3'],
  lapsed: ['lapse'],
  withdrawn: ['cancel'],
};

const open = {
  'decline d1': 'open d2 d3',
  'decline d2': 'open d1 d3',
  'leave d3': 'open d1 d2',
  look: 'not_due',
  lapse: 'expired',
  cancel: 'withdrawn',
};
/** A command that nobody may give any more, whoever gives it. */
const all = (code: string) =>
  Object.fromEntries(commands.filter((one) => /^(accept|decline|look|lapse)/.test(one)).map((one) => [one, code]));

/** What each command comes to in each state: how the offer stands then, or the refusal. */
const table: Record<keyof typeof states, Partial<Record<Command, string>>> = {
  'open to three': {
    ...open,
    'accept d1': 'accepted d1 carries',
    'accept d2': 'accepted d2 carries',
    'accept d3': 'accepted d3 carries',
    reject: 'open d1 d2 d3',
  },
  'open to the second and third': {
    ...open,
    'accept d1': 'offer_closed',
    'accept d2': 'accepted d2 carries',
    'accept d3': 'accepted d3 carries',
    'decline d1': 'offer_closed',
    'decline d2': 'open d3',
    'leave d3': 'open d2',
    reject: 'open d2 d3',
  },
  'open to the third': {
    ...open,
    'accept d1': 'offer_closed',
    'accept d2': 'offer_closed',
    'accept d3': 'accepted d3 carries',
    'decline d1': 'offer_closed',
    'decline d2': 'offer_closed',
    'leave d3': 'declined',
    reject: 'open d3',
  },
  'changed for three': {
    ...open,
    'accept d1': 'offer_changed',
    'accept d2': 'offer_changed',
    'accept d3': 'offer_changed',
    reject: 'transition_not_allowed',
  },
  'accepted by the second': {
    ...all('offer_closed'),
    'accept d1': 'offer_taken',
    'accept d3': 'offer_taken',
    'decline d1': 'offer_taken',
    'leave d3': 'accepted d2 carries',
    reject: 'accepted d2 carries',
    cancel: 'accepted d2 carries',
  },
  'declined by all': {
    ...all('offer_closed'),
    'leave d3': 'declined',
    reject: 'declined',
    cancel: 'declined',
  },
  lapsed: { ...all('offer_expired'), 'leave d3': 'expired', reject: 'expired', cancel: 'expired' },
  withdrawn: { ...all('offer_closed'), 'leave d3': 'withdrawn', reject: 'order_ended', cancel: 'order_ended' },
};

describe('an offer to three drivers', () => {
  test.each(Object.keys(states))('that is %s, under every command', (state) => {
    const outcomes = commands.map((command) => {
      const three = new Three();
      for (const before of states[state]!) done(three.does(before));
      const outcome = three.does(command);
      return [command, isRejection(outcome) ? outcome.code : three.standing];
    });
    expect(Object.fromEntries(outcomes)).toEqual(table[state]);
  });

  const asked = rounds(300);

  test('has one winner at most, and everybody else is free, whatever comes in whatever order', () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Command>(...commands, 'decline d3', 'leave d1', 'leave d2')), (drawn) => {
        const three = new Three();
        for (const command of drawn) three.does(command);
        const { offer, order, runs } = three;
        const drivers = [...three.drivers.values()];
        const holding = drivers.filter(({ openOfferId }) => openOfferId).map(({ id }) => id);
        expect(holding.toSorted()).toEqual(offer!.status === 'open' ? askedOf(offer!).toSorted() : []);
        expect(order.offerId === offer!.id).toBe(offer!.status === 'open');
        expect(runs.map(({ driverId }) => driverId)).toEqual(offer!.status === 'accepted' ? [offer!.driverId] : []);
        expect(drivers.filter(({ activeRunId }) => activeRunId).length).toBeLessThanOrEqual(runs.length);
        ends.add(offer!.status);
      }),
      { seed: 20261122 + asked.seed, numRuns: asked.rounds },
    );
    expect([...ends].sort()).toEqual(['accepted', 'declined', 'expired', 'open', 'withdrawn']);
  });

  test('pays each for their own way, and the winner what they saw', () => {
    const three = new Three();
    const seen = asOfferedTo(three.offer!, asId('d3'));
    expect(asOfferedTo(three.offer!, asId('d1'))).toMatchObject({
      payCents: 400 + 3 * 175 + 100,
      distanceMetres: 1000,
    });
    expect(seen).toMatchObject({ payCents: 400 + 3 * 175 + 300, durationSeconds: 1800 });
    done(three.does('decline d1'));
    expect(asOfferedTo(three.offer!, asId('d3'))).toMatchObject({ payCents: seen.payCents });
    expect(asOfferedTo(three.offer!, asId('d1'))).toMatchObject({ status: 'declined', distanceMetres: 1000 });
    done(three.does('accept d3'));
    expect(three.offer).toMatchObject({ driverId: 'd3', distanceMetres: 3000, payCents: seen.payCents });
    expect(three.runs).toMatchObject([{ driverId: 'd3', distanceMetres: 3000 }]);
    expect(three.drivers.get(asId('d3'))).toMatchObject({ expected: { freeAt: plusSeconds(now, 1800) } });
  });

  test('counts against nobody who was not quick enough, and against each who let it lapse', () => {
    const taken = new Three();
    done(taken.does('accept d2'));
    expect(taken.drivers.get(asId('d1'))).toMatchObject({ passedOn: [], shift: { offered: 1, passed: 0, carried: 0 } });
    const lapsed = new Three();
    done(lapsed.does('lapse'));
    for (const one of lapsed.drivers.values()) {
      expect(one).toMatchObject({ passedOn: [{ orderId: lapsed.order.id }], shift: { offered: 1, passed: 1 } });
    }
  });

  test('leaves out who is not free any more', () => {
    const three = new Three((number) => (number === 2 ? { activeRunId: asId('run-9') } : {}));
    expect(three.offer!.others).toMatchObject([{ driverId: 'd3' }]);
    expect(three.drivers.get(asId('d2'))!.openOfferId).toBe(null);
    const alone = new Three((number) => (number > 1 ? { shift: null } : {}));
    expect(alone.offer).not.toHaveProperty('others');
  });

  test('stays with the others when one of them is suspended', () => {
    const three = new Three();
    done(three.commit((before) => suspendDriver(before, 'conduct', now), three.situation(asId('d1'))));
    expect(three.standing).toBe('open d2 d3');
    done(three.commit((before) => suspendDriver(before, 'conduct', now), three.situation(asId('d2'))));
    done(three.commit((before) => suspendDriver(before, 'conduct', now), three.situation(asId('d3'))));
    expect(three.standing).toBe('withdrawn');
    expect(three.order.offerId).toBe(null);
  });

  test('is read as it was written when an offer had one driver', () => {
    const three = new Three();
    const { others: _, ...old } = three.offer!;
    three.offer = old;
    expect(three.does('decline d1')).toMatchObject({ situation: { offer: { status: 'declined' } } });
  });
});

describe('several are asked at once', () => {
  const order = { id: asId<OrderId>('a'), promise: { kind: 'two_hour', by: plusMinutes(now, 60) } } as const;
  const passing = (...ids: string[]) =>
    driver('d', { passedOn: ids.map((id) => ({ orderId: asId<OrderId>(id), at: now })) });

  test('when two have passed on an order of the run, or when its door is reached within ten minutes of the promise', () => {
    const early = [plusMinutes(now, 50)];
    expect(hurryOf([order], early, [passing('a'), passing('b')])).toBe(null);
    expect(hurryOf([order], early, [passing('a', 'a')])).toBe(null);
    expect(hurryOf([order], early, [passing('a'), passing('b', 'a')])).toBe('passed_on');
    expect(hurryOf([order], [plusMinutes(now, 51)], [])).toBe('promise_in_danger');
  });

  test('and nobody who is meant for another order, or asked already', () => {
    const ask = (id: string, hurry: 'passed_on' | null, ...candidates: string[]) => ({
      ...ways[0]!,
      driverId: asId<DriverId>(id),
      hurry,
      candidates: candidates.map((one) => ({ ...ways[0]!, driverId: asId<DriverId>(one) })),
    });
    const asked = othersToAsk(
      [ask('a', 'passed_on', 'b', 'c', 'd', 'e', 'f'), ask('b', null, 'd'), ask('g', 'passed_on', 'd', 'f')],
      new Set([asId<DriverId>('c')]),
    );
    expect(asked.map((others) => others.map(({ driverId }) => driverId))).toEqual([['d', 'e'], [], ['f']]);
    expect(asked[0]).toHaveLength(mostAsked - 1);
  });

  test('and nobody who would be done later than after a turn in vain', () => {
    const candidates = [600, 660, 661].map((durationSeconds, index) => ({ ...ways[index]!, durationSeconds }));
    const first = { driverId: asId<DriverId>('a'), durationSeconds: 600, hurry: 'passed_on', candidates } as const;
    const [others] = othersToAsk([first], new Set());
    expect(others!.map(({ driverId }) => driverId)).toEqual(['d1', 'd2']);
  });

  test('with their own way and time, and only where they could carry it', () => {
    const late: Order = { ...play(placedOrder(1), [accepted(1)]), dropoffArea: north(3) };
    late.promise = { ...late.promise, by: plusMinutes(now, 20) };
    const positions: [Driver, Position][] = [
      [driver('near'), north(1)],
      [driver('far'), north(1.3)],
      [driver('remote'), north(5)],
      [driver('busy', { activeRunId: asId('run-1') }), north(0)],
      [driver('passed', { passedOn: [{ orderId: late.id, at: now }] }), north(0)],
    ];
    const [offer] = decided([late], positions);
    expect(offer).toMatchObject({ driverId: 'near', hurry: 'promise_in_danger', others: [{ driverId: 'far' }] });
    const [far] = decided([late], positions.slice(1, 2));
    expect(far).toMatchObject({ driverId: 'far' });
    expect(far).not.toHaveProperty('others');
    // Told beside another, the time is never less than it would be alone.
    expect(offer!.others![0]!.distanceMetres).toBe(far!.distanceMetres);
    expect(offer!.others![0]!.durationSeconds).toBe(far!.durationSeconds);
    const calm = { ...late, promise: { ...late.promise, by: plusMinutes(now, 90) } };
    expect(decided([calm], positions.slice(0, 2))[0]).not.toHaveProperty('others');
  });
});

/** One hundredth of a degree of latitude is 1.11 km. */
function north(hundredths: number): Position {
  return [mall.position[0], mall.position[1] + hundredths / 100];
}

function decided(orders: Order[], drivers: [Driver, Position][]) {
  const { id, position, walkMinutes } = mall;
  const placed = drivers.map(([one, at]) => ({ driver: one, position: at }));
  const work: MallAtWork = { id, position, walkMinutes, orders, drivers: placed, placedLately: [] };
  const view = snapshotOfMall(work, now);
  return proposalsOf(work, view, plan(view.snapshot, null, mallPromises)).offers;
}
