import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { readWhole } from '../services.ts';

/** An error the engine answered with; `type` without its namespace. */
export class EngineError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'EngineError';
    this.type = type;
  }
}

export interface RawAnswer {
  status: number;
  body: Buffer;
}

const targets = { tables: 'DynamoDB_20120810', streams: 'DynamoDBStreams_20120810' };

/** Speaks to the engine, which checks no signature but wants one to be there. */
export class EngineClient {
  endpoint: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  /** Rejects only when the engine cannot be reached. */
  async post(target: string, body: string): Promise<RawAnswer> {
    const url = new URL(this.endpoint);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest(
        {
          agent: this.#agent,
          host: url.hostname,
          port: url.port,
          path: '/',
          method: 'POST',
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'content-length': Buffer.byteLength(body),
            'x-amz-target': target,
            'x-amz-date': '20260101T000000Z',
            authorization:
              'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0',
          },
        },
        resolve,
      );
      request.once('error', reject);
      request.end(body);
    });
    return { status: response.statusCode ?? 500, body: (await readWhole(response))! };
  }

  /** One operation; rejects with `EngineError` where the engine refuses it. */
  async call<Output>(operation: string, input: object, api: keyof typeof targets = 'tables'): Promise<Output> {
    const { status, body } = await this.post(`${targets[api]}.${operation}`, JSON.stringify(input));
    const output = JSON.parse(body.toString('utf8') || '{}') as { __type?: string; message?: string; Message?: string };
    if (status === 200) return output as Output;
    throw new EngineError(output.__type?.split('#').at(-1) ?? 'Unknown', output.message ?? output.Message ?? '');
  }

  async untilReady(timeoutMs: number): Promise<void> {
    for (const deadline = Date.now() + timeoutMs; ; ) {
      try {
        await this.call('ListTables', {});
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}
