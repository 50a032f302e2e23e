import { CfnParameter, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** Where the web stack leaves the address of the pages for the stacks that come after it. */
export function publicUrlName({ stage }: Settings): string {
  return `/mallway/${stage}/public-url`;
}

/**
 * Where shoppers and people see this installation; tracking links begin with it. It is read by name at every
 * deployment: a value imported from another stack could never change again.
 */
export function publicUrlParameter(scope: Construct, settings: Settings): string {
  return new CfnParameter(scope, 'PublicUrl', {
    type: 'AWS::SSM::Parameter::Value<String>',
    description: 'Name of the SSM parameter that holds scheme and host of the pages, without a slash at the end',
    default: publicUrlName(settings),
  }).valueAsString;
}

/** Who gives people (store staff, drivers, operations) their tokens, and what those are meant for. */
export function peopleParameters(scope: Construct): { issuer: string; audience: string } {
  const issuer = new CfnParameter(scope, 'PeopleIssuer', {
    type: 'String',
    description: 'OpenID Connect issuer of the tokens of people: store staff, drivers, operations',
    allowedPattern: 'https?://.+',
  });
  const audience = new CfnParameter(scope, 'PeopleAudience', {
    type: 'String',
    description: 'Audience those tokens must be meant for',
    default: 'mallway',
  });
  return { issuer: issuer.valueAsString, audience: audience.valueAsString };
}

/**
 * A bucket by a name known before it exists. The security policy of the pages names the bucket of proofs, and its CORS
 * names the pages, so neither could wait for the other.
 */
export function bucketName(scope: Construct, { stage }: Settings, holds: 'proofs' | 'pages'): string {
  const { account, region } = Stack.of(scope);
  return `mallway-${stage}-${holds}-${account}-${region}`;
}
