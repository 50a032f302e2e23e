import {
  AdminCreateUserCommand,
  type AdminCreateUserCommandInput,
  AdminGetUserCommand,
  type AttributeType,
  CognitoIdentityProviderClient,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Identities } from '../application/ports.ts';
import type { Role } from '../domain/directory.ts';

/** The pools of Cognito: those of operations demand a second factor. */
export interface UserPools {
  operations: string;
  staff: string;
}

/** Identities in Cognito: whoever is invited gets a first password by e-mail, and chooses another. */
export class CognitoIdentities implements Identities {
  readonly #pools: UserPools;
  readonly #client: CognitoIdentityProviderClient;

  constructor(pools: UserPools, client = new CognitoIdentityProviderClient({ maxAttempts: 3 })) {
    this.#pools = pools;
    this.#client = client;
  }

  async invite(kind: Role['kind'], email: string): Promise<string> {
    const pool = kind === 'operations' ? this.#pools.operations : this.#pools.staff;
    const identity = { UserPoolId: pool, Username: email };
    const create = async (more: Partial<AdminCreateUserCommandInput>) => {
      const input: AdminCreateUserCommandInput = {
        ...identity,
        DesiredDeliveryMediums: ['EMAIL'],
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
        ],
        ...more,
      };
      return (await this.#client.send(new AdminCreateUserCommand(input))).User?.Attributes;
    };
    try {
      return subjectOf(await create({}));
    } catch (error) {
      if (!(error instanceof UsernameExistsException)) throw error;
    }
    const known = await this.#client.send(new AdminGetUserCommand(identity));
    if (known.UserStatus === 'FORCE_CHANGE_PASSWORD') await create({ MessageAction: 'RESEND' });
    return subjectOf(known.UserAttributes);
  }
}

/** `sub` stays the same for ever; e-mail addresses and user names may change hands. */
function subjectOf(attributes: AttributeType[] = []): string {
  const sub = attributes.find(({ Name }) => Name === 'sub')?.Value;
  if (!sub) throw new Error('Cognito answered a user without sub.');
  return sub;
}
