import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  FeaturePlan,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { acknowledge } from './constructs/acknowledge.ts';
import { type PeopleValue, peopleValueName, publicUrlParameter, signInHost } from './parameters.ts';
import type { Settings } from './settings.ts';

export interface PeopleStackProps extends StackProps {
  settings: Settings;
}

type PoolKind = 'operations' | 'staff';
/** Pages and the path below which each asks people to sign in. */
const pages = { ops: '/ops', store: '/store', drive: '/drive' };
type PageName = keyof typeof pages;

/**
 * Where people sign in. There are two pools, since whether a second factor is demanded is said of a whole pool:
 * operations need one, drivers and store staff may have one. A pool says who somebody is; what they may do stands in our own
 * table, so there are no groups. Everybody is invited.
 */
export class PeopleStack extends Stack {
  private readonly settings: Settings;

  constructor(scope: Construct, id: string, props: PeopleStackProps) {
    super(scope, id, props);
    const { settings } = props;
    this.settings = settings;
    const { identityProvider } = settings;
    if (identityProvider !== 'cognito') {
      const { issuer, clientId, authorizeUrl, tokenUrl, logoutUrl } = identityProvider;
      const page = { authorizeUrl, tokenUrl, logoutUrl, clientId };
      this.tell('issuer', issuer);
      this.tell('clients', clientId);
      this.tell('operations-issuer', issuer);
      this.tell('operations-clients', clientId);
      this.tell('sign-in', this.toJsonString({ ops: page, store: page, drive: page }));
      return;
    }
    const publicUrl = publicUrlParameter(this, settings);
    const operations = this.pool('operations', Mfa.REQUIRED);
    const staff = this.pool('staff', Mfa.OPTIONAL);
    const clients = {
      ops: this.client(operations, 'ops', publicUrl, Duration.hours(12)),
      store: this.client(staff, 'store', publicUrl, Duration.hours(12)),
      drive: this.client(staff, 'drive', publicUrl, Duration.days(30)),
    };
    const signIn = (page: PageName, kind: PoolKind) => {
      const base = `https://${signInHost(this, settings, kind)}`;
      return {
        authorizeUrl: `${base}/oauth2/authorize`,
        tokenUrl: `${base}/oauth2/token`,
        logoutUrl: `${base}/logout`,
        clientId: clients[page].userPoolClientId,
      };
    };
    this.tell('issuer', staff.userPoolProviderUrl);
    this.tell('clients', `${clients.store.userPoolClientId},${clients.drive.userPoolClientId}`);
    this.tell('operations-issuer', operations.userPoolProviderUrl);
    this.tell('operations-clients', clients.ops.userPoolClientId);
    this.tell('staff-pool', staff.userPoolId);
    this.tell('operations-pool', operations.userPoolId);
    this.tell(
      'sign-in',
      this.toJsonString({
        ops: signIn('ops', 'operations'),
        store: signIn('store', 'staff'),
        drive: signIn('drive', 'staff'),
      }),
    );
  }

  private pool(kind: PoolKind, mfa: Mfa): UserPool {
    const { stage, isProtected, removal } = this.settings;
    const pool = new UserPool(this, kind === 'operations' ? 'Operations' : 'Staff', {
      userPoolName: `mallway-${stage}-${kind}`,
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      standardAttributes: { email: { required: true, mutable: true } },
      mfa,
      // No text messages: they cost, and an account has to be let out of the SMS sandbox first.
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      userInvitation: {
        emailSubject: 'Your access to Mallway',
        emailBody:
          'You are invited to Mallway. Your user name is {username} and your first password is {####}; it is good for three days.',
      },
      deletionProtection: isProtected,
      removalPolicy: removal,
    });
    acknowledge(pool, {
      'AwsSolutions-COG3': plusReason,
      'AwsSolutions-COG8': plusReason,
      ...(mfa !== Mfa.REQUIRED && {
        'AwsSolutions-COG2':
          'Drivers and store staff reach what is their own only; a second factor is theirs to choose. Operations need one.',
      }),
    });
    pool.addDomain('SignIn', {
      cognitoDomain: { domainPrefix: signInHost(this, this.settings, kind, 'prefix') },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    return pool;
  }

  private client(pool: UserPool, page: PageName, publicUrl: string, signedIn: Duration): UserPoolClient {
    const address = `${publicUrl}${pages[page]}`;
    const client = pool.addClient(page, {
      userPoolClientName: page,
      generateSecret: false,
      authFlows: { userSrp: true },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: signedIn,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID],
        callbackUrls: [address],
        logoutUrls: [address],
      },
    });
    new CfnManagedLoginBranding(pool, `${page}Style`, {
      userPoolId: pool.userPoolId,
      clientId: client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    return client;
  }

  /** Other stacks read it by its name, each time they are deployed. */
  private tell(value: PeopleValue, stringValue: string): void {
    new StringParameter(this, `people-${value}`, {
      parameterName: peopleValueName(this.settings, value),
      description: 'Where people of Mallway sign in; the other stacks read it when they are deployed',
      stringValue,
    });
  }
}

const plusReason =
  'Threat protection is of the Plus plan, at $0.02 for each person a month. Everybody is invited, passwords are long, and operations have a second factor.';
