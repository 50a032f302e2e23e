import { expect, it } from 'vitest';
import { activeStop, parcelOf, stopTitle } from '../../web/drive/stops.ts';
import { run } from '../browser/fixtures.ts';

const [counter, door] = run().stops;
const second = { ...counter!, id: 'pickup-st-cobbler' };

it('works on the stop under way before a chosen one, and on that before the first', () => {
  const stops = (first: string, other: string) =>
    run({
      stops: [{ ...counter!, status: first }, { ...second, status: other }, door!],
      nextStopIds: [counter!.id, second.id],
    });
  expect(activeStop(stops('pending', 'pending'), null)?.id).toBe(counter!.id);
  expect(activeStop(stops('pending', 'pending'), second.id)?.id).toBe(second.id);
  expect(activeStop(stops('departed', 'pending'), second.id)?.id).toBe(counter!.id);
  expect(activeStop(stops('departed', 'arrived'), counter!.id)?.id).toBe(second.id);
});

it('never works on a stop that is not next', () => {
  expect(activeStop(run(), door!.id)?.id).toBe(counter!.id);
  expect(activeStop(run({ nextStopIds: [] }), null)).toBeNull();
});

it('names stops by what is to be done there', () => {
  expect(stopTitle(counter!)).toBe('Collect: Juniper & Thread');
  expect(stopTitle({ ...counter!, kind: 'return' })).toBe('Bring back: Juniper & Thread');
  expect(stopTitle({ ...door!, door: null })).toBe('Deliver: The door');
});

it('finds a parcel by its label however it was typed', () => {
  expect(parcelOf(counter!.parcels!, ' 4f2k-a11 ')?.id).toBe('pcl-1');
  expect(parcelOf(counter!.parcels!, '4F2K')).toBeUndefined();
});
