import { describe, expect, it } from 'vitest';
import * as format from '../../web/shared/format.ts';

/** Intl puts narrow no-break spaces before AM and PM. */
const plain = (text: string) => text.replaceAll(/[\u202f\u2009]/g, ' ');
const now = Date.parse('2026-11-22T20:00:00.000Z');
const after = (seconds: number) => new Date(now + seconds * 1000).toISOString();

describe('times', () => {
  it('are shown in the zone of the mall', () => {
    expect(plain(format.clockTime('2026-11-22T20:05:00.000Z', 'America/Phoenix'))).toBe('1:05 PM');
    expect(plain(format.clockTime('2026-11-22T20:05:00.000Z', 'America/New_York'))).toBe('3:05 PM');
    expect(plain(format.dayAndTime('2026-11-23T06:30:00.000Z', 'America/Phoenix'))).toBe('Sun, Nov 22, 11:30 PM');
  });

  it.each([
    [{ by: '2026-11-22T21:00:00.000Z' }, 'by 2:00 PM'],
    [{ by: '2026-11-23T21:00:00.000Z' }, 'by Mon, Nov 23, 2:00 PM'],
    [{ from: '2026-11-22T21:00:00.000Z', by: '2026-11-22T23:00:00.000Z' }, '2:00 – 4:00 PM'],
    [{ from: '2026-11-22T18:00:00.000Z', by: '2026-11-22T20:30:00.000Z' }, '11:00 AM – 1:30 PM'],
  ])('of a promise %o read “%s”', (promise, text) => {
    expect(plain(format.promiseWindow(promise, 'America/Phoenix', now))).toBe(text);
  });

  it('of a window on another day name the day', () => {
    const promise = { from: '2026-11-23T21:00:00.000Z', by: '2026-11-23T23:00:00.000Z' };
    expect(plain(format.promiseWindow(promise, 'America/Phoenix', now))).toBe('Mon, Nov 23, 2:00 – 4:00 PM');
  });
});

it.each([
  [-5, '0 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [3599, '59 min'],
  [3600, '1 h'],
  [3900, '1 h 5 min'],
  [86_400, '1 d'],
  [97_200, '1 d 3 h'],
])('a duration of %d s reads “%s”', (seconds, text) => {
  expect(format.duration(seconds)).toBe(text);
});

it.each([
  [600, '10 min left', 'calm'],
  [300, '5 min left', 'soon'],
  [0, '0 s left', 'soon'],
  [-180, 'late 3 min', 'late'],
])('with %d s to go it says “%s” in the colour %s', (seconds, text, urgency) => {
  expect(format.timeLeft(after(seconds), now)).toBe(text);
  expect(format.urgency(after(seconds), now)).toBe(urgency);
});

it('shows money, distances and counts', () => {
  expect(format.money(1250)).toBe('$12.50');
  expect(format.fineUsd(0.00431)).toBe('$0.00431');
  expect(format.distance(849.6)).toBe('850 m');
  expect(format.distance(6400)).toBe('6.4 km');
  expect(format.count(1, 'item')).toBe('1 item');
  expect(format.count(2, 'try', 'tries')).toBe('2 tries');
  expect(format.words('out_of_stock')).toBe('out of stock');
});

it('makes labels that the API takes and that two stores of one order do not share', () => {
  const label = format.parcelLabel('ord_01KAS7Q2M04f2k', 'st-juniper', 1);
  expect(label).toMatch(/^4F2K-[0-9A-Z]{2}1$/);
  expect(label).not.toBe(format.parcelLabel('ord_01KAS7Q2M04f2k', 'st-cobbler', 1));
});
