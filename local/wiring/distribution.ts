import type { Deployment } from '../assembly/deployment.ts';
import { issuerPath } from '../assembly/people-types.ts';
import { edgeOf } from '../front/edge.ts';
import { type FrontServer, type Listener, withHeaders, withOriginHeaders } from '../front/front-server.ts';
import { staticPages } from '../front/static-pages.ts';
import type { OidcIssuer } from '../oidc/issuer.ts';
import { SignIn } from '../oidc/sign-in.ts';
import type { UserPools } from '../oidc/user-pools.ts';
import { signInClientsOf, signInConfig } from './people.ts';

export interface DistributionOptions {
  deployment: Deployment;
  front: FrontServer;
  issuer: OidcIssuer;
  pools: UserPools;
  audience: string;
}

/** The public port once it is there: pages, the issuer, what pages have to know, and the API with what it is told. */
export interface Distribution {
  mountApi(api: Listener): void;
  /** What the distribution of another deployment tells the API takes the place of what was told. */
  follow(next: Deployment): void;
  /** What `/config.json` says besides issuer and audience. */
  setConfig(more: object): void;
}

export function mountDistribution({ deployment, front, issuer, pools, audience }: DistributionOptions): Distribution {
  const edge = edgeOf(deployment);
  const { headers = {}, apiPaths = ['/v1'] } = edge ?? {};
  let originHeaders = edge?.originHeaders ?? {};
  let config: object = { issuer: issuer.issuer, audience, signIn: signInConfig(deployment, issuer.issuer) };
  const tellConfig: Listener = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache' });
    response.end(JSON.stringify(config));
  };
  const signIn = new SignIn({ issuer, pools, clients: signInClientsOf(deployment) });
  front.mount('/config.json', withHeaders(headers, tellConfig));
  front.mount(issuerPath, (request, response) => {
    if (issuer.serve(request, response)) return;
    signIn.serve(request, response).then(
      (isServed) => isServed || response.writeHead(404).end(),
      () => response.destroy(),
    );
  });
  if (edge) front.mount('/', withHeaders(headers, staticPages(edge)));
  return {
    mountApi: (api) => {
      const throughEdge = withOriginHeaders(() => originHeaders, api);
      for (const path of apiPaths) front.mount(path, withHeaders(headers, throughEdge));
    },
    follow: (next) => {
      originHeaders = edgeOf(next)?.originHeaders ?? {};
    },
    setConfig: (more) => {
      config = { ...config, ...more };
    },
  };
}
