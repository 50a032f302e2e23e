import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { RunStop } from '../../../local/actors/api-types.ts';
import { Dice } from '../../../local/actors/dice.ts';
import { DriverActor, type DriverOptions, steadyDriver } from '../../../local/actors/driver.ts';
import { doorPhoto } from '../../../local/actors/photo.ts';
import { Routine } from '../../../local/actors/routine.ts';
import type { CounterVisit } from '../../../local/actors/store.ts';
import { driveMs, metresBetween } from '../../../local/actors/travel.ts';
import { SteppedClock } from '../../../local/clock.ts';
import { FakeStreet, fakeApi, stop } from './fake-api.ts';

const start = Date.parse('2026-11-23T19:00:00.000Z');
const minute = 60_000;

function driverWith(stops: RunStop[], options: Partial<DriverOptions> = {}) {
  const clock = new SteppedClock(start);
  const street = new FakeStreet(stops);
  const api = fakeApi(street.handle);
  const uploads: { url: string; contentType: string; picture: Buffer }[] = [];
  const driver = new DriverActor({
    driverId: 'd1',
    client: api.client,
    clock,
    dice: new Dice('1'),
    habits: steadyDriver,
    home: [-111.89, 33.3],
    uploadPhoto: async (url, contentType, picture) => {
      uploads.push({ url, contentType, picture });
    },
    askPin: async () => '123456',
    ...options,
  });
  new Routine({ clock, actor: driver }).wake();
  const short = () => api.acts().map((path) => path.replace('/v1/driver/run/stops/', '').replace('/v1/driver/', ''));
  const bodyOf = (end: string) => api.requests.findLast(({ path }) => path.endsWith(end))?.body;
  return { clock, street, ...api, short, bodyOf, uploads };
}

describe('a driver', () => {
  it('starts a shift, takes the offer as it was shown, collects, delivers with a photo', async () => {
    const visits: CounterVisit[] = [];
    const { clock, short, bodyOf, uploads } = driverWith([stop('pickup-s1', 'pickup'), stop('dropoff-1', 'dropoff')], {
      atCounter: async (visit) => {
        visits.push(visit);
      },
    });
    await clock.advanceBy(60 * minute);
    expect(short()).toEqual([
      'offers/off_1/accept',
      'pickup-s1/depart',
      'pickup-s1/arrive',
      'pickup-s1/scan',
      'pickup-s1/complete',
      'dropoff-1/depart',
      'dropoff-1/arrive',
      'dropoff-1/scan',
      'proofs',
      'dropoff-1/complete',
      'positions',
      'shift/start',
    ]);
    expect(visits).toEqual([{ storeId: 's1', orderId: 'ord_1', runCode: '4321', labels: ['MW-1'] }]);
    expect(bodyOf('dropoff-1/complete')).toEqual({
      labels: ['MW-1'],
      refusedLabels: [],
      proof: { kind: 'photo', photoKey: 'proofs/d1/1' },
      whereabouts: { position: expect.any(Array), accuracyMetres: 15 },
    });
    expect(uploads).toMatchObject([{ url: 'http://upload/1', contentType: 'image/png' }]);
  });

  it('needs the time of the street to get to the door', async () => {
    const { clock, short } = driverWith([stop('dropoff-1', 'dropoff')]);
    const travel = driveMs([-111.89, 33.3], [-111.87, 33.31], 'car');
    expect(travel).toBeGreaterThan(3 * minute);
    await clock.advanceBy(travel - 1_000);
    expect(short()).not.toContain('dropoff-1/arrive');
    await clock.advanceBy(5_000);
    expect(short()).toContain('dropoff-1/arrive');
  });

  it('reads the PIN from the shopper', async () => {
    const door = stop('dropoff-1', 'dropoff');
    door.door!.proof = 'pin';
    const { clock, bodyOf, uploads } = driverWith([door]);
    await clock.advanceBy(30 * minute);
    expect(bodyOf('dropoff-1/complete')?.proof).toEqual({ kind: 'pin', pin: '123456' });
    expect(uploads).toEqual([]);
  });

  it('fails the stop when there is no PIN to be had', async () => {
    const door = stop('dropoff-1', 'dropoff');
    door.door!.proof = 'pin';
    const { clock, bodyOf } = driverWith([door], { askPin: async () => null });
    await clock.advanceBy(30 * minute);
    expect(bodyOf('dropoff-1/fail')).toEqual({ reason: 'pin_missing', evidence: { contactAttempts: 2 } });
  });

  it('has contact attempts and a photo when nobody is home', async () => {
    const { clock, bodyOf } = driverWith([stop('dropoff-1', 'dropoff')], { atDoor: () => 'nobody_home' });
    await clock.advanceBy(30 * minute);
    expect(bodyOf('dropoff-1/fail')).toEqual({
      reason: 'customer_unavailable',
      evidence: { contactAttempts: 2, photoKey: 'proofs/d1/1' },
    });
  });

  it('keeps one of two parcels aboard when the door refuses it, and brings it back', async () => {
    const door = stop('dropoff-1', 'dropoff');
    door.parcels.push({ orderId: 'ord_1', id: 'pcl_2', label: 'MW-2', storeId: 's2' });
    const back = stop('return-s2', 'return', { parcels: [door.parcels[1]!] });
    const { clock, bodyOf } = driverWith([door, back], { atDoor: () => 'refuse_some' });
    await clock.advanceBy(60 * minute);
    expect(bodyOf('dropoff-1/complete')).toMatchObject({ labels: ['MW-1'], refusedLabels: ['MW-2'] });
    expect(bodyOf('return-s2/complete')).toEqual({ labels: ['MW-2'] });
  });

  it('waits at the counter until the store is ready, and goes to a ready store first', async () => {
    const late = stop('pickup-s1', 'pickup', {
      pickups: [{ orderId: 'ord_1', status: 'accepted', readyAt: '2026-11-23T19:30:00Z' }],
    });
    const { clock, short, street } = driverWith([late, stop('pickup-s2', 'pickup')]);
    await clock.advanceBy(20 * minute);
    expect(short()[1]).toBe('pickup-s2/depart');
    expect(short()).toContain('pickup-s1/arrive');
    expect(short()).not.toContain('pickup-s1/complete');
    street.stops[0]!.pickups![0]!.status = 'ready';
    await clock.advanceBy(15 * minute);
    expect(short()).toContain('pickup-s1/complete');
  });

  it('declines, and an ignored offer is left to expire', async () => {
    const declining = driverWith([stop('pickup-s1', 'pickup')], { answerOffer: () => 'decline' });
    await declining.clock.advanceBy(minute);
    expect(declining.short()[0]).toBe('offers/off_1/decline');
    const ignoring = driverWith([stop('pickup-s1', 'pickup')], { answerOffer: () => 'ignore' });
    await ignoring.clock.advanceBy(minute);
    expect(ignoring.short()).toEqual([]);
  });

  it('goes home when off duty', async () => {
    const { clock, short, street } = driverWith([], { isOnDuty: () => false });
    street.openOfferId = null;
    street.shift = {};
    await clock.advanceBy(minute);
    expect(short()).toEqual(['shift/end']);
  });
});

describe('travel', () => {
  it('is about 111 km for one degree of latitude', () => {
    expect(metresBetween([0, 0], [0, 1])).toBeCloseTo(111_195, -2);
  });

  it('names a vehicle that it does not know', () => {
    expect(() => driveMs([0, 0], [0, 1], 'sled')).toThrow('How fast a sled goes is not known');
  });
});

it('the photo is a PNG with 96 rows of 96 pixels', () => {
  const png = doorPhoto(3);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  const data = png.indexOf('IDAT');
  const pixels = inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)));
  expect(pixels.length).toBe(96 * (1 + 96 * 3));
  expect(png.length).toBeLessThan(2_000);
});
