import { Sha256 } from '@aws-crypto/sha256-js';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

/** A service said no; `type` is its own name for why. */
export class AwsCallError extends Error {
  readonly type: string;

  constructor(call: string, type: string, message: string) {
    super(`${call}: ${type}${message ? `: ${message}` : ''}`);
    this.name = 'AwsCallError';
    this.type = type;
  }
}

/**
 * The few calls of services whose clients no function needs, signed as the SQS client would: its region, credentials
 * and endpoint variables (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE>) are theirs.
 */
export class AwsCalls {
  readonly #like: SQSClient;
  readonly #endpoint: string | undefined;

  constructor(like: SQSClient, endpoint?: string) {
    this.#like = like;
    this.#endpoint = endpoint;
  }

  /** An operation of DynamoDB Streams. */
  async streams<Output>(operation: string, input: object): Promise<Output> {
    const region = await this.#like.config.region();
    const url = this.#urlOf('DYNAMODB_STREAMS', `https://streams.dynamodb.${region}.amazonaws.com`);
    const { text } = await this.#post('dynamodb', url, '/', JSON.stringify(input), {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
    });
    return JSON.parse(text) as Output;
  }

  /** Invokes a function and waits; rejects with the function's own error where it fails. */
  async invoke<Output>(functionName: string, payload: object): Promise<Output> {
    const region = await this.#like.config.region();
    const url = this.#urlOf('LAMBDA', `https://lambda.${region}.amazonaws.com`);
    const path = `/2015-03-31/functions/${functionName}/invocations`;
    const { text, headers } = await this.#post('lambda', url, path, JSON.stringify(payload), {
      'content-type': 'application/json',
    });
    const answer = JSON.parse(text || 'null') as Output & { errorType?: string; errorMessage?: string };
    if (headers.has('x-amz-function-error')) {
      throw new AwsCallError(functionName, answer.errorType ?? 'Unhandled', answer.errorMessage ?? '');
    }
    return answer;
  }

  #urlOf(service: string, usual: string): URL {
    return new URL(
      this.#endpoint ?? process.env[`AWS_ENDPOINT_URL_${service}`] ?? process.env.AWS_ENDPOINT_URL ?? usual,
    );
  }

  async #post(service: string, url: URL, path: string, body: string, headers: Record<string, string>) {
    const { credentials, region } = this.#like.config;
    const signer = new SignatureV4({ service, region: await region(), credentials, sha256: Sha256 });
    const request = await signer.sign(
      new HttpRequest({
        method: 'POST',
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port !== '' && { port: Number(url.port) }),
        path,
        headers: { host: url.host, ...headers },
        body,
      }),
    );
    const { host: _, ...signed } = request.headers;
    const response = await fetch(new URL(path, url), { method: 'POST', headers: signed, body });
    const text = await response.text();
    if (response.ok) return { text, headers: response.headers };
    const { __type, message, Message } = readError(text);
    const type = response.headers.get('x-amzn-errortype') ?? __type ?? String(response.status);
    const operation = headers['x-amz-target']?.split('.').at(-1) ?? path.split('/')[3] ?? '';
    throw new AwsCallError(operation, type.split(':')[0]!.split('#').at(-1)!, message ?? Message ?? '');
  }
}

function readError(text: string): { __type?: string; message?: string; Message?: string } {
  try {
    return JSON.parse(text) as object;
  } catch {
    return { message: text.slice(0, 200) };
  }
}
