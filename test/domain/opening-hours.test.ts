import { expect, test } from 'vitest';
import {
  isOpen,
  localDate,
  localInstant,
  nextOpening,
  type OpeningHours,
  openingOfDay,
} from '../../lambdas/domain/opening-hours.ts';
import { parseInstant } from '../../lambdas/domain/time.ts';

const newYork = 'America/New_York';
const hours: OpeningHours = {
  weekly: { mon: { opens: '10:00', closes: '21:00' }, sun: { opens: '11:00', closes: '18:00' }, tue: null },
  exceptions: { '2026-11-23': { opens: '06:00', closes: '24:00' }, '2026-11-30': null },
};

test.each([
  ['a day in winter', '2026-11-23', '10:00', newYork, '2026-11-23T15:00:00.000Z'],
  ['a day in summer', '2026-07-06', '10:00', newYork, '2026-07-06T14:00:00.000Z'],
  ['Phoenix in summer, which has none', '2026-07-06', '10:00', 'America/Phoenix', '2026-07-06T17:00:00.000Z'],
  ['Phoenix in winter', '2026-11-23', '10:00', 'America/Phoenix', '2026-11-23T17:00:00.000Z'],
  ['half an hour off', '2026-11-23', '10:00', 'Asia/Kolkata', '2026-11-23T04:30:00.000Z'],
  ['midnight at the end of the day', '2026-11-23', '24:00', newYork, '2026-11-24T05:00:00.000Z'],
  ['just before the clock goes forward', '2026-03-08', '01:59', newYork, '2026-03-08T06:59:00.000Z'],
  ['skipped by the clock: forward by the gap', '2026-03-08', '02:30', newYork, '2026-03-08T07:30:00.000Z'],
  ['just after the clock went forward', '2026-03-08', '03:00', newYork, '2026-03-08T07:00:00.000Z'],
  ['twice: the first of the two', '2026-11-01', '01:30', newYork, '2026-11-01T05:30:00.000Z'],
  ['after the hour that comes twice', '2026-11-01', '02:00', newYork, '2026-11-01T07:00:00.000Z'],
])('local time, %s', (_, date, time, zone, instant) => {
  expect(localInstant(date, time, zone)).toBe(instant);
});

test('a day on which the clock changes opens at its wall-clock time', () => {
  const sunday = openingOfDay(hours, newYork, parseInstant('2026-03-08T12:00:00Z'));
  expect(sunday).toEqual({ opensAt: '2026-03-08T15:00:00.000Z', closesAt: '2026-03-08T22:00:00.000Z' });
});

test('the day is the local day, not the day in Greenwich', () => {
  const lateOnSunday = parseInstant('2026-11-16T03:00:00Z');
  expect(localDate(lateOnSunday, newYork)).toBe('2026-11-15');
  expect(openingOfDay(hours, newYork, lateOnSunday)).toMatchObject({ opensAt: '2026-11-15T16:00:00.000Z' });
});

test('a dated exception wins over the week, and closes with null', () => {
  expect(openingOfDay(hours, newYork, parseInstant('2026-11-23T12:00:00Z'))).toEqual({
    opensAt: '2026-11-23T11:00:00.000Z',
    closesAt: '2026-11-24T05:00:00.000Z',
  });
  expect(openingOfDay(hours, newYork, parseInstant('2026-11-30T15:00:00Z'))).toBeNull();
  expect(openingOfDay(hours, newYork, parseInstant('2026-11-24T15:00:00Z'))).toBeNull();
  expect(openingOfDay(hours, newYork, parseInstant('2026-11-25T15:00:00Z'))).toBeNull();
});

test('open from the opening to just before the close', () => {
  const open = (at: string) => isOpen(hours, newYork, parseInstant(at));
  expect(open('2026-11-16T14:59:59.999Z')).toBe(false);
  expect(open('2026-11-16T15:00:00Z')).toBe(true);
  expect(open('2026-11-17T01:59:59.999Z')).toBe(true);
  expect(open('2026-11-17T02:00:00Z')).toBe(false);
});

test('the next opening skips closed days and is after now, never now', () => {
  const next = (at: string) => nextOpening(hours, newYork, parseInstant(at));
  expect(next('2026-11-16T14:00:00Z')).toBe('2026-11-16T15:00:00.000Z');
  expect(next('2026-11-16T15:00:00Z')).toBe('2026-11-22T16:00:00.000Z');
  expect(next('2026-11-29T16:00:00Z')).toBe('2026-12-06T16:00:00.000Z');
  expect(nextOpening({ weekly: {} }, newYork, parseInstant('2026-11-16T15:00:00Z'))).toBeNull();
});
