import { dispatchMall, expireOffer } from '../../lambdas/application/dispatch.ts';
import { acceptOffer, declineOffer, endShift } from '../../lambdas/application/driving.ts';
import { dataOf, keys } from '../../lambdas/application/records.ts';
import { askedOf } from '../../lambdas/domain/asked.ts';
import type { Offer, Run } from '../../lambdas/domain/fleet.ts';
import { asId, type DriverId, type MallId } from '../../lambdas/domain/ids.ts';
import { epochMs, instant } from '../../lambdas/domain/time.ts';
import { done, driverId, openMall, place, storeActs } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import { race, verdict } from './race.ts';
import { cancelling, confirmed, offered, offeredToThree, openOffers } from './scenes.ts';

const file = import.meta.filename;

race('a driver accepts the same offer on two phones', {
  file,
  outcomes: ['done, offer_closed', 'offer_closed, done'],
  round: async (world) => {
    const offer = await offered(world);
    const verdicts = await world.together(accepting(world, offer), accepting(world, offer));
    return verdicts.map(verdict).join(', ');
  },
});

race('a driver accepts at the last moment, and the offer expires', {
  file,
  outcomes: ['done, stays accepted', 'offer_expired, expires'],
  round: async (world) => {
    const offer = await offered(world);
    const [accepted, expired] = await world.together(accepting(world, offer), expiring(world, offer));
    return `${verdict(accepted)}, ${expired ? 'expires' : 'stays accepted'}`;
  },
});

race('two drivers accept the same order: one just in time, one on the offer made after it expired', {
  file,
  outcomes: ['first', 'second'],
  round: async (world) => {
    const offer = await offered(world, 2);
    const [first, second] = await world.together(accepting(world, offer), async () => {
      await expiring(world, offer)();
      await dispatchMall(
        { database: world.tables, randomness: world.randomness },
        asId<MallId>('mall-1'),
        offer.expiresAt,
      );
      const next = openOffers(world).find(({ id }) => id !== offer.id);
      return next ? verdict(await accepting(world, next)()) : 'no offer';
    });
    const [order] = world.orders();
    const carrier = order!.carriage!.driverId;
    const winner = verdict(first) === 'done' ? offer.driverId : otherThan(offer.driverId);
    if (carrier !== winner) throw new Error(`${carrier} carries the order, ${winner} was told so.`);
    if (winner === offer.driverId) {
      if (second !== 'no offer') throw new Error(`The second driver was told ${second}.`);
      return 'first';
    }
    if (verdict(first) !== 'offer_expired' || second !== 'done') throw new Error(`${verdict(first)}, ${second}`);
    return 'second';
  },
});

race('three drivers who are asked at once accept at once', {
  file,
  outcomes: ['done, offer_taken, offer_taken', 'offer_taken, done, offer_taken', 'offer_taken, offer_taken, done'],
  round: async (world) => {
    const offer = await offeredToThree(world);
    const verdicts = (await world.together(...askedOf(offer).map((id) => accepting(world, offer, id)))).map(verdict);
    const [order] = world.orders();
    const winner = askedOf(offer)[verdicts.indexOf('done')];
    if (order!.carriage!.driverId !== winner) throw new Error(`${order!.carriage!.driverId} carries, not ${winner}.`);
    return verdicts.join(', ');
  },
});

race('one of three accepts, another declines, and the third ends the shift', {
  file,
  outcomes: ['done, done, done', 'done, offer_taken, done'],
  round: async (world) => {
    const offer = await offeredToThree(world);
    const [first, second, third] = askedOf(offer) as [DriverId, DriverId, DriverId];
    const request = world.request(third);
    const now = world.now();
    const verdicts = await world.together(accepting(world, offer, first), declining(world, offer, second), () =>
      endShift(world.driving, third, request, now),
    );
    return verdicts.map(verdict).join(', ');
  },
});

race('all three decline at once', {
  file,
  outcomes: ['done, done, done, then declined'],
  round: async (world) => {
    const offer = await offeredToThree(world);
    world.streamsOn = false;
    const verdicts = await world.together(...askedOf(offer).map((id) => declining(world, offer, id)));
    const now = dataOf<Offer>((await world.database.get(keys.offer(offer.id)))!);
    world.streamsOn = true;
    return `${verdicts.map(verdict).join(', ')}, then ${now.status}`;
  },
});

race('one of three accepts at the last moment, the offer expires, and the channel cancels', {
  file,
  outcomes: ['done, stays', 'offer_expired, expires', 'offer_closed, stays'],
  round: async (world) => {
    const offer = await offeredToThree(world);
    const [, second] = askedOf(offer);
    const [accepted, expired] = await world.together(
      accepting(world, offer, second),
      expiring(world, offer),
      cancelling(world, offer.orderIds[0]!),
    );
    return `${verdict(accepted)}, ${expired ? 'expires' : 'stays'}`;
  },
});

race('a driver accepts, and the channel cancels', {
  file,
  // Cancelled first, the offer is withdrawn; accepted first, the run ends before it began.
  outcomes: ['done, done, run completed', 'offer_closed, done, no run'],
  round: async (world) => {
    const offer = await offered(world);
    const [accepted, cancelled] = await world.together(accepting(world, offer), cancelling(world, offer.orderIds[0]!));
    const run = world.database.all('fleet').find(({ sk }) => sk === 'RUN');
    return `${verdict(accepted)}, ${verdict(cancelled)}, ${run ? `run ${dataOf<Run>(run).status}` : 'no run'}`;
  },
});

race('the planner runs twice at once, with two orders and one driver', {
  file,
  outcomes: ['1 open offer, of 2 orders'],
  round: async (world) => {
    await openMall(world, { stores: 1 });
    world.streamsOn = false;
    const north = await place(world, 1, doorAt([-111.8977, 33.36]));
    const south = await place(world, 1, doorAt([-111.8977, 33.25]));
    for (const id of [north, south]) done(await storeActs(world, 1, id, { type: 'accept' }));
    world.streamsOn = true;
    await world.together(planning(world), planning(world));
    const offers = openOffers(world);
    return `${offers.length} open offer, of ${offers[0]!.orderIds.length} orders`;
  },
});

race('a driver ends the shift as an offer is made', {
  file,
  outcomes: ['off shift, no offer', 'off shift, offer declined'],
  round: async (world, seed) => {
    world.streamsOn = false;
    await confirmed(world);
    world.streamsOn = true;
    const request = world.request('driver-1');
    const now = world.now();
    // A tick reads a lot before it offers anything: the driver lets some of that pass.
    const ending = async () => {
      for (let waited = 0; waited < seed % 12; waited++) await world.faults.point();
      return endShift(world.driving, driverId(1), request, now);
    };
    const [ended] = await world.together(ending, planning(world));
    done(ended);
    const { shift, openOfferId } = await world.driver('driver-1');
    if (openOfferId) throw new Error(`The driver has offer ${openOfferId}.`);
    const offer = world.database.all('fleet').find(({ sk }) => sk === 'OFFER');
    return `${shift ? 'on' : 'off'} shift, ${offer ? `offer ${dataOf<Offer>(offer).status}` : 'no offer'}`;
  },
});

function planning(world: World) {
  const now = world.now();
  return () => dispatchMall({ database: world.tables, randomness: world.randomness }, asId<MallId>('mall-1'), now);
}

function doorAt(position: readonly [number, number]) {
  return { dropoff: { name: 'Ada Byron', phone: '+14805550123', address: '1 W Frye Rd', position } };
}

/** The acceptance of the offer as it is now, sent a millisecond before its time is up. */
function accepting(world: World, offer: Offer, driverId = offer.driverId) {
  const request = world.request(driverId);
  const justInTime = instant(Math.max(epochMs(offer.madeAt), epochMs(offer.expiresAt) - 1));
  const { id, version } = offer;
  return () => acceptOffer(world.driving, driverId, id, version, request, justInTime);
}

function declining(world: World, { id }: Offer, driverId: DriverId) {
  const request = world.request(driverId);
  const now = world.now();
  return () => declineOffer(world.driving, driverId, id, request, now);
}

function expiring(world: World, { id, expiresAt }: Offer) {
  return () => expireOffer({ database: world.tables }, id, expiresAt);
}

function otherThan(driverId: string): string {
  return driverId === 'driver-1' ? 'driver-2' : 'driver-1';
}
