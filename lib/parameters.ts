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

/** What the people stack tells the others. */
export type PeopleValue =
  | 'issuer'
  | 'clients'
  | 'operations-issuer'
  | 'operations-clients'
  | 'staff-pool'
  | 'operations-pool'
  | 'sign-in';

export function peopleValueName({ stage }: Settings, value: PeopleValue): string {
  return `/mallway/${stage}/people/${value}`;
}

/** Read by name at every deployment, as the address of the pages is. */
export function peopleParameter(scope: Construct, settings: Settings, value: PeopleValue): string {
  const id = value.replaceAll(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  return new CfnParameter(scope, `People${id}`, {
    type: 'AWS::SSM::Parameter::Value<String>',
    description: `Name of the SSM parameter of the people stack that holds: ${value}`,
    default: peopleValueName(settings, value),
  }).valueAsString;
}

/** The host of a pool's sign-in pages, known before the pool is there: the security policy of the pages names it. */
export function signInHost(
  scope: Construct,
  { stage }: Settings,
  kind: 'operations' | 'staff',
  part: 'host' | 'prefix' = 'host',
): string {
  const { account, region } = Stack.of(scope);
  const prefix = `mallway-${stage}-${kind}-${account}`;
  return part === 'prefix' ? prefix : `${prefix}.auth.${region}.amazoncognito.com`;
}

/**
 * A bucket by a name known before it exists. The security policy of the pages names the bucket of proofs, and its CORS
 * names the pages, so neither could wait for the other.
 */
export function bucketName(scope: Construct, { stage }: Settings, holds: 'proofs' | 'pages'): string {
  const { account, region } = Stack.of(scope);
  return `mallway-${stage}-${holds}-${account}-${region}`;
}
