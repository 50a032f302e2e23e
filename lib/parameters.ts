import { CfnParameter } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Where shoppers and people see this installation; tracking links begin with it. Each stack has the parameter for
 * itself: a value imported from another stack could never change again.
 */
export function publicUrlParameter(scope: Construct): string {
  return new CfnParameter(scope, 'PublicUrl', {
    type: 'String',
    description: 'Scheme and host of the pages, without a slash at the end, e.g. https://delivery.example.com',
    allowedPattern: 'https?://[^/]+',
    constraintDescription: 'must be scheme and host only, e.g. https://delivery.example.com',
  }).valueAsString;
}
