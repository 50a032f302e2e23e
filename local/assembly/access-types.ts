import { z } from 'zod';
import { byName, generatedId, generatedName, noOp, roleArn } from './resource-type.ts';
import { policyDocument, tags, text } from './shapes.ts';

/* Who may do what. */

export const role = {
  properties: z.strictObject({
    RoleName: text.optional(),
    AssumeRolePolicyDocument: policyDocument,
    Policies: z.array(z.strictObject({ PolicyName: text, PolicyDocument: policyDocument })).optional(),
    ManagedPolicyArns: z.array(text).optional(),
    Description: text.optional(),
    Path: z.literal('/').optional(),
    MaxSessionDuration: noOp('a role has one key here, which does not expire'),
    Tags: tags,
  }),
  nameProperty: 'RoleName',
  defaultName: generatedName(64),
  ref: byName,
  attributes: { Arn: roleArn },
};

export const rolePolicy = {
  properties: z.strictObject({ PolicyName: text, PolicyDocument: policyDocument, Roles: z.array(text) }),
  nameProperty: 'PolicyName',
  defaultName: generatedName(128),
  ref: byName,
  attributes: {},
};

export const queuePolicy = {
  properties: z.strictObject({ PolicyDocument: policyDocument, Queues: z.array(text) }),
  defaultName: generatedId(12),
  ref: byName,
  attributes: {},
};

export const bucketPolicy = {
  properties: z.strictObject({ PolicyDocument: policyDocument, Bucket: text }),
  defaultName: generatedId(12),
  ref: byName,
  attributes: {},
};
