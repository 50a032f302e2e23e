import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

export interface AwsAccount {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** The service refused. `name` is the type of the error as its API reference calls it. */
export class AwsRefusal extends Error {
  readonly status: number;

  constructor(operation: string, status: number, text: string) {
    const { __type = '', message = text } = parsed(text);
    super(`${operation} was answered with ${status}: ${message}`);
    this.name = __type.split('#').at(-1)!;
    this.status = status;
  }
}

/** The role of this function, at the endpoint that the SDK's clients would use. */
export function ownAccount(service: string, endpointName: string): AwsAccount {
  const { env } = process;
  const region = env.AWS_REGION!;
  return {
    region,
    endpoint:
      env[`AWS_ENDPOINT_URL_${endpointName}`] ?? env.AWS_ENDPOINT_URL ?? `https://${service}.${region}.amazonaws.com`,
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID!,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY!,
      ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
    },
  };
}

/**
 * One call of a service that speaks AWS JSON 1.1, signed here: a client of the SDK would add more to a bundle than all
 * the rest. Throws `AwsRefusal` when it is refused.
 */
export async function callAws(
  { region, endpoint, credentials }: AwsAccount,
  call: { service: string; target: string; body: string; timeoutMs: number },
): Promise<unknown> {
  const url = new URL(endpoint);
  const { service, target, body } = call;
  const signer = new SignatureV4({ service, region, sha256: Sha256, credentials });
  const { headers } = await signer.sign(
    new HttpRequest({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port && { port: Number(url.port) }),
      path: '/',
      headers: { host: url.host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      body,
    }),
  );
  const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(call.timeoutMs) });
  if (!response.ok) throw new AwsRefusal(target.split('.').at(-1)!, response.status, await response.text());
  return response.json();
}

function parsed(text: string): { __type?: string; message?: string } {
  try {
    return JSON.parse(text) as { __type?: string; message?: string };
  } catch {
    return {};
  }
}
