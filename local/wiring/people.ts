import type { Deployment } from '../assembly/deployment.ts';
import type { SignInClient } from '../oidc/sign-in.ts';

/** The pages that may ask people to sign in, each a client of a pool. */
export function signInClientsOf(deployment: Deployment): SignInClient[] {
  return deployment.ofType('AWS::Cognito::UserPoolClient').map(({ name, properties }) => ({
    id: name,
    pool: properties.UserPoolId,
    callbackUrls: properties.CallbackURLs,
    logoutUrls: properties.LogoutURLs,
    accessTokenMinutes: properties.AccessTokenValidity,
    refreshTokenMinutes: properties.RefreshTokenValidity,
  }));
}

/** What `/config.json` tells each page, by the name of its client: the same as when it is deployed, of this issuer. */
export function signInConfig(deployment: Deployment, issuer: string): Record<string, object> {
  const endpoints = {
    authorizeUrl: `${issuer}/oauth2/authorize`,
    tokenUrl: `${issuer}/oauth2/token`,
    logoutUrl: `${issuer}/logout`,
  };
  return Object.fromEntries(
    deployment
      .ofType('AWS::Cognito::UserPoolClient')
      .map(({ name, properties }) => [properties.ClientName, { ...endpoints, clientId: name }]),
  );
}
