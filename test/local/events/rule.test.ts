import { expect, test } from 'vitest';
import { RunningClock, SteppedClock } from '../../../local/clock.ts';
import { Rule } from '../../../local/events/rule.ts';
import { parseSchedule } from '../../../local/events/schedule-expression.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const text = (instant: number) => new Date(instant).toISOString().slice(0, 16);

test.each([
  ['rate(1 minute)', '2026-11-23T10:00:30', '2026-11-23T10:01'],
  ['rate(5 minutes)', '2026-11-23T10:05:00', '2026-11-23T10:10'],
  ['rate(1 day)', '2026-11-23T10:00:00', '2026-11-24T00:00'],
  ['cron(0 10 * * ? *)', '2026-11-23T10:00:00', '2026-11-24T10:00'],
  ['cron(15 12 ? * MON-FRI *)', '2026-11-27T12:15:00', '2026-11-30T12:15'],
  ['cron(0/15 * * * ? *)', '2026-11-23T10:46:00', '2026-11-23T11:00'],
  ['cron(0 8 1 JAN,JUL ? *)', '2026-11-23T10:00:00', '2027-01-01T08:00'],
  ['cron(30 6 29 2 ? *)', '2026-11-23T10:00:00', '2028-02-29T06:30'],
])('%s after %s is %s', (expression, after, next) => {
  expect(text(parseSchedule(expression)(at(after)))).toBe(next);
});

test.each([
  'rate(0 minutes)',
  'rate(1 week)',
  'cron(0 10 * * * *)',
  'cron(0 10 L * ? *)',
  'cron(60 1 * * ? *)',
  'at(2026)',
])('%s is refused', (expression) => {
  expect(() => parseSchedule(expression)).toThrow(/is not understood/);
});

const definition = {
  name: 'r',
  arn: 'arn:r',
  scheduleExpression: 'rate(1 minute)',
  targets: [{ functionName: 'sweep' }],
};

test('a rule fires every business minute with the time it was due', async () => {
  const clock = new SteppedClock(at('2026-11-23T10:00:20'));
  const sent: unknown[] = [];
  const rule = new Rule({ definition, clock, invoke: (name, event) => sent.push([name, event]), newId: () => 'id' });
  rule.start();
  await clock.advanceBy(120_000);
  expect(sent).toMatchObject([
    ['sweep', { time: '2026-11-23T10:01:00Z', source: 'aws.events', resources: ['arn:r'] }],
    ['sweep', { time: '2026-11-23T10:02:00Z' }],
  ]);
  rule.stop();
  await clock.advanceBy(120_000);
  expect(sent).toHaveLength(2);
});

test('a jump over many minutes fires once', async () => {
  const clock = new RunningClock({ startAt: at('2026-11-23T10:00:20') });
  const sent: unknown[] = [];
  const rule = new Rule({ definition, clock, invoke: (_, event) => sent.push(event), newId: () => 'id' });
  rule.start();
  clock.jumpTo(at('2026-11-23T22:00:30'));
  await expect.poll(() => sent.length).toBe(1);
  rule.stop();
  clock.stop();
  expect(sent).toHaveLength(1);
});
