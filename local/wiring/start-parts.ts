import { randomBytes, randomUUID } from 'node:crypto';
import { Deployment } from '../assembly/deployment.ts';
import { accountId, region } from '../assembly/home.ts';
import { issuerPath } from '../assembly/people-types.ts';
import { SteppedClock } from '../clock.ts';
import type { Cloud, CloudOptions } from '../cloud.ts';
import { withEmbeddedMetrics } from '../cloudwatch/embedded-metrics.ts';
import { Metrics } from '../cloudwatch/metrics.ts';
import { controlRoutes } from '../control/control-routes.ts';
import { ControlServer } from '../control/control-server.ts';
import { DataFolder } from '../data-folder.ts';
import { dynamoDbService } from '../dynamodb/dynamodb-service.ts';
import { startEngine } from '../dynamodb/engine.ts';
import { StreamTap } from '../dynamodb/stream-tap.ts';
import { withStreams } from '../dynamodb/streams-service.ts';
import { EventBuses } from '../events/event-bus.ts';
import { Executions } from '../executions.ts';
import { Faults } from '../faults/faults.ts';
import { FrontServer } from '../front/front-server.ts';
import { withLogPermissions } from '../iam/log-delivery.ts';
import { functionDemand } from '../iam/requests.ts';
import { KeptClock } from '../kept-clock.ts';
import { KeyStore } from '../kms/key-store.ts';
import { kmsService } from '../kms/kms-service.ts';
import { LambdaHost } from '../lambda/host.ts';
import { LogFiles } from '../lambda/log-files.ts';
import { lambdaService } from '../lambda/service.ts';
import { locationService } from '../location/location-service.ts';
import { residentMb } from '../memory.ts';
import { meteredHistory, meteredLog } from '../meter/logs.ts';
import { UsageMeter } from '../meter/usage-meter.ts';
import { cognitoService } from '../oidc/cognito-service.ts';
import { OidcIssuer } from '../oidc/issuer.ts';
import { UserPools } from '../oidc/user-pools.ts';
import { AccessKeys } from '../proxy/access-keys.ts';
import { SignatureProxy } from '../proxy/signature-proxy.ts';
import { S3Service } from '../s3/s3-service.ts';
import { SecretStore } from '../secrets/secret-store.ts';
import type { ServiceHandler } from '../services.ts';
import { QueueStore } from '../sqs/queue-store.ts';
import { sqsService } from '../sqs/sqs-service.ts';
import { parameterService } from '../ssm/parameter-service.ts';
import { ServiceCallError } from '../stepfunctions/errors.ts';
import { Interpreter } from '../stepfunctions/interpreter.ts';
import { WireTaskServices } from '../stepfunctions/task-services.ts';
import { stepFunctionsHandler } from '../stepfunctions/wire.ts';
import { enforceAccess } from './access.ts';
import { alarmsOf, measureAnswer, measureHistory, measureInvocation, measureIteratorAge } from './alarms.ts';
import { bucketsOf, deployData, deployKeys } from './data.ts';
import { mountDistribution } from './distribution.ts';
import { startEventSources } from './event-sources.ts';
import { functionsOf, mortalFunctions, roleNameOf } from './functions.ts';
import { mountApi } from './http-api.ts';
import { leftBehind } from './left-behind.ts';
import { signInClientsOf } from './people.ts';
import { queueNameOf, queuesOf } from './queues.ts';
import { redeployment } from './redeploy.ts';
import { rulesOf } from './rules.ts';
import { deployStateMachines, historyLogs } from './state-machines.ts';

/** The person who deploys, and founds what must be there first. */
const operator = 'operator';
/** What tokens are meant for that their bearer signed. */
const audience = 'mallway';
/** Wall ms; what announces itself is noticed at once, this finds the rest: visibility timeouts, foreign writes. */
const safetyPollMs = 1_000;
/** The same where business time is stepped, in business ms. */
const steppedPollMs = 60_000;
const meterSaveMs = 5_000;

/**
 * Starts every part of a cloud and wires them. What each needs at the end is pushed onto `closing` as it starts, so that
 * what has started can be ended when a later one fails.
 */
export async function startParts(
  options: CloudOptions,
  closing: (() => unknown)[],
  stop: () => Promise<void>,
): Promise<Cloud> {
  const { log = () => {} } = options;
  const folder = new DataFolder(options.dataDirectory);
  closing.push(() => folder.close());
  const { database } = folder;
  const kept = new KeptClock(database, options.clock ?? {});
  closing.push(() => kept.stop());
  const { clock } = kept;
  // Where business time is stepped it tells also how long a message was hidden: the same on any machine.
  const wallNow = clock instanceof SteppedClock ? () => clock.now() : Date.now;
  const meter = new UsageMeter(database);
  closing.push(() => meter.save());
  every(meterSaveMs, () => meter.save(), closing);
  const logs = new LogFiles(folder.path);
  closing.push(() => logs.close());
  const metrics = new Metrics();
  const keys = new AccessKeys(database);

  // All ports listen before anything is deployed: the template wants to know their addresses.
  const services: Record<string, ServiceHandler> = {};
  let s3: S3Service | undefined;
  const proxy = new SignatureProxy({
    keys,
    clock,
    services,
    log,
    cors: {
      preflight: (request) => s3!.preflight(request),
      withCors: (request, response) => s3!.withCors(request, response),
    },
    authorize: (request) => authoriser.authorize(request),
    ...(options.fault && { fault: options.fault }),
  });
  const front = new FrontServer();
  const apiHost = new FrontServer();
  closing.push(() => proxy.close());
  closing.push(() => Promise.all([front.close(), apiHost.close()]));
  const servicesUrl = `http://localhost:${await proxy.listen(0)}`;
  const httpApiUrl = `http://localhost:${await apiHost.listen(0)}`;
  const url = `http://localhost:${await front.listen(options.port ?? 0)}`;

  const issuer = await OidcIssuer.open({ database, issuer: `${url}${issuerPath}` });
  const secrets = new SecretStore(database);
  const deploymentOf = (directory: string) =>
    new Deployment({
      directory,
      parameters: options.parameters ?? {},
      defaults: { PublicUrl: url },
      urls: { services: servicesUrl, api: httpApiUrl, pages: url },
      secretValue: (arn, draw) => secrets.value(arn, draw),
    });
  const keepSecretsOf = (it: Deployment) =>
    secrets.keepOnly(it.ofType('AWS::SecretsManager::Secret').map(({ ref }) => ref));
  const deployment = deploymentOf(options.assemblyDirectory);
  keepSecretsOf(deployment);
  for (const role of deployment.ofType('AWS::IAM::Role')) keys.declare(role.name);
  const operatorCredentials = keys.declare(operator);
  const keyStore = new KeyStore(database);
  deployKeys(deployment, keyStore, clock);
  const authoriser = enforceAccess({
    ...options.access,
    deployment,
    keys: keyStore,
    executionOfToken: (token) => interpreter.store.token(token)?.arn,
    administrators: [operator],
    log,
  });

  const queues = new QueueStore({ database, clock, wallNow });
  for (const queue of queuesOf(deployment)) queues.declare(queue);
  const sendTo = (destinationArn: string, message: object): void => {
    const queue = queues.find(queueNameOf(destinationArn));
    if (queue?.arn !== destinationArn || queue.isFifo)
      throw new Error(`${destinationArn} is no standard queue of the template.`);
    queues.send(queue, { body: JSON.stringify(message), senderId: 'lambda' });
  };

  const engine = await startEngine({ directory: folder.file('dynamodb'), endpoint: options.dynamoDbEndpoint, log });
  closing.push(() => engine.stop());
  const data = await deployData({ deployment, engine, clock, wallNow, log });
  closing.push(() => data.stop());

  const lambda = await LambdaHost.start({
    ...options.lambda,
    clock,
    meter,
    log: withLogPermissions(deployment, authoriser, withEmbeddedMetrics(meteredLog(logs.sink, meter), metrics)),
    onInvocation: measureInvocation(metrics, clock),
    region,
    endpointUrl: servicesUrl,
  });
  closing.push(() => lambda.close());
  for (const registration of functionsOf(deployment, keys, sendTo)) lambda.register(registration);
  const faults = new Faults({
    functionOfRole: mortalFunctions(deployment),
    crash: (functionName) => lambda.crash(functionName),
    spared: [operator],
  });

  const countHistory = meteredHistory(historyLogs(deployment), meter);
  const measureExecution = measureHistory(metrics, clock);
  const interpreter = new Interpreter({
    region,
    account: accountId,
    clock,
    database,
    meter,
    seed: options.seed ?? 'mallway',
    onEvents: (record, events) => {
      countHistory(record, events);
      measureExecution(record, events);
    },
    services: new WireTaskServices({
      endpoint: servicesUrl,
      region,
      functions: lambda,
      keyOf: (roleArn) => keys.ofRole(roleNameOf(roleArn)),
      authorizeInvoke: (role, functionName) => {
        const denial = authoriser.denialFor({ role }, [functionDemand(functionName)]);
        if (denial) throw new ServiceCallError('AWSLambdaException', denial.message, 403);
      },
    }),
  });
  closing.push(() => interpreter.halt());
  deployStateMachines(deployment, interpreter.machines);
  for (const sentence of await leftBehind({ deployment, engine, queues, keys: keyStore, interpreter })) {
    log(sentence);
    options.onChange?.(sentence);
  }

  s3 = new S3Service({ directory: folder.file('s3'), buckets: bucketsOf(deployment), meter });
  const buses = new EventBuses({
    names: deployment.ofType('AWS::Events::EventBus').map(({ name }) => name),
    clock,
    meter,
    newId: randomUUID,
  });
  buses.observe((bus, event) => logs.sink(bus, undefined, JSON.stringify(event)));
  const location = locationService({
    routeCalculators: deployment.ofType('AWS::Location::RouteCalculator').map(({ name }) => name),
    placeIndexes: deployment.ofType('AWS::Location::PlaceIndex').map(({ name, properties }) => ({
      name,
      dataSource: properties.DataSource,
      keepsResults: properties.DataSourceConfiguration?.IntendedUse === 'Storage',
    })),
    addresses: options.addresses ?? [],
    meter,
    ...(options.travel && { travel: options.travel }),
  });
  const pools = new UserPools(
    database,
    deployment.ofType('AWS::Cognito::UserPool').map(({ ref }) => ref),
  );
  const emulated: Record<string, ServiceHandler> = {
    dynamodb: withStreams(dynamoDbService({ client: engine.client, meter, onWrite: data.onWrite }), data.streams),
    sqs: sqsService({ store: queues, meter, endpoint: () => servicesUrl }),
    states: stepFunctionsHandler(interpreter),
    lambda: lambdaService(lambda),
    kms: kmsService(keyStore, meter),
    'cognito-idp': cognitoService(pools, log),
    ssm: parameterService(deployment),
    s3: s3.handler,
    events: buses.handler,
    geo: location,
    'geo-routes': location,
    'geo-places': location,
  };
  for (const [name, handler] of Object.entries(emulated)) services[name] = faults.around(handler);

  const distribution = mountDistribution({ deployment, front, issuer, pools, audience });
  mountApi({
    deployment,
    clock,
    meter,
    lambda,
    authoriser,
    logs,
    onAnswer: measureAnswer(metrics, clock),
    url: httpApiUrl,
    mount: (listener) => {
      apiHost.mount('/', listener);
      distribution.mountApi(listener);
    },
  });

  // From here on things happen by themselves.
  const mappings = await startEventSources({
    deployment,
    database,
    clock,
    meter,
    invoker: lambda,
    queues,
    streams: data.streams,
    streamFaults: faults.streams,
    wallNow,
    onIteratorAge: measureIteratorAge(metrics, clock),
    sendTo,
    log,
  });
  const rules = rulesOf(deployment, clock, (functionName, event, ruleArn) => {
    if (authoriser.invocationDenial('events.amazonaws.com', functionName, ruleArn)) return;
    lambda.invokeAsync(functionName, event);
  });
  const alarms = alarmsOf({
    deployment,
    clock,
    metrics,
    queues,
    onChange: (alarm) => {
      log(`${alarm.name}: ${alarm.state}. ${alarm.description}`);
      options.onAlarm?.(alarm);
    },
  });
  closing.push(() => {
    for (const it of [alarms, ...rules, ...mappings, ...data.streams]) it.stop();
  });
  interpreter.resume();
  queues.resume();
  for (const rule of rules) rule.start();
  alarms.start();
  const poll = () => {
    for (const stream of data.streams) stream.nudge();
    for (const mapping of mappings) mapping.wake();
  };
  poll();
  if (clock instanceof SteppedClock) everyStep(clock, poll);
  else every(safetyPollMs, poll, closing);

  // One who works with an identity provider of their own gets tokens of this form; who signs in gets Cognito's.
  const clients = signInClientsOf(deployment).map(({ id }) => id);
  const executions = new Executions(interpreter);
  const mint: Cloud['mint'] = ({ lifetimeSeconds = 3_600, ...request }) =>
    issuer.mint({ ...request, audience: [audience, ...clients], lifetimeSeconds });
  const redeploy = redeployment({
    deployment,
    functionsOf: (next) => functionsOf(next, keys, sendTo),
    update: (registration) => lambda.update(registration),
    follow: (next) => distribution.follow(next),
    keepSecretsOf,
  });
  const controlToken = randomBytes(24).toString('base64url');
  const control = new ControlServer(
    controlToken,
    controlRoutes({
      alarms,
      clock,
      meter,
      executions,
      queues,
      engine,
      lambda,
      deployment,
      faults,
      mint,
      operator: { endpoint: servicesUrl, region, credentials: operatorCredentials },
      url,
      startedAt: Date.now(),
    }),
  );
  const controlUrl = `http://localhost:${await control.listen()}`;
  closing.push(() => control.close());
  // The public port closes first: nobody new comes in while the rest is ended.
  closing.push(() => Promise.all([front.close(), apiHost.close()]));
  folder.writeSecret('control.json', { url: controlUrl, token: controlToken, pid: process.pid, publicUrl: url });

  return {
    url,
    httpApiUrl,
    servicesUrl,
    controlUrl,
    controlToken,
    dataDirectory: folder.path,
    clock,
    deployment,
    executions,
    meter,
    buses,
    operatorCredentials,
    issuer: issuer.issuer,
    keysOfIssuer: issuer,
    audience,
    mint,
    mount: (prefix, listener) => front.mount(prefix, listener),
    observe: (observer) => front.observe(observer),
    watchChanges: (observer) => {
      for (const stream of data.streams) stream.add(new StreamTap(stream, observer));
    },
    deploy: (assemblyDirectory, stack) => redeploy(deploymentOf(assemblyDirectory), stack),
    setConfig: (more) => distribution.setConfig(more),
    memory: () => ({
      host: residentMb(process.pid),
      functions: lambda.processes().reduce((sum, { pid }) => sum + residentMb(pid), 0),
      engine: residentMb(engine.pid),
    }),
    stop,
  };
}

function every(ms: number, task: () => void, closing: (() => unknown)[]): void {
  const timer = setInterval(task, ms);
  closing.push(() => clearInterval(timer));
}

function everyStep(clock: SteppedClock, task: () => void): void {
  clock.schedule(clock.now() + steppedPollMs, () => {
    task();
    everyStep(clock, task);
  });
}
