import { type AssemblyUnderCheck, ofType } from './assembly-under-check.ts';
import { bytes, type Limit, type Measurement, summed } from './limit.ts';

interface Policy {
  PolicyDocument: object;
  Roles: string[];
}

interface Role {
  RoleName: string;
  AssumeRolePolicyDocument: object;
  Policies: { PolicyDocument: object }[];
  ManagedPolicyArns: string[];
}

interface Permission {
  FunctionName: string;
  Principal: string;
  Action: string;
  SourceArn: string;
}

const iamQuotas = 'IAM User Guide, "IAM and AWS STS quotas"';

/** The limits of IAM leave out white space between the parts of a document, and so does JSON.stringify. */
const characters = (document: object): number => JSON.stringify(document).length;

export const accessLimits: Limit[] = [
  {
    name: "bytes of a function's policy",
    allowed: 20_480,
    source: 'Lambda Developer Guide, "Lambda quotas": function resource-based policy',
    mend: 'Give one permission for the whole API (`/*/*/*`) in place of one for each route.',
    measure: functionPolicies,
  },
  {
    name: "characters of a role's inline policies",
    allowed: 10_240,
    source: iamQuotas,
    mend: 'Grant fewer resources by name, or split the function by what it needs; a managed policy has room of its own.',
    measure: inlinePolicies,
  },
  {
    name: "characters of a role's trust policy",
    allowed: 2_048,
    source: iamQuotas,
    mend: 'Let fewer principals assume the role.',
    measure: (assembly) =>
      ofType<Role>(assembly, 'AWS::IAM::Role').map(({ where, properties }) => ({
        where,
        value: characters(properties.AssumeRolePolicyDocument ?? {}),
      })),
  },
  {
    name: 'managed policies attached to a role',
    allowed: 10,
    source: iamQuotas,
    mend: 'Grant what the role needs with grants of its own.',
    measure: (assembly) =>
      ofType<Role>(assembly, 'AWS::IAM::Role').map(({ where, properties }) => ({
        where,
        value: properties.ManagedPolicyArns?.length ?? 0,
      })),
  },
  {
    name: 'characters of a managed policy',
    allowed: 6_144,
    source: iamQuotas,
    mend: 'Split the managed policy in two.',
    measure: documents('AWS::IAM::ManagedPolicy', 'PolicyDocument', characters),
  },
  {
    name: "bytes of a queue's policy",
    allowed: 8_192,
    source: 'SQS Developer Guide, "Amazon SQS policy quotas"',
    mend: 'Let roles have the permission in place of naming them in the policy of the queue.',
    measure: documents('AWS::SQS::QueuePolicy', 'PolicyDocument'),
  },
  {
    name: "bytes of a bucket's policy",
    allowed: 20_480,
    source: 'S3 User Guide, "Bucket policies": 20 KB',
    mend: 'Let roles have the permission in place of naming them in the policy of the bucket.',
    measure: documents('AWS::S3::BucketPolicy', 'PolicyDocument'),
  },
  {
    name: "bytes of a key's policy",
    allowed: 32_768,
    source: 'KMS Developer Guide, "Resource quotas": key policy document size',
    mend: 'Let IAM policies of the account grant the use of the key.',
    measure: documents('AWS::KMS::Key', 'KeyPolicy'),
  },
];

function functionPolicies(assembly: AssemblyUnderCheck): Measurement[] {
  const emptyPolicy = bytes({ Version: '2012-10-17', Id: 'default', Statement: [] });
  const functions = ofType(assembly, 'AWS::Lambda::Function').map(({ where }) => ({ where, value: 0 }));
  const statements = ofType<Permission>(assembly, 'AWS::Lambda::Permission').map(({ stack, logicalId, properties }) => {
    const fn = ofType(assembly, 'AWS::Lambda::Function').find(
      (candidate) => candidate.stack === stack && properties.FunctionName?.endsWith(candidate.name),
    );
    const statement = {
      Sid: `${stack}-${logicalId}-A1B2C3D4E5F6`,
      Effect: 'Allow',
      Principal: { Service: properties.Principal },
      Action: properties.Action,
      Resource: properties.FunctionName,
      Condition: { ArnLike: { 'AWS:SourceArn': properties.SourceArn } },
    };
    return { where: fn?.where ?? `${stack}/${logicalId}`, value: bytes(statement) + 1 };
  });
  return summed([...functions, ...statements]).map(({ where, value }) => ({
    where,
    value: value && value + emptyPolicy,
  }));
}

function inlinePolicies(assembly: AssemblyUnderCheck): Measurement[] {
  const own = ofType<Role>(assembly, 'AWS::IAM::Role').map(({ where, properties }) => ({
    where,
    value: (properties.Policies ?? []).reduce((sum, { PolicyDocument }) => sum + characters(PolicyDocument), 0),
  }));
  const attached = ofType<Policy>(assembly, 'AWS::IAM::Policy').flatMap(({ stack, where, properties }) =>
    (properties.Roles ?? []).map((roleName) => {
      const role = ofType<Role>(assembly, 'AWS::IAM::Role').find(
        (candidate) => candidate.stack === stack && candidate.name === roleName,
      );
      return { where: role?.where ?? where, value: characters(properties.PolicyDocument ?? {}) };
    }),
  );
  return summed([...own, ...attached]);
}

function documents(type: string, property: string, size: (document: object) => number = bytes): Limit['measure'] {
  return (assembly) =>
    ofType<Record<string, object>>(assembly, type).map(({ where, properties }) => ({
      where,
      value: size(properties[property] ?? {}),
    }));
}
