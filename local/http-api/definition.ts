/** An AWS::ApiGatewayV2::Api of protocol HTTP with its stage, resolved from the template. */
export interface HttpApiDefinition {
  apiId: string;
  accountId: string;
  region: string;
  /** What the events say as `requestContext.domainName`. */
  domainName: string;
  /** `$default` serves at the root; any other stage below `/<stage>`. */
  stage: string;
  stageVariables?: Record<string, string>;
  routes: RouteDefinition[];
  cors?: CorsConfiguration;
  /**
   * The stage's default throttling, refilled by business time. Leave it out for stepped clocks: there many requests
   * share one instant, and a bucket would refuse what AWS would let through.
   */
  throttling?: Throttling;
}

export interface RouteDefinition {
  /** `<METHOD> <path>`, `ANY <path>` or `$default`. */
  routeKey: string;
  functionName: string;
  /** Milliseconds until the API answers 503; 30,000 unless told, which is also the most. */
  timeoutMs?: number;
  authorizer?: AuthorizerDefinition;
  throttling?: Throttling;
}

export interface Throttling {
  /** Requests a second. */
  rateLimit: number;
  burstLimit: number;
}

/** A REQUEST authorizer, payload format 2.0, simple responses. */
export interface AuthorizerDefinition {
  id: string;
  functionName: string;
  /** `$request.header.Name`, `$request.querystring.name`, `$stageVariables.name`, `$context.routeKey` ... */
  identitySources: string[];
  /** Wall seconds an answer is kept; 0 keeps none. */
  ttlSeconds: number;
  simpleResponses: true;
}

export interface CorsConfiguration {
  allowOrigins?: string[];
  allowMethods?: string[];
  allowHeaders?: string[];
  exposeHeaders?: string[];
  maxAgeSeconds?: number;
  allowCredentials?: boolean;
}
