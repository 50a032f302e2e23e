import type { Basket } from '../actors/channel.ts';
import { Dice } from '../actors/dice.ts';
import { driveMs, type LonLat } from '../actors/travel.ts';
import { localInstant } from '../demo/opening-hours.ts';
import type { MallDocument } from '../pilot/mall-document.ts';
import type { Instance, InstanceOrder, Metres } from './instance.ts';

/** One day of an instance as a day of one mall. Instants are business ms. */
export interface MallDay {
  mall: MallDocument;
  /** Nothing happens before. */
  startsAt: number;
  closesAt: number;
  placements: Placement[];
  shifts: Shift[];
}

export interface Placement {
  /** Of the instance. */
  orderId: string;
  at: number;
  storeId: string;
  readyAt: number;
  basket: Basket;
}

export interface Shift {
  driverId: string;
  home: LonLat;
  from: number;
  to: number;
}

/** A plain Tuesday without a change of clocks. */
const date = '2026-12-01';
const zone = 'America/Phoenix';
const hours = { opens: '07:00', closes: '23:00' };
const centre: LonLat = [-111.9, 33.3];
/** Stores lie within this distance of the mall's centre. */
const mallMetres = 120;
const metresPerDegree = 111_195;
const minuteMs = 60_000;
const prepMinutes = { least: 1, most: 240 };
const drivePercents = { least: 25, most: 400 };

/**
 * Minute 0 is 07:00 of a Tuesday. Every restaurant is a store of one mall, and every door lies as far from the mall, in
 * the same direction, as it lay from its restaurant; couriers begin where they were seen from the middle of all
 * restaurants. Orders of one minute follow each other within it. `count` takes the first orders of the day only.
 */
export function mallDayOf(instance: Instance, { seed, count }: { seed: number; count?: number | undefined }): MallDay {
  const startsAt = localInstant(date, hours.opens, zone);
  const orders = instance.orders.slice(0, count);
  const lastMinute = Math.max(...orders.map(({ readyMinute }) => readyMinute));
  const closesAt = localInstant(date, hours.closes, zone);
  if (startsAt + lastMinute * minuteMs > closesAt)
    throw new Error(`${instance.name}: its last order is ready in minute ${lastMinute}, after a mall's day has ended.`);
  const dice = new Dice(`replay ${seed}`);
  const storeIds = new Map(instance.restaurants.map(({ id }) => [id, `replay.${id}`]));
  const restaurants = new Map(instance.restaurants.map(({ id, at }) => [id, at]));
  const middle = meanOf(instance.restaurants.map(({ at }) => at));
  return {
    mall: {
      mall: {
        id: 'replay',
        name: `Replay of ${instance.name}`,
        zone,
        position: centre,
        hours: everyDay,
        // What passes at a counter before and after the parcel changes hands, with the walk.
        walkMinutes: Math.round(instance.pickupMinutes / 2),
        drivePercent: drivePercentOf(instance, orders, restaurants),
        deliveryRadiusMetres: 80_000,
      },
      retailers: [{ id: 'replay', name: 'Replay' }],
      stores: instance.restaurants.map(({ id }) => ({
        id: storeIds.get(id)!,
        retailerId: 'replay',
        name: `Store ${id}`,
        level: '1',
        position: around({ x: dice.between(-mallMetres, mallMetres), y: dice.between(-mallMetres, mallMetres) }),
        prepMinutes: usualPrepMinutes(orders.filter(({ restaurantId }) => restaurantId === id)),
      })),
      drivers: instance.couriers.map(({ id }) => ({ id: driverIdOf(id), name: `Driver ${id}` })),
      channels: [{ id: 'marketplace', name: 'Marketplace' }],
    },
    startsAt,
    closesAt,
    placements: orders.map((order, index) => {
      const storeId = storeIds.get(order.restaurantId)!;
      return {
        orderId: order.id,
        at: startsAt + order.placedMinute * minuteMs + offsetMs(orders, index),
        storeId,
        readyAt: startsAt + order.readyMinute * minuteMs,
        basket: basketOf(order, storeId, away(order.at, restaurants.get(order.restaurantId)!)),
      };
    }),
    shifts: instance.couriers.map(({ id, at, onMinute, offMinute }) => ({
      driverId: driverIdOf(id),
      home: away(at, middle),
      from: startsAt + onMinute * minuteMs,
      to: startsAt + offMinute * minuteMs,
    })),
  };
}

const everyDay = {
  weekly: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, hours])),
};

function basketOf(order: InstanceOrder, storeId: string, position: LonLat): Basket {
  return {
    mallId: 'replay',
    externalId: order.id,
    pickups: [{ storeId, lines: [{ sku: 'basket', name: 'Basket', quantity: 1, unitPriceCents: 2_500 }] }],
    dropoff: { name: 'Robin Replay', phone: '+14805550123', address: `Door of ${order.id}`, position },
  };
}

function driverIdOf(courierId: string): string {
  return `replay.driver.${courierId}`;
}

/** Placed at instants of their own: which of two was first is then the same in every run. */
function offsetMs(orders: InstanceOrder[], index: number): number {
  const { placedMinute } = orders[index]!;
  const first = orders.findIndex((order) => order.placedMinute === placedMinute);
  const together = orders.filter((order) => order.placedMinute === placedMinute).length;
  return Math.floor(((index - first) * minuteMs) / together);
}

/** How long the instance takes from store to door, against the mall's own estimate: the middle one of all its orders. */
function drivePercentOf(instance: Instance, orders: InstanceOrder[], restaurants: Map<string, Metres>): number {
  const percents = orders
    .map(({ at, restaurantId }) => {
      const { x, y } = restaurants.get(restaurantId)!;
      const minutes = Math.ceil(Math.hypot(at.x - x, at.y - y) / instance.metresPerMinute);
      const place = away(at, { x, y });
      return (100 * 60 * minutes) / Math.max(60, drivingSeconds(centre, place));
    })
    .sort((a, b) => a - b);
  const middle = percents[Math.floor(percents.length / 2)] ?? 100;
  return Math.min(drivePercents.most, Math.max(drivePercents.least, Math.round(middle)));
}

function drivingSeconds(from: LonLat, to: LonLat): number {
  return driveMs(from, to, 'car') / 1000;
}

/** What the store tells the mall beforehand: the median of what it took. */
function usualPrepMinutes(orders: InstanceOrder[]): number {
  const minutes = orders.map(({ placedMinute, readyMinute }) => readyMinute - placedMinute).sort((a, b) => a - b);
  const median = minutes[Math.floor(minutes.length / 2)] ?? prepMinutes.least;
  return Math.min(prepMinutes.most, Math.max(prepMinutes.least, median));
}

function meanOf(places: Metres[]): Metres {
  const sum = places.reduce(({ x, y }, place) => ({ x: x + place.x, y: y + place.y }), { x: 0, y: 0 });
  return { x: sum.x / places.length, y: sum.y / places.length };
}

function away(place: Metres, from: Metres): LonLat {
  return around({ x: place.x - from.x, y: place.y - from.y });
}

/** So many metres east and north of the mall. */
function around({ x, y }: Metres): LonLat {
  const [lon, lat] = centre;
  const perDegreeEast = metresPerDegree * Math.cos((lat * Math.PI) / 180);
  return [round(lon + x / perDegreeEast), round(lat + y / metresPerDegree)];
}

function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
