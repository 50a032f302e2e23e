import { CfnCondition, Fn, Stack } from 'aws-cdk-lib';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import {
  CfnDelivery,
  CfnDeliveryDestination,
  CfnDeliverySource,
  type CfnLogGroup,
  LogGroup,
} from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

/**
 * What is kept of a request: no path, no query, no referrer, no cookie, as the path of a tracking link is a
 * credential. Source: "Configure standard logging (v2)", CloudFront Developer Guide.
 */
const fields = [
  'timestamp(ms)',
  'x-edge-location',
  'x-edge-request-id',
  'c-ip',
  'cs-method',
  'sc-status',
  'sc-bytes',
  'time-taken',
  'x-edge-result-type',
  'x-edge-detailed-result-type',
  'ssl-protocol',
];

export interface EdgeLogProps {
  settings: Settings;
  distribution: Distribution;
}

/** The log of a distribution. CloudFront delivers it from us-east-1 only; in a stack of another region there is none. */
export class EdgeLog extends Construct {
  constructor(scope: Construct, id: string, { settings, distribution }: EdgeLogProps) {
    super(scope, id);
    const isDelivered = new CfnCondition(this, 'IsDelivered', {
      expression: Fn.conditionEquals(Stack.of(this).region, 'us-east-1'),
    });
    const name = `mallway-${settings.stage}-edge`;
    const group = new LogGroup(this, 'Requests', {
      logGroupName: `/aws/vendedlogs/cloudfront/${name}`,
      retention: settings.logRetention,
      removalPolicy: settings.removal,
    });
    const source = new CfnDeliverySource(this, 'Source', {
      name,
      logType: 'ACCESS_LOGS',
      resourceArn: distribution.distributionArn,
    });
    const destination = new CfnDeliveryDestination(this, 'Destination', {
      name,
      outputFormat: 'json',
      destinationResourceArn: group.logGroupArn,
    });
    const delivery = new CfnDelivery(this, 'Delivery', {
      deliverySourceName: source.ref,
      deliveryDestinationArn: destination.attrArn,
      recordFields: fields,
    });
    for (const it of [group.node.defaultChild as CfnLogGroup, source, destination, delivery]) {
      it.cfnOptions.condition = isDelivered;
    }
  }
}
