import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

export interface OperatorAlarmProps {
  settings: Settings;
  topic: ITopic;
  /** With one of the plain statistics: the embedded cloud evaluates alarms too. */
  metric: Metric;
  /** It breaches from here on; or below it. */
  atLeast?: number;
  below?: number;
  /** Over how long each value is taken; a minute unless told. */
  period?: Duration;
  /** Of the last `within` values so many breach: one of one unless told. */
  breaching?: { values: number; within: number };
  /** Nothing measured is itself the failure. */
  silenceBreaches?: boolean;
  /** What shoppers, stores, drivers or channels notice. It is what decides whether somebody gets up. */
  impact: string;
}

/**
 * An alarm somebody is woken by: it says what is suffered meanwhile and where to read on. Its entry in docs/runbook.md has
 * the heading that its name is; a test holds the two against each other.
 */
export class OperatorAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: OperatorAlarmProps) {
    const { settings, metric, atLeast, below, impact, period = Duration.minutes(1) } = props;
    if (!/^[A-Z].{30,}\.$/s.test(impact)) throw new Error(`${id}: its impact is a sentence for whoever is woken.`);
    if ((atLeast === undefined) === (below === undefined)) throw new Error(`${id}: give one of atLeast and below.`);
    const anchor = kebab(id);
    const { values, within } = props.breaching ?? { values: 1, within: 1 };
    super(scope, id, {
      alarmName: `mallway-${settings.stage}-${anchor}`,
      alarmDescription: `${impact} What to do: docs/runbook.md#${anchor}`,
      metric: metric.with({ period }),
      threshold: (atLeast ?? below)!,
      comparisonOperator:
        below === undefined
          ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
          : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: within,
      datapointsToAlarm: values,
      treatMissingData: props.silenceBreaches ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    this.addAlarmAction(new SnsAction(props.topic));
    this.addOkAction(new SnsAction(props.topic));
  }
}

function kebab(id: string): string {
  return id.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
