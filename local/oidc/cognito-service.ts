import { z } from 'zod';
import { awsJson, awsJsonError, type ServiceHandler, type ServiceResponse } from '../services.ts';
import type { PoolUser, UserPools } from './user-pools.ts';

const jsonType = 'application/x-amz-json-1.1';

const identity = { UserPoolId: z.string(), Username: z.string().min(1).max(128) };
const attribute = z.strictObject({ Name: z.enum(['email', 'email_verified']), Value: z.string() });

/** What each operation takes; any other member stops it. */
const inputs = {
  AdminCreateUser: z.strictObject({
    ...identity,
    UserAttributes: z.array(attribute),
    DesiredDeliveryMediums: z.tuple([z.literal('EMAIL')]),
    MessageAction: z.literal('RESEND').optional(),
  }),
  AdminGetUser: z.strictObject(identity),
};

/** The calls of Cognito with which people are invited. Messages go nowhere: a log line says that one would. */
export function cognitoService(pools: UserPools, log: (line: string) => void, wallNow = Date.now): ServiceHandler {
  return async (request) => {
    const operation = (request.headers['x-amz-target'] ?? '').split('.').at(-1)!;
    const shape = Object.hasOwn(inputs, operation) ? inputs[operation as keyof typeof inputs] : undefined;
    if (!shape) return refuse('UnknownOperationException', `The Cognito operation ${operation} is not emulated.`);
    const input = shape.safeParse(JSON.parse(request.body.toString('utf8') || '{}'));
    if (!input.success) return refuse('InvalidParameterException', `${operation}: ${z.prettifyError(input.error)}`);
    const { UserPoolId, Username, ...more } = input.data;
    if (!pools.has(UserPoolId)) return refuse('ResourceNotFoundException', `User pool ${UserPoolId} does not exist.`);
    const known = pools.find(UserPoolId, Username);
    if (operation === 'AdminGetUser') {
      if (!known) return refuse('UserNotFoundException', 'User does not exist.');
      return awsJson({ ...shown(known), UserAttributes: attributesOf(known) }, jsonType);
    }
    if ('MessageAction' in more && more.MessageAction) {
      if (!known) return refuse('UserNotFoundException', 'User does not exist.');
      if (known.status === 'CONFIRMED') {
        return refuse('UnsupportedUserStateException', 'Resend not possible. User status is not FORCE_CHANGE_PASSWORD');
      }
    } else if (known) return refuse('UsernameExistsException', 'User account already exists');
    const user = known ?? pools.create(UserPoolId, Username, wallNow())!;
    log(`INFO an invitation would be sent to a user of ${UserPoolId}: sub ${user.sub}`);
    return awsJson({ User: { ...shown(user), Attributes: attributesOf(user) } }, jsonType);
  };
}

function shown({ sub, status, createdAt }: PoolUser): object {
  return {
    Username: sub,
    UserStatus: status,
    Enabled: true,
    UserCreateDate: createdAt / 1000,
    UserLastModifiedDate: createdAt / 1000,
  };
}

function attributesOf({ sub, email }: PoolUser): object[] {
  const values = { sub, email, email_verified: 'true' };
  return Object.entries(values).map(([Name, Value]) => ({ Name, Value }));
}

function refuse(type: string, message: string): ServiceResponse {
  return awsJsonError(400, type, message);
}
