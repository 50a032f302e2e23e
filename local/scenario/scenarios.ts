import type { Offer, Order, Pickup } from '../actors/api-types.ts';
import { labelsAt } from '../actors/driver.ts';
import { localDate, localInstant } from '../demo/opening-hours.ts';
import { addressScenarios } from './addresses.ts';
import { askedAtOnce } from './asked-at-once.ts';
import { counterScenarios } from './counter.ts';
import { eventScenarios } from './events.ts';
import { faultScenarios } from './faults.ts';
import { handOver } from './hand-over.ts';
import { joiningScenario } from './joining.ts';
import { nextDay } from './next-day.ts';
import { providerScenarios } from './providers.ts';
import type { Stage } from './stage.ts';
import { wallMs } from './stage.ts';
import { twoDrops } from './two-drops.ts';

export interface Scenario {
  name: string;
  about: string;
  /** Local time at which it begins; 11:00 unless told. */
  at?: string;
  /** Business seconds in a wall second, where it must run by the wall; stepped unless told. */
  speed?: number;
  play: (stage: Stage) => Promise<void>;
}

const statusOf = (order: Order, storeId: string) => order.pickups.find((pickup) => pickup.storeId === storeId)?.status;
const refunds = ({ ledger }: Order) =>
  ledger.filter(({ kind }) => kind === 'refund').reduce((sum, { amountCents }) => sum + amountCents, 0);
/** The agreed budget of an order over three stores that is delivered. */
const transitionBudget = 14;

export const scenarios: Scenario[] = [
  {
    name: 'happy-path',
    about: 'One store, one driver, a photo at the door.',
    play: async (stage) => {
      stage.openStores();
      stage.sendDriver(0);
      const { id } = await stage.place(stage.basket([0]));
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'delivered' && !order.partial, `it was ${order.status}`);
      stage.expect(refunds(order) === 0, 'something was refunded');
      const { photoUrl } = await stage.channel.track(id);
      const photo = photoUrl === undefined ? null : await fetch(photoUrl);
      stage.expect(photo?.ok === true, 'the photo of the door cannot be seen');
    },
  },
  {
    name: 'three-retailers',
    about: 'Three stores of three retailers, each sees only its own lines; a PIN at the door.',
    play: async (stage) => {
      stage.openStores();
      stage.sendDriver(0);
      const { id } = await stage.place(stage.basket([0, 1, 2], { doorProof: 'pin' }, 2));
      await stage.until('confirmed', id, 30, ({ pickups }) => pickups.every(({ status }) => status !== 'pending'));
      await expectBlinkers(stage, id);
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'delivered' && !order.partial, `it was ${order.status}`);
      await stage.pass(60_000);
      const execution = await stage.execution(await stage.operations.inspect(id));
      const transitions = execution?.transitions ?? Number.POSITIVE_INFINITY;
      stage.expect(transitions <= transitionBudget, `it took ${transitions} transitions, over ${transitionBudget}`);
    },
  },
  {
    name: 'cancel-while-collecting',
    about: 'The channel cancels with one bag on board: it goes back to its store, the other store stops.',
    play: async (stage) => {
      stage.openStores({ 1: () => ({ readyAt: stage.now + 40 * 60_000 }) });
      stage.sendDriver(0);
      const { id } = await stage.place(stage.basket([0, 1]));
      await stage.until('collecting', id, 60, ({ status }) => status === 'collecting');
      await stage.channel.cancel(id);
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'returned', `it was ${order.status}`);
      stage.expect(statusOf(order, stage.storeId(1)) === 'cancelled', 'the second store was not stopped');
      stage.expect(refunds(order) === order.basketCents, 'not everything was refunded');
      await stage.pass(60_000);
      const { stopped } = await pickupOf(stage, 1, id);
      stage.expect(!stopped, 'the second store has not acknowledged the stop');
    },
  },
  {
    name: 'driver-lost-with-one-bag',
    about: 'The driver vanishes with one bag of two: held, and operations bring it back.',
    play: async (stage) => {
      stage.openStores({ 1: () => ({ readyAt: stage.now + 40 * 60_000 }) });
      const driver = stage.sendDriver(0);
      const { id } = await stage.place(stage.basket([0, 1]));
      await stage.until('collecting', id, 60, ({ status }) => status === 'collecting');
      await driver.stop();
      await stage.operations.reassign(id, 'unreachable');
      const held = await stage.channel.order(id);
      stage.expect(held.status === 'held', `with a bag on board it became ${held.status}, not held`);
      await stage.pass(5 * 60_000);
      await stage.operations.resolve(id, 'returned');
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'returned', `it was ${order.status}`);
    },
  },
  {
    name: 'driver-lost-with-nothing',
    about: 'The driver vanishes on the way to the mall: another one gets the order, with the same id.',
    play: async (stage) => {
      stage.openStores();
      const driver = stage.sendDriver(0);
      const { id } = await stage.place(stage.basket([0]));
      const { driverId } = await stage.until('assigned', id, 30, (order) => order.driverId !== undefined);
      await driver.stop();
      await stage.operations.reassign(id, 'no_show');
      stage.sendDriver(1);
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'delivered', `it was ${order.status}`);
      stage.expect(order.driverId !== driverId, 'the driver who was lost delivered it');
    },
  },
  {
    name: 'closing-time',
    about: 'Nobody drives before the mall closes: cancelled and restocked; later orders are refused.',
    at: '18:45',
    play: async (stage) => {
      stage.openStores();
      const { id } = await stage.place(stage.basket([0]));
      await stage.pass(60 * 60_000);
      await stage.expectRefusal('after_cut_off', () => stage.channel.place(stage.basket([1])));
      const order = await stage.untilEnded(id, 60);
      stage.expect(
        order.status === 'cancelled' && order.endReason === 'mall_closed',
        `${order.status}, ${order.endReason}`,
      );
      stage.expect(refunds(order) === order.basketCents, 'not everything was refunded');
      await stage.expectRefusal('mall_closed', () => stage.channel.place(stage.basket([1])));
    },
  },
  nextDay,
  twoDrops,
  handOver,
  askedAtOnce,
  {
    name: 'return-over-night',
    about:
      'The store is closed when its parcels come back: the driver keeps them, goes home, and returns them next day.',
    at: '18:50',
    play: async (stage) => {
      const boards = stage.openStores();
      const driver = stage.sendDriver(0, { atDoor: () => 'refuse_all' });
      const { id } = await stage.place(stage.basket([0]));
      await stage.until('refused', id, 90, ({ status }) => ['undeliverable', 'enroute_to_return'].includes(status));
      await driver.stop();
      const closing = localInstant(localDate(stage.now, stage.mall.mall.zone), '20:05', stage.mall.mall.zone);
      await stage.pass(closing - stage.now);
      const person = stage.person(stage.mall.drivers[0]!.id);
      const stop = `/v1/driver/run/stops/return-${stage.storeId(0)}`;
      await person.post(`${stop}/arrive`, {});
      await person.post(`${stop}/fail`, { reason: 'store_closed' });
      const { status, custody } = await stage.channel.order(id);
      stage.expect(status === 'held' && custody !== undefined, `it was ${status}, without a receipt`);
      if (!custody) return;
      await person.post('/v1/driver/shift/end');
      await Promise.all(boards.map((board) => board.stop()));
      await stage.pass(Date.parse(custody.reopensAt) - stage.now + 60_000);
      await person.post(`${stop}/arrive`, {});
      await person.post(`${stop}/complete`, { labels: custody.labels });
      const order = await stage.untilEnded(id, 60);
      stage.expect(order.status === 'returned' && order.endReason === 'refused', `${order.status}, ${order.endReason}`);
      stage.expect(order.endedAt! < custody.until, `it came back at ${order.endedAt}`);
    },
  },
  {
    name: 'late-store',
    about: 'One of two stores needs longer than the promise allows: nobody answers, and the order leaves without it.',
    play: async (stage) => {
      stage.openStores({ 1: () => ({ readyAt: stage.now + 170 * 60_000 }) });
      stage.sendDriver(0);
      const { id } = await stage.place(stage.basket([0, 1]));
      await stage.until('confirmed', id, 10, ({ pickups }) => pickups.every(({ status }) => status !== 'pending'));
      const late = stage.storeId(1);
      await stage.person(late).post(`/v1/stores/${late}/pickups/${id}/delay`, {
        readyAt: new Date(stage.now + 170 * 60_000).toISOString(),
      });
      const asked = await stage.channel.order(id);
      stage.expect(asked.decisions[0]?.default === 'leave_without', 'nobody was asked about the late store');
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'delivered' && order.partial, `it was ${order.status}`);
      stage.expect(statusOf(order, late) === 'failed', 'the late store was waited for');
      stage.expect(order.endedAt! < order.promise.by, 'the promise was broken for the late store');
    },
  },
  {
    name: 'mall-closes-early',
    about: 'Operations pause the mall, open it, and close it early: an order nobody drives ends at the earlier hour.',
    play: async (stage) => {
      stage.openStores();
      const mallId = stage.mall.mall.id;
      const { id } = await stage.place(stage.basket([0]));
      await stage.operations.setMall(mallId, { state: 'paused', reason: 'Fire alarm' });
      await stage.expectRefusal('mall_closed', () => stage.channel.place(stage.basket([1])));
      await stage.operations.setMall(mallId, { state: 'open' });
      const closesAt = new Date(stage.now + 60 * 60_000).toISOString();
      await stage.operations.setMall(mallId, { state: 'closing_early', closesAt, reason: 'Fire alarm' });
      const other = await stage.place(stage.basket([1]));
      const order = await stage.untilEnded(id, 70);
      stage.expect(order.endReason === 'mall_closed', `it was ${order.status}, ${order.endReason}`);
      stage.expect(order.endedAt === closesAt, `it ended at ${order.endedAt}, not at ${closesAt}`);
      await stage.untilEnded(other.id, 5);
      await stage.expectRefusal('mall_closed', () => stage.channel.place(stage.basket([1])));
    },
  },
  {
    name: 'human-driver',
    about: 'A person takes 45 seconds of wall time to accept, at ×1.',
    speed: 20,
    play: async (stage) => {
      stage.openStores();
      let isTaken = false;
      stage.sendDriver(0, { answerOffer: () => (isTaken ? 'accept' : 'ignore') });
      const { id } = await stage.place(stage.basket([0]));
      // An offer lives 60 seconds, and 45 of them are the person's: seeing it late must not cost the others.
      await stage.setSpeed(4);
      const person = stage.person(stage.mall.drivers[0]!.id);
      const offered = async () => (await person.get<{ data: Offer[] }>('/v1/driver/offers')).data[0];
      while (!(await offered())) await stage.pass(2_000);
      await stage.setSpeed(1);
      const offer = await offered();
      if (!offer) throw new Error('The offer expired before the clock was slowed down.');
      await wallMs(45_000);
      await person.post(`/v1/driver/offers/${offer.id}/accept`, { version: offer.version });
      isTaken = true;
      await stage.setSpeed(20);
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'delivered', `it was ${order.status}`);
    },
  },
  {
    name: 'store-rejects',
    about: 'One of two stores rejects; the other is delivered.',
    play: (stage) => withoutSecondStore(stage, { answer: 'reject', rejectReason: 'out_of_stock' }, 'rejected'),
  },
  {
    name: 'store-expires',
    about: 'One of two stores never answers; the other is delivered.',
    play: (stage) => withoutSecondStore(stage, { answer: 'ignore' }, 'expired'),
  },
  {
    name: 'short',
    about: 'A line is missing at hand-over: delivered without it, refunded.',
    play: async (stage) => {
      stage.openStores({ 0: ({ lines }: Pickup) => ({ missingLineIds: [lines[1]!.id] }) });
      stage.sendDriver(0);
      const { id } = await stage.place(stage.basket([0], {}, 2));
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'delivered', `it was ${order.status}`);
      stage.expect(statusOf(order, stage.storeId(0)) === 'short', 'the pickup was not short');
      const missing = order.pickups[0]!.lines[1]!;
      stage.expect(refunds(order) === missing.unitPriceCents * missing.quantity, 'the missing line was not refunded');
    },
  },
  {
    name: 'door-refuses',
    about: 'The door refuses everything: a return to each store.',
    play: async (stage) => {
      stage.openStores();
      stage.sendDriver(0, { atDoor: () => 'refuse_all' });
      const { id } = await stage.place(stage.basket([0, 1]));
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'returned' && order.endReason === 'refused', `${order.status}, ${order.endReason}`);
      const events = await stage.channel.events(id);
      const back = events.filter(({ type }) => type === 'parcel.returned').map(({ data }) => data.storeId);
      const stores = [stage.storeId(0), stage.storeId(1)];
      stage.expect(
        back.length === 2 && stores.every((store) => back.includes(store)),
        `returned to ${back.join(', ')}`,
      );
    },
  },
  {
    name: 'door-refuses-one',
    about: 'The door takes one parcel and refuses the other: delivered in part, one return.',
    play: async (stage) => {
      stage.openStores();
      let refused: string[] = [];
      const refuse = (stop: Parameters<typeof labelsAt>[0]) => {
        refused = labelsAt(stop).slice(-1);
        return 'refuse_some' as const;
      };
      stage.sendDriver(0, { atDoor: refuse });
      const { id } = await stage.place(stage.basket([0, 1]));
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'delivered' && order.partial, `${order.status}, partial ${order.partial}`);
      const back = order.parcels.filter(({ at }) => at === 'returned').map(({ label }) => label);
      stage.expect(back.join() === refused.join(), `returned ${back}, refused ${refused}`);
    },
  },
  {
    name: 'nobody-home',
    about: 'Nobody opens: with two attempts and a photo it goes back.',
    play: async (stage) => {
      stage.openStores();
      stage.sendDriver(0, { atDoor: () => 'nobody_home' });
      const { id } = await stage.place(stage.basket([0]));
      const order = await stage.untilEnded(id);
      const why = `${order.status}, ${order.endReason}`;
      stage.expect(order.status === 'returned' && order.endReason === 'customer_unavailable', why);
    },
  },
  {
    name: 'go-ahead-rules',
    about: 'One store rejects: all_or_nothing calls everything off, deliver_what_you_can delivers the rest.',
    play: async (stage) => {
      stage.openStores({ 1: () => ({ answer: 'reject', rejectReason: 'too_busy' }) });
      stage.sendDriver(0);
      const all = await stage.place(stage.basket([0, 1], { goAhead: 'all_or_nothing' }));
      const some = await stage.place(stage.basket([0, 1], { goAhead: 'deliver_what_you_can' }));
      const nothing = await stage.untilEnded(all.id);
      const reason = `${nothing.status}, ${nothing.endReason}`;
      stage.expect(nothing.status === 'cancelled' && nothing.endReason === 'stores_rejected', reason);
      const rest = await stage.untilEnded(some.id);
      stage.expect(rest.status === 'delivered', `the rest was ${rest.status}`);
    },
  },
  ...providerScenarios,
  joiningScenario,
  ...addressScenarios,
  ...eventScenarios,
  ...faultScenarios,
  ...counterScenarios,
];

async function withoutSecondStore(stage: Stage, wish: object, ended: string): Promise<void> {
  stage.openStores({ 1: () => wish });
  stage.sendDriver(0);
  const { id } = await stage.place(stage.basket([0, 1]));
  const order = await stage.untilEnded(id);
  stage.expect(order.status === 'delivered', `it was ${order.status}`);
  stage.expect(
    statusOf(order, stage.storeId(1)) === ended,
    `the second store was ${statusOf(order, stage.storeId(1))}`,
  );
  const lost = order.pickups[1]!.lines.reduce(
    (sum, { unitPriceCents, quantity }) => sum + unitPriceCents * quantity,
    0,
  );
  stage.expect(refunds(order) === lost, `${refunds(order)} was refunded, not ${lost}`);
}

/** Neither a store nor a retailer's system finds anything of another's in what it may read. */
async function expectBlinkers(stage: Stage, orderId: string): Promise<void> {
  for (const [index, { id, retailerId }] of stage.mall.stores.entries()) {
    const path = `/v1/stores/${id}/pickups`;
    const store = stage.person(id);
    const system = await stage.retailer(retailerId);
    const seen = await Promise.all([
      store.get(path),
      store.get(`${path}/${orderId}`),
      system.get(path),
      system.get(`${path}/${orderId}`),
    ]);
    const text = JSON.stringify(seen);
    stage.expect(text.includes(`${retailerId}-`), `${id} does not see its own lines`);
    for (const other of stage.mall.stores.filter((_, position) => position !== index)) {
      stage.expect(!text.includes(`${other.retailerId}-`), `${id} sees lines of ${other.id}`);
      await stage.expectRefusal('not_found', () => store.get(`/v1/stores/${other.id}/pickups`));
      await stage.expectRefusal('not_found', () => system.get(`/v1/stores/${other.id}/pickups/${orderId}`));
    }
  }
}

async function pickupOf(stage: Stage, index: number, orderId: string): Promise<Pickup> {
  const id = stage.storeId(index);
  return stage.person(id).get<Pickup>(`/v1/stores/${id}/pickups/${orderId}`);
}
