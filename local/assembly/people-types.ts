import { z } from 'zod';
import { arn, region } from './home.ts';
import { byName, generatedId, generatedName, type Identity, noOp } from './resource-type.ts';
import { tags, text, whole } from './shapes.ts';

/* Where people sign in: the embedded issuer stands for every pool, and asks for neither passwords nor second factors. */

const noPasswords = noOp('whoever sits at this machine chooses who they are: no passwords are asked for');
const noMail = noOp('no mail leaves this machine');

/** Below the public port: the `iss` of every token, and its sign-in pages. */
export const issuerPath = '/.issuer';

export const userPool = {
  properties: z.strictObject({
    UserPoolName: text,
    AdminCreateUserConfig: z.strictObject({
      AllowAdminCreateUserOnly: z.literal(true),
      InviteMessageTemplate: noMail,
    }),
    MfaConfiguration: noPasswords,
    EnabledMfas: noPasswords,
    Policies: noPasswords,
    AccountRecoverySetting: noPasswords,
    UsernameAttributes: z.tuple([z.literal('email')]),
    UsernameConfiguration: z.strictObject({ CaseSensitive: z.literal(false) }),
    Schema: z.array(z.strictObject({ Name: z.literal('email'), Required: z.literal(true), Mutable: z.literal(true) })),
    AutoVerifiedAttributes: noMail,
    EmailVerificationMessage: noMail,
    EmailVerificationSubject: noMail,
    SmsVerificationMessage: noMail,
    VerificationMessageTemplate: noMail,
    DeletionProtection: noOp('the data folder stays until it is deleted as a whole'),
    UserPoolTier: noOp('nothing is paid here'),
    UserPoolTags: tags,
  }),
  nameProperty: 'UserPoolName',
  defaultName: generatedName(128),
  ref: poolId,
  attributes: {
    Arn: (identity: Identity) => arn('cognito-idp', `userpool/${poolId(identity)}`),
    ProviderURL: ({ urls }: Identity) => `${urls.pages}${issuerPath}`,
  },
};

function poolId({ stack, logicalId }: Identity): string {
  return `${region}_${generatedId(9)(stack, logicalId)}`;
}

export const userPoolClient = {
  properties: z.strictObject({
    UserPoolId: text,
    ClientName: text,
    AllowedOAuthFlows: z.tuple([z.literal('code')]),
    AllowedOAuthFlowsUserPoolClient: z.literal(true),
    AllowedOAuthScopes: z.tuple([z.literal('openid')]),
    CallbackURLs: z.array(text),
    LogoutURLs: z.array(text),
    GenerateSecret: z.literal(false),
    SupportedIdentityProviders: z.tuple([z.literal('COGNITO')]),
    AccessTokenValidity: whole,
    IdTokenValidity: whole,
    RefreshTokenValidity: whole,
    TokenValidityUnits: z.strictObject({
      AccessToken: z.literal('minutes'),
      IdToken: z.literal('minutes'),
      RefreshToken: z.literal('minutes'),
    }),
    EnableTokenRevocation: noOp('refresh tokens end with their time'),
    ExplicitAuthFlows: noPasswords,
    PreventUserExistenceErrors: noPasswords,
  }),
  defaultName: generatedId(26),
  ref: byName,
  attributes: {},
};
