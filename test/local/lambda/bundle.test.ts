import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HttpApi } from '../../../local/http-api/http-api.ts';
import { locationService } from '../../../local/location/location-service.ts';
import { S3Service } from '../../../local/s3/s3-service.ts';
import { countingMeter, type ServiceServer, serve } from '../service-server.ts';
import { asset, type RunningHost, registrationOf, removeAssets, startHost } from './functions.ts';

const projectRoot = path.dirname(fileURLToPath(import.meta.resolve('../../../package.json')));

// The clients as a deployed function would make them: nothing here says where AWS is.
const source = `
  import { CalculateRouteCommand, LocationClient } from '@aws-sdk/client-location';
  import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
  const location = new LocationClient({});
  const s3 = new S3Client({});
  export const handler = async (event) => {
    const { Summary } = await location.send(new CalculateRouteCommand({
      CalculatorName: 'calculator', DeparturePosition: [-115.17, 36.12], DestinationPosition: [-115.24, 36.16] }));
    const Key = 'runs/' + event.pathParameters.runId;
    await s3.send(new PutObjectCommand({ Bucket: 'proofs', Key, Body: String(Math.round(Summary.DurationSeconds)) }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'proofs', Key }));
    return { seconds: Number(await Body.transformToString()), at: event.requestContext.timeEpoch };
  };`;

let aws: ServiceServer;
let running: RunningHost;

beforeAll(async () => {
  const meter = countingMeter();
  const s3 = new S3Service({ directory: asset(''), buckets: [{ name: 'proofs' }], meter });
  const location = locationService({ routeCalculators: ['calculator'], placeIndexes: [], addresses: [], meter });
  aws = await serve((request) =>
    request.headers.host?.startsWith('routes.') ? location(request) : s3.handler(request),
  );
  running = await startHost({ endpointUrl: `http://localhost:${aws.port}` });
  const bundled = await build({
    stdin: { contents: source, resolveDir: projectRoot },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: `import { createRequire } from 'node:module';const require = createRequire(import.meta.url);` },
    write: false,
  });
  running.host.register(registrationOf('Runs', bundled.outputFiles[0]!.text));
});
afterAll(async () => {
  await running.host.close();
  aws.close();
  removeAssets();
});

test('an unmodified bundle reaches every service behind one endpoint, called through the HTTP API', async () => {
  const api = new HttpApi({
    definition: {
      apiId: 'api1',
      accountId: '111122223333',
      region: 'us-east-1',
      domainName: 'api1.execute-api.us-east-1.amazonaws.com',
      stage: '$default',
      routes: [{ routeKey: 'GET /runs/{runId}', functionName: 'arn:aws:lambda:us-east-1:111122223333:function:Runs' }],
    },
    invoker: running.host,
    clock: running.clock,
    meter: { count() {} },
  });
  const server = createServer(api.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/runs/r-1`);
  server.closeAllConnections();
  server.close();
  expect(running.lines.map(({ line }) => line)).toEqual(['INIT_START Runtime Version: nodejs24.x']);
  expect(response.status).toBe(200);
  const { seconds, at } = (await response.json()) as { seconds: number; at: number };
  expect(seconds).toBeGreaterThan(600);
  expect(at).toBe(running.clock.now());
});
