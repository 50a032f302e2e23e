import type { Identities } from '../application/ports.ts';
import type { Role } from '../domain/directory.ts';
import { type AwsAccount, AwsRefusal, callAws, ownAccount } from './aws-json.ts';

const timeoutMs = 5_000;

/** The pools of Cognito: those of operations demand a second factor. */
export interface UserPools {
  operations: string;
  staff: string;
}

interface CognitoUser {
  Attributes?: { Name: string; Value: string }[];
}

/** Identities in Cognito: whoever is invited gets a first password by e-mail, and chooses another. */
export class CognitoIdentities implements Identities {
  readonly #pools: UserPools;
  readonly #account: () => AwsAccount;

  constructor(pools: UserPools, account = () => ownAccount('cognito-idp', 'COGNITO_IDENTITY_PROVIDER')) {
    this.#pools = pools;
    this.#account = account;
  }

  async invite(kind: Role['kind'], email: string): Promise<string> {
    const pool = kind === 'operations' ? this.#pools.operations : this.#pools.staff;
    const identity = { UserPoolId: pool, Username: email };
    const create = (more: object) =>
      this.#call<{ User: CognitoUser }>('AdminCreateUser', {
        ...identity,
        DesiredDeliveryMediums: ['EMAIL'],
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
        ],
        ...more,
      });
    try {
      return subjectOf((await create({})).User);
    } catch (error) {
      if (!isRefusal(error, 'UsernameExistsException')) throw error;
    }
    const known = await this.#call<{ UserStatus: string; UserAttributes: CognitoUser['Attributes'] }>(
      'AdminGetUser',
      identity,
    );
    if (known.UserStatus === 'FORCE_CHANGE_PASSWORD') await create({ MessageAction: 'RESEND' });
    return subjectOf({ Attributes: known.UserAttributes! });
  }

  async #call<T>(operation: string, input: object): Promise<T> {
    return (await callAws(this.#account(), {
      service: 'cognito-idp',
      target: `AWSCognitoIdentityProviderService.${operation}`,
      body: JSON.stringify(input),
      timeoutMs,
    })) as T;
  }
}

/** `sub` stays the same for ever; e-mail addresses and user names may change hands. */
function subjectOf({ Attributes = [] }: CognitoUser): string {
  const sub = Attributes.find(({ Name }) => Name === 'sub')?.Value;
  if (!sub) throw new Error('Cognito answered a user without sub.');
  return sub;
}

function isRefusal(error: unknown, name: string): boolean {
  return error instanceof AwsRefusal && error.name === name;
}
