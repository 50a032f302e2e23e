import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  type IHttpApi,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { type ApiFunction, originKeyHeader, type Route, type routes } from '../lambdas/http/routes.ts';
import { acknowledge } from './constructs/acknowledge.ts';
import type { FunctionCode } from './constructs/bundle.ts';
import { ServiceFunction } from './constructs/service-function.ts';
import type { DataStack } from './data-stack.ts';
import type { DispatchStack } from './dispatch-stack.ts';
import { type PeopleValue, peopleParameter, publicUrlParameter } from './parameters.ts';
import type { Settings } from './settings.ts';
import type { WebStack } from './web-stack.ts';

/**
 * What a route may take of the stage's rate, so that one which anybody can call, or which phones call by themselves,
 * leaves the account's quota to the others.
 */
const shares: Partial<Record<(typeof routes)[number]['operationId'], number>> = {
  track: 0.4,
  reportPositions: 0.4,
  createProofUpload: 0.2,
  pairDevice: 0.1,
  readOpenings: 0.1,
  applyToDrive: 0.1,
  readOwnApplication: 0.1,
  createDocumentUpload: 0.1,
  submitDocument: 0.1,
  withdrawApplication: 0.1,
  createDriverDocumentUpload: 0.1,
  getOpenApi: 0.1,
};

export interface ApiStackProps extends StackProps {
  settings: Settings;
  code: FunctionCode;
  web: WebStack;
  data: DataStack;
  dispatch: DispatchStack;
  routes: readonly Route[];
}

/**
 * What callers see: one HTTP API, one authorizer for every credential, one function per part of the business. Each of
 * them answers only what came through the distribution.
 */
export class ApiStack extends Stack {
  private readonly props: ApiStackProps;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    this.props = props;

    const api = HttpApi.fromHttpApiAttributes(this, 'Api', { httpApiId: props.web.api.apiId });
    const functions = this.functions();
    const integrations = new Map(
      Object.entries(functions).map(([name, fn]) => [
        name,
        // One permission for the whole API: a function's policy holds 20 KB, too little for one per route.
        new HttpLambdaIntegration(name, fn, { scopePermissionToRoute: false }),
      ]),
    );
    const authorizer = new HttpLambdaAuthorizer('Callers', this.authorizer(), {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      // What lacks one of them is turned away before any function runs, and an answer is kept for both together: that
      // somebody was let in through the distribution lets nobody in by another way.
      identitySource: ['$request.header.Authorization', `$request.header.${originKeyHeader}`],
      resultsCacheTtl: Duration.seconds(60),
    });

    const routes = props.routes.map((route) => {
      const isOpen = route.callers.length === 1 && route.callers[0] === 'anyone';
      const added = new HttpRoute(this, `${route.method}${route.path.replaceAll('/', '--')}`, {
        httpApi: api,
        routeKey: HttpRouteKey.with(route.path, HttpMethod[route.method]),
        integration: integrations.get(route.function)!,
        authorizer: isOpen ? new HttpNoneAuthorizer() : authorizer,
      });
      if (isOpen) acknowledge(added, { 'AwsSolutions-APIG4': openRouteReason });
      return added;
    });
    this.stage(api, routes);
  }

  private functions(): Record<ApiFunction, ServiceFunction> {
    const { data, dispatch } = this.props;

    const Ordering = this.function('Ordering', 'Orders of channels: place, look up, cancel', {
      PUBLIC_URL: publicUrlParameter(this, this.props.settings),
      PLACE_INDEX: dispatch.placeIndex.name,
    });
    data.grant(Ordering, {
      orders: ['get', 'get many', 'query', 'query lists', 'put'],
      personal: ['get', 'put'],
      requests: ['get', 'get many', 'put'],
      fleet: ['get', 'get many', 'query lists', 'put'],
      catalogue: ['get', 'get many'],
    });
    Ordering.allow(['geo:SearchPlaceIndexForText'], dispatch.placeIndex.arn);

    const Readiness = this.function('Readiness', 'Pickups of stores; blocks of drivers, and what they earned');
    data.grant(Readiness, {
      orders: ['get', 'get many', 'query lists', 'put'],
      requests: ['get', 'put'],
      fleet: ['get', 'get many', 'query lists', 'put'],
      catalogue: ['get'],
    });

    const Drivers = this.function('Drivers', 'Drivers: shifts, offers, runs, stops, proofs, positions');
    data.grant(Drivers, {
      fleet: ['get', 'get many', 'put'],
      orders: ['get many', 'put'],
      requests: ['get', 'get many', 'put'],
      personal: ['get', 'get many', 'put'],
      catalogue: ['get', 'get many'],
    });
    data.grantProofs(Drivers, 's3:PutObject', 's3:GetObject');
    data.grantDocuments(Drivers, 's3:PutObject', 's3:GetObject');

    const Tracking = this.function('Tracking', 'What the shopper sees behind a tracking link');
    data.grant(Tracking, {
      orders: ['get', 'get many', 'query'],
      personal: ['get'],
      requests: ['get', 'get many'],
      fleet: ['get', 'get many', 'query lists'],
      catalogue: ['get', 'get many'],
    });
    data.grantProofs(Tracking, 's3:GetObject');

    const Operations = this.function('Operations', 'What waits too long, what operations decide, and erasing');
    data.grant(Operations, {
      orders: ['get', 'get many', 'query', 'query due', 'put'],
      fleet: ['get', 'get many', 'query lists', 'put'],
      requests: ['get', 'get many', 'put', 'delete'],
      catalogue: ['get', 'get many', 'query lists'],
      personal: ['get', 'query', 'put', 'delete'],
    });
    data.grantErasingProofs(Operations);
    data.grantDocuments(Operations, 's3:GetObject');
    const { orders, personal, requests, catalogue } = data.tables;
    new StringParameter(this, 'ErasureStores', {
      parameterName: `/mallway/${this.props.settings.stage}/erasure-stores`,
      description: 'Where npm run admin erases what tells who an order was for',
      stringValue: this.toJsonString({
        orders: orders.tableName,
        personal: personal.tableName,
        requests: requests.tableName,
        catalogue: catalogue.tableName,
        proofs: data.proofs.bucketName,
      }),
    });

    const Directory = this.function('Directory', 'Malls, stores, channels, drivers and the keys of channels');
    data.grant(Directory, {
      catalogue: ['get', 'get many', 'query lists', 'put'],
      fleet: ['get', 'get many', 'query lists', 'put'],
      requests: ['get', 'put'],
    });
    data.grantSecrets(Directory, 'kms:Encrypt', 'kms:Decrypt');

    const People = this.people();
    return { Ordering, Readiness, Drivers, Tracking, Operations, Directory, People };
  }

  private people(): ServiceFunction {
    const { data, settings } = this.props;
    const pools: Record<string, string> =
      settings.identityProvider === 'cognito'
        ? {
            STAFF_POOL: peopleParameter(this, settings, 'staff-pool'),
            OPERATIONS_POOL: peopleParameter(this, settings, 'operations-pool'),
          }
        : {};
    const people = this.function(
      'People',
      'Who may act as whom, who wants to drive, tablets of stores, and who did what',
      pools,
    );
    data.grant(people, {
      catalogue: ['get', 'get many', 'query lists', 'put'],
      fleet: ['get', 'query', 'put'],
      requests: ['get', 'query', 'put'],
      orders: ['query'],
      personal: ['get', 'get many', 'put'],
    });
    data.grantDocuments(people, 's3:PutObject', 's3:GetObject');
    data.grantSecrets(people, 'kms:Encrypt', 'kms:Decrypt');
    const { catalogue, requests } = data.tables;
    new StringParameter(this, 'PeopleTables', {
      parameterName: `/mallway/${settings.stage}/people-tables`,
      description: 'Where npm run admin binds the first person of operations',
      stringValue: this.toJsonString({ catalogue: catalogue.tableName, requests: requests.tableName }),
    });
    for (const pool of Object.values(pools)) {
      const arn = this.formatArn({ service: 'cognito-idp', resource: 'userpool', resourceName: pool });
      people.allow(['cognito-idp:AdminCreateUser', 'cognito-idp:AdminGetUser'], arn);
    }
    return people;
  }

  private function(name: ApiFunction, description: string, environment: Record<string, string> = {}): ServiceFunction {
    return new ServiceFunction(this, name, {
      settings: this.props.settings,
      code: this.props.code,
      description,
      environment: { ...environment, ORIGIN_KEYS: this.props.web.originKeys.acceptedIn(this) },
      timeout: Duration.seconds(10),
      failuresGo: 'Invoked by the API, whose caller gets the error and tries again.',
    });
  }

  private authorizer(): ServiceFunction {
    const { settings, code, data, web } = this.props;
    const of = (value: PeopleValue) => peopleParameter(this, settings, value);
    const authorizer = new ServiceFunction(this, 'Authorizer', {
      settings,
      code,
      description: 'Says who calls, for every kind of credential; what they may do is decided further in',
      memoryMegabytes: 256,
      timeout: Duration.seconds(10),
      environment: {
        ORIGIN_KEYS: web.originKeys.acceptedIn(this),
        PEOPLE_ISSUER: of('issuer'),
        PEOPLE_CLIENTS: of('clients'),
        OPERATIONS_ISSUER: of('operations-issuer'),
        OPERATIONS_CLIENTS: of('operations-clients'),
      },
      failuresGo: 'Invoked by the API, whose caller gets the error and tries again.',
    });
    data.grant(authorizer, { catalogue: ['get'] });
    data.grantSecrets(authorizer, 'kms:Decrypt');
    return authorizer;
  }

  /** The log names routes, never paths: a tracking link is a credential. */
  private stage(api: IHttpApi, routes: HttpRoute[]): void {
    const { settings } = this.props;
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: settings.logRetention,
      removalPolicy: settings.removal,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.throttle.requestsPerSecond, burstLimit: settings.throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(
          JSON.stringify({
            time: '$context.requestTime',
            requestId: '$context.requestId',
            ip: '$context.identity.sourceIp',
            route: '$context.routeKey',
            status: '$context.status',
            latencyMs: '$context.responseLatency',
            integrationMs: '$context.integrationLatency',
            error: '$context.error.message',
            integrationError: '$context.integrationErrorMessage',
            authorizerError: '$context.authorizer.error',
          }),
        ),
      },
    });
    (stage.node.defaultChild as CfnStage).routeSettings = this.routeSettings();
    // Settings of a route are refused while the route is not there.
    stage.node.addDependency(...routes);
  }

  private routeSettings(): Record<string, object> {
    const { settings, routes } = this.props;
    const { requestsPerSecond, burst } = settings.throttle;
    return Object.fromEntries(
      routes.flatMap(({ operationId, method, path }) => {
        const share = (shares as Record<string, number | undefined>)[operationId];
        if (share === undefined) return [];
        // Not typed by CDK, which hands it on as it is.
        const limits = { ThrottlingRateLimit: requestsPerSecond * share, ThrottlingBurstLimit: burst * share };
        return [[`${method} ${path}`, limits]];
      }),
    );
  }
}

const openRouteReason =
  'For anyone: a tracking link, a pairing code and the link of an application are themselves the credential; that one may apply, and the API description, are public.';
