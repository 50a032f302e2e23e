import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { FunctionInvoker } from '../services.ts';
import { FunctionFailure, ServiceCallError } from './errors.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { TaskResource, TaskServices } from './resources.ts';

export interface RoleKey {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface WireTaskServicesOptions {
  /** Where all services answer, such as `http://127.0.0.1:4566`. */
  endpoint: string;
  region: string;
  /** The access key of a role; calls are signed with the key of the state machine's role. */
  keyOf: (roleArn: string) => RoleKey;
  functions: FunctionInvoker;
  /** Whether the role may invoke the function: throws what `call` should reject with. The HTTP proxy checks the rest. */
  authorizeInvoke?: (roleArn: string, functionName: string) => void;
  fetch?: typeof fetch;
}

/** How a service is spoken to: the AWS JSON protocols, POST / with a target. */
interface Protocol {
  signingName: string;
  target: string;
  version: '1.0' | '1.1';
  /** Members on the wire are camelCase, where a state machine writes PascalCase. */
  camelCase?: boolean;
}

const DYNAMODB: Protocol = { signingName: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0' };
const SQS: Protocol = { signingName: 'sqs', target: 'AmazonSQS', version: '1.0' };
const EVENTS: Protocol = { signingName: 'events', target: 'AWSEvents', version: '1.1' };
const STATES: Protocol = { signingName: 'states', target: 'AWSStepFunctions', version: '1.0', camelCase: true };

const PROTOCOLS: Record<string, Protocol> = {
  dynamodb: DYNAMODB,
  sqs: SQS,
  events: EVENTS,
  eventbridge: EVENTS,
  states: STATES,
  sfn: STATES,
};

/** Performs tasks against the AWS wire endpoints, signed by the machine's role; functions through the invoker. */
export class WireTaskServices implements TaskServices {
  readonly #options: WireTaskServicesOptions;
  readonly #fetch: typeof fetch;

  constructor(options: WireTaskServicesOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? fetch;
  }

  async call(resource: TaskResource, args: unknown, context: { roleArn: string }): Promise<unknown> {
    const given = isJsonObject(args) ? args : {};
    if (resource.service === 'lambda') return this.#invoke(resource, given, context.roleArn);
    const protocol = Object.hasOwn(PROTOCOLS, resource.service) ? PROTOCOLS[resource.service] : undefined;
    if (!protocol) throw new Error(`Tasks cannot call the service "${resource.service}".`);
    const answer = await this.#post(protocol, resource.action, bodyOf(resource, given, protocol), context.roleArn);
    return protocol.camelCase ? recase(answer, upperFirst) : answer;
  }

  async #invoke(resource: TaskResource, args: JsonObject, roleArn: string): Promise<Json> {
    if (resource.action !== 'invoke')
      throw new Error(`Tasks cannot call lambda:${resource.action}, only lambda:invoke.`);
    const { FunctionName: name, Payload: payload = {} } = args;
    if (typeof name !== 'string') throw new ServiceCallError('ValidationException', 'FunctionName is missing');
    this.#options.authorizeInvoke?.(roleArn, name);
    const outcome = await this.#options.functions.invoke(name, payload);
    if (!outcome.ok) throw new FunctionFailure(outcome.errorType, outcome.errorMessage, outcome.trace);
    return { Payload: (outcome.payload ?? null) as Json, StatusCode: 200, ExecutedVersion: '$LATEST' };
  }

  async #post(protocol: Protocol, action: string, body: string, roleArn: string): Promise<Json> {
    const url = new URL(this.#options.endpoint);
    const signer = new SignatureV4({
      service: protocol.signingName,
      region: this.#options.region,
      credentials: this.#options.keyOf(roleArn),
      sha256: Sha256,
    });
    const signed = await signer.sign(
      new HttpRequest({
        method: 'POST',
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port !== '' && { port: Number(url.port) }),
        path: '/',
        headers: {
          host: url.host,
          'content-type': `application/x-amz-json-${protocol.version}`,
          'x-amz-target': `${protocol.target}.${upperFirst(action)}`,
        },
        body,
      }),
    );
    const { host: _, ...headers } = signed.headers;
    const { response, text } = await this.#exchange(url, { method: 'POST', headers, body });
    if (!response.ok) throw refusal(response, text);
    return text === '' ? {} : (JSON.parse(text) as Json);
  }

  /** A service that cannot be reached is what the SDK in Step Functions calls an SdkClientException. */
  async #exchange(url: URL, request: RequestInit): Promise<{ response: Response; text: string }> {
    try {
      const response = await this.#fetch(url, request);
      return { response, text: await response.text() };
    } catch (error) {
      throw new ServiceCallError(
        'SdkClientException',
        `Unable to execute HTTP request: ${(error as Error).message}`,
        0,
      );
    }
  }
}

function bodyOf({ service }: TaskResource, args: JsonObject, protocol: Protocol): string {
  // The optimized integrations take JSON where the service itself takes text.
  const given = { ...args };
  if (service === 'sqs' && given.MessageBody !== undefined) given.MessageBody = asText(given.MessageBody);
  if (service === 'states' && given.Input !== undefined) given.Input = asText(given.Input);
  if (service === 'events' && Array.isArray(given.Entries)) {
    given.Entries = given.Entries.map((entry) =>
      isJsonObject(entry) && entry.Detail !== undefined ? { ...entry, Detail: asText(entry.Detail) } : entry,
    );
  }
  return JSON.stringify(protocol.camelCase ? recase(given, lowerFirst) : given);
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Changes the first letter of the members of the top object: all that the supported actions need. */
function recase(value: Json, change: (name: string) => string): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [change(name), part]));
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function refusal(response: Response, text: string): ServiceCallError {
  const body = parseBody(text);
  const type = String(body.__type ?? response.headers.get('x-amzn-errortype') ?? 'InternalServerError');
  const name = type.slice(type.lastIndexOf('#') + 1).split(':')[0]!;
  const message = String(body.message ?? body.Message ?? text);
  return new ServiceCallError(name, message, response.status, response.headers.get('x-amzn-requestid') ?? '');
}

function parseBody(text: string): JsonObject {
  try {
    const body = JSON.parse(text) as Json;
    return isJsonObject(body) ? body : {};
  } catch {
    return {};
  }
}
