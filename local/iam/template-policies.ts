import type { Deployment } from '../assembly/deployment.ts';
import { functionNameOf } from '../lambda/registration.ts';
import { queueNameOf } from '../wiring/queues.ts';
import type { Policies } from './evaluate.ts';
import { parsePolicy, type Statement } from './policy.ts';

/** AWS managed policies that templates may use; any other stops the reading. */
const managedPolicies: Record<string, string[]> = {
  'service-role/AWSLambdaBasicExecutionRole': ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
};

/** Every policy of the template: of its roles, and of its queues, buckets, keys, functions, and who may assume a role. */
export function policiesOf(deployment: Deployment): Policies {
  const ofRoles = new Map<string, Statement[]>();
  const ofResources = new Map<string, Statement[]>();
  const add = (to: Map<string, Statement[]>, arn: string, statements: Statement[]) =>
    to.set(arn, [...(to.get(arn) ?? []), ...statements]);

  const roleArns = new Map<string, string>();
  for (const role of deployment.ofType('AWS::IAM::Role')) {
    const { name, properties } = role;
    const origin = originOf(role);
    const arn = deployment.attribute(role, 'Arn');
    roleArns.set(name, arn);
    add(ofResources, arn, parsePolicy(properties.AssumeRolePolicyDocument, origin, 'trust'));
    for (const { PolicyDocument } of properties.Policies ?? [])
      add(ofRoles, arn, parsePolicy(PolicyDocument, origin, 'identity'));
    for (const managed of properties.ManagedPolicyArns ?? []) add(ofRoles, arn, managedPolicy(managed, origin));
  }
  for (const policy of deployment.ofType('AWS::IAM::Policy')) {
    const origin = originOf(policy);
    for (const role of policy.properties.Roles) {
      const arn = roleArns.get(role);
      if (!arn) throw new Error(`${origin}: there is no role ${role} in the template.`);
      add(ofRoles, arn, parsePolicy(policy.properties.PolicyDocument, origin, 'identity'));
    }
  }

  for (const key of deployment.ofType('AWS::KMS::Key')) {
    add(
      ofResources,
      deployment.attribute(key, 'Arn'),
      parsePolicy(key.properties.KeyPolicy, originOf(key), 'resource'),
    );
  }
  const queueArns = new Map(
    deployment.ofType('AWS::SQS::Queue').map((queue) => [queue.ref, deployment.attribute(queue, 'Arn')]),
  );
  for (const policy of deployment.ofType('AWS::SQS::QueuePolicy')) {
    for (const url of policy.properties.Queues) {
      const arn = queueArns.get(url);
      if (!arn) throw new Error(`${originOf(policy)}: there is no queue ${queueNameOf(url)} in the template.`);
      add(ofResources, arn, parsePolicy(policy.properties.PolicyDocument, originOf(policy), 'resource'));
    }
  }
  for (const policy of deployment.ofType('AWS::S3::BucketPolicy')) {
    const { Bucket, PolicyDocument } = policy.properties;
    add(ofResources, `arn:aws:s3:::${Bucket}`, parsePolicy(PolicyDocument, originOf(policy), 'resource'));
  }
  const functionArns = new Map(
    deployment.ofType('AWS::Lambda::Function').map((fn) => [fn.name, deployment.attribute(fn, 'Arn')]),
  );
  for (const permission of deployment.ofType('AWS::Lambda::Permission')) {
    const { Action, FunctionName, Principal, SourceArn, SourceAccount } = permission.properties;
    const origin = originOf(permission);
    const arn = functionArns.get(functionNameOf(FunctionName));
    if (!arn) throw new Error(`${origin}: there is no function ${FunctionName} in the template.`);
    const statement = {
      Effect: 'Allow',
      Principal: Principal.endsWith('.amazonaws.com') ? { Service: Principal } : { AWS: Principal },
      Action,
      Resource: arn,
      Condition: {
        ...(SourceArn && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
        ...(SourceAccount && { StringEquals: { 'AWS:SourceAccount': SourceAccount } }),
      },
    };
    add(ofResources, arn, parsePolicy({ Statement: [statement] }, origin, 'resource'));
  }
  return { ofRoles, ofResources };
}

function originOf({ stack, logicalId }: { stack: string; logicalId: string }): string {
  return `${stack}/${logicalId}`;
}

function managedPolicy(arn: string, origin: string): Statement[] {
  const Action = managedPolicies[arn.replace(/^arn:[^:]+:iam::aws:policy\//, '')];
  if (!Action)
    throw new Error(`${origin}: the managed policy ${arn} is not modelled; see local/iam/template-policies.ts.`);
  return parsePolicy({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }, origin, 'identity');
}
