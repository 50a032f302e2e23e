import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { beforeAll, describe, expect, it } from 'vitest';
import { metricNames } from '../../lambdas/metrics.ts';
import { OperatorAlarm } from '../../lib/constructs/alarm.ts';
import { settingsFor } from '../../lib/settings.ts';
import { figure, sumBelow, tableBelow } from '../local/cost/cost-document.ts';
import { type Assembly, assemblyOf } from './templates.ts';

let silent: Assembly;
let told: Assembly;

beforeAll(async () => {
  [silent, told] = await Promise.all([assemblyOf('dev'), assemblyOf('prod', { alarmEmail: 'oncall@example.com' })]);
}, 240_000);

const alarms = () => silent.resources('operations', 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);

describe('alarms', () => {
  it('each say what is suffered and where to read on, and each entry of the runbook is of one', () => {
    const headings = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8').matchAll(/^## (.+)$/gm);
    const names = alarms().map(({ AlarmName, AlarmDescription }) => {
      const [, name] = /^mallway-dev-(.+)$/.exec(AlarmName)!;
      expect(AlarmDescription).toMatch(new RegExp(`^[A-Z].{30,}\\. What to do: docs/runbook.md#${name}$`));
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
      return name;
    });
    expect(names.sort()).toEqual([...headings].map(([, heading]) => heading).sort());
  });

  it('tell the topic when they begin and when they are over', () => {
    const [[topic] = []] = silent.resources('operations', 'AWS::SNS::Topic');
    for (const alarm of alarms()) {
      expect(alarm.AlarmActions).toEqual([{ Ref: topic }]);
      expect(alarm.OKActions).toEqual([{ Ref: topic }]);
    }
  });

  it('and the dashboard watch what functions measure, under the names they measure it by', () => {
    const own = alarms()
      .filter(({ Namespace }) => Namespace.startsWith('Mallway'))
      .map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);
    const known = metricNames.map((name) => `Mallway/dev ${name}`);
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter((name) => !known.includes(name))).toEqual([]);
    const [[, dashboard] = []] = silent.resources('operations', 'AWS::CloudWatch::Dashboard');
    const body = JSON.stringify(dashboard!.Properties.DashboardBody).replaceAll('\\', '');
    const shown = [...body.matchAll(/"Mallway\/dev","(\w+)"/g)].map(([, name]) => name!);
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter((name) => !(metricNames as string[]).includes(name))).toEqual([]);
  });

  it('cannot be made without an impact, or with two limits', () => {
    const stack = new Stack(new App());
    const more = {
      settings: settingsFor('dev'),
      topic: new Topic(stack, 'Topic'),
      metric: new Metric({ namespace: 'Mallway/dev', metricName: 'OpenOrders' }),
    };
    expect(() => new OperatorAlarm(stack, 'Bare', { ...more, atLeast: 1, impact: 'Bad.' })).toThrow(/Bare: its impact/);
    const impact = 'Shoppers wait for something that never comes.';
    expect(() => new OperatorAlarm(stack, 'None', { ...more, impact })).toThrow(/one of atLeast and below/);
    expect(() => new OperatorAlarm(stack, 'Two', { ...more, impact, atLeast: 1, below: 0 })).toThrow(/one of/);
  });
});

describe('whoever is told', () => {
  it('is the address that was given, and is asked to confirm it', () => {
    const subscriptions = told
      .resources('operations', 'AWS::SNS::Subscription')
      .map(([, { Properties }]) => Properties);
    expect(subscriptions).toEqual([expect.objectContaining({ Protocol: 'email', Endpoint: 'oncall@example.com' })]);
    expect(told.template('operations').Outputs?.AlarmsGoTo?.Value).toBe('oncall@example.com');
    expect(warningsOf(told)).toEqual([]);
  });

  it('is nobody where none was given, and the deployment says so', () => {
    expect(silent.resources('operations', 'AWS::SNS::Subscription')).toEqual([]);
    expect(silent.template('operations').Outputs?.AlarmsGoTo?.Value).toBe('nobody');
    expect(warningsOf(silent)).toEqual([expect.stringContaining('-c alarmEmail=')]);
  });
});

function warningsOf(assembly: Assembly): unknown[] {
  type Entries = Record<string, { type: string; data: unknown }[]>;
  return Object.values(assembly.read<Entries>(`mallway-${assembly.stage}-operations.metadata.json`))
    .flat()
    .filter(({ type }) => type === 'aws:cdk:warning')
    .map(({ data }) => data);
}

describe('what watching costs', () => {
  it('is as many metrics, alarms and dashboards as docs/cost.md says', () => {
    const heading = '## What watching costs';
    const rows = tableBelow(heading);
    expect(rows.map(({ quantity }) => figure(quantity))).toEqual([metricNames.length, alarms().length, 1]);
    const costs = rows.map((row) => Number((figure(row.quantity) * figure(row['USD each and month'])).toFixed(2)));
    expect(rows.map((row) => figure(row['USD a month']))).toEqual(costs);
    expect(figure(sumBelow(heading)['USD a month'])).toBeCloseTo(
      costs.reduce((sum, usd) => sum + usd, 0),
      2,
    );
  });
});
