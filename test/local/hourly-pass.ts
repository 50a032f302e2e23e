import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { region } from '../../local/assembly/home.ts';
import type { Cloud } from '../../local/cloud.ts';

type RunningCloud = Pick<Cloud, 'deployment' | 'servicesUrl' | 'operatorCredentials'>;

/** Has the hourly pass run as its rule would have it, at a time to come: nobody has to wait half a year for it. */
export async function passHourlyAt({ deployment, servicesUrl, operatorCredentials }: RunningCloud, time: Date) {
  const reconciler = deployment
    .ofType('AWS::Lambda::Function')
    .find(({ properties }) => properties.Environment?.Variables?.POWERTOOLS_SERVICE_NAME === 'Reconciler')!;
  const { hostname, port, protocol } = new URL(servicesUrl);
  const body = JSON.stringify({ time: time.toISOString() });
  const signer = new SignatureV4({ service: 'lambda', region, credentials: operatorCredentials, sha256: Sha256 });
  const path = `/2015-03-31/functions/${reconciler.name}/invocations`;
  const signed = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    port: Number(port),
    path,
    headers: { host: `${hostname}:${port}`, 'content-type': 'application/json' },
    body,
  });
  // What fetch sets by itself, and lets nobody set.
  const { host: _, ...headers } = signed.headers;
  const response = await fetch(`${servicesUrl}${path}`, { method: 'POST', headers, body });
  const answer = await response.text();
  if (!response.ok || response.headers.has('x-amz-function-error')) throw new Error(`The hourly pass: ${answer}`);
}
