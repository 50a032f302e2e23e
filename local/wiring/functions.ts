import type { Deployment } from '../assembly/deployment.ts';
import type { FailureRecord, FunctionRegistration } from '../lambda/registration.ts';
import { functionNameOf } from '../lambda/registration.ts';
import type { AccessKeys } from '../proxy/access-keys.ts';

/** AWS defaults: AWS::Lambda::Function. */
const defaultTimeoutSeconds = 3;
const defaultMemoryMb = 128;

/** The functions of the template, for the Lambda host. */
export function functionsOf(
  deployment: Deployment,
  keys: AccessKeys,
  sendTo: (destinationArn: string, message: object) => void,
): FunctionRegistration[] {
  const asynchronous = new Map(
    deployment
      .ofType('AWS::Lambda::EventInvokeConfig')
      .map(({ properties }) => [functionNameOf(properties.FunctionName), properties]),
  );
  return deployment.ofType('AWS::Lambda::Function').map((resource) => {
    const { name, properties } = resource;
    const invocation = asynchronous.get(name);
    const destination = invocation?.DestinationConfig?.OnFailure.Destination;
    return {
      name,
      arn: deployment.attribute(resource, 'Arn'),
      assetDirectory: deployment.asset(properties.Code.S3Key),
      handler: properties.Handler,
      runtime: properties.Runtime,
      timeoutSeconds: properties.Timeout ?? defaultTimeoutSeconds,
      memoryMb: properties.MemorySize ?? defaultMemoryMb,
      environment: { ...properties.Environment?.Variables, AWS_ENDPOINT_URL_S3: s3Url(deployment) },
      credentials: keys.ofRole(roleNameOf(properties.Role)),
      ...(invocation && {
        asynchronous: {
          ...(invocation.MaximumRetryAttempts !== undefined && {
            maximumRetryAttempts: invocation.MaximumRetryAttempts,
          }),
          ...(invocation.MaximumEventAgeInSeconds !== undefined && {
            maximumEventAgeSeconds: invocation.MaximumEventAgeInSeconds,
          }),
          ...(destination && { onFailure: async (record: FailureRecord) => sendTo(destination, record) }),
        },
      }),
    };
  });
}

/**
 * The function of a role, where its death leads on within the run: messages of a queue come back after three minutes
 * of wall time, which are hours of business time.
 */
export function mortalFunctions(deployment: Deployment): (role: string) => string | undefined {
  const queued = deployment
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties.EventSourceArn.includes(':sqs:'))
    .map(({ properties }) => functionNameOf(properties.FunctionName));
  const names = new Map(
    deployment.ofType('AWS::Lambda::Function').map(({ name, properties }) => [roleNameOf(properties.Role), name]),
  );
  return (role) => {
    const name = names.get(role);
    return name === undefined || queued.includes(name) ? undefined : name;
  };
}

/**
 * By number, so that S3's clients put the bucket into the path: a link with the bucket in its host name, as
 * `proofs.localhost`, opens in some browsers only.
 */
function s3Url({ urls }: Deployment): string {
  return urls.services.replace('//localhost', '//127.0.0.1');
}

/** `arn:aws:iam::000000000000:role/<name>`. */
export function roleNameOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}
