// Runs one deployed function: a client of the documented Lambda Runtime API. It has no dependencies, so that a
// bundle meets nothing in its process that it would not meet in AWS.
import dns from 'node:dns';
import { existsSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const runtimeApi = new URL(`http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/`);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

// The pipe closes when the host ends, however it ends; nobody is left to report to.
process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0));
process.stdin.resume();
// Ctrl-C, and whatever else ends the whole process group, is for the host: it decides when this process ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

resolveLocalhostNames();

/** Clients that put a prefix before the endpoint's host (`routes.localhost`) still reach the local endpoint. */
function resolveLocalhostNames() {
  const original = dns.lookup;
  dns.lookup = function lookup(hostname, options, callback) {
    const done = typeof options === 'function' ? options : callback;
    if (typeof hostname !== 'string' || !/(^|\.)localhost$/i.test(hostname)) {
      return original.call(dns, hostname, options, callback);
    }
    const all = typeof options === 'object' && options !== null && options.all;
    process.nextTick(() => (all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)));
  };
}

/** @returns {Promise<{headers: import('node:http').IncomingHttpHeaders, body: string}>} */
function call(method, resource, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(new URL(resource, runtimeApi), { method, agent, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

class RuntimeError extends Error {
  constructor(type, message) {
    super(message);
    this.name = type;
  }
}

/** The error as Lambda reports it: `{errorType, errorMessage, trace}`. */
function describe(error) {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function report(resource, error) {
  const description = describe(error);
  console.error(JSON.stringify(description));
  return call('POST', resource, JSON.stringify(description), {
    'content-type': 'application/json',
    'lambda-runtime-function-error-type': encodeURIComponent(description.errorType),
  });
}

async function loadHandler() {
  const taskRoot = process.env.LAMBDA_TASK_ROOT;
  const [, modulePath, exportName] = /^(.*)\.([^./]+)$/.exec(process.env._HANDLER) ?? [];
  if (!modulePath) throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler ${process.env._HANDLER}`);
  const file = ['.mjs', '.js', '.cjs'].map((end) => path.join(taskRoot, modulePath + end)).find(existsSync);
  if (!file) throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${modulePath}'`);
  let loaded;
  try {
    loaded = await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error));
    if (error?.code === 'ERR_MODULE_NOT_FOUND' || error?.code === 'MODULE_NOT_FOUND') {
      throw new RuntimeError('Runtime.ImportModuleError', String(error));
    }
    throw error;
  }
  const handler = loaded[exportName] ?? loaded.default?.[exportName];
  if (typeof handler !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${process.env._HANDLER} is undefined or not exported`);
  }
  if (handler.length >= 3) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.',
    );
  }
  return handler;
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

let currentRequestId;

function dieOf(type, exitCode) {
  return (cause) => {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    if (type) error.name = type;
    const resource = currentRequestId ? `invocation/${currentRequestId}/error` : 'init/error';
    report(resource, error).finally(() => process.exit(exitCode));
  };
}
process.on('uncaughtException', dieOf(undefined, 129));
process.on('unhandledRejection', dieOf('Runtime.UnhandledPromiseRejection', 128));

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  await report('init/error', error);
  process.exit(1);
}

for (;;) {
  const { headers, body } = await call('GET', 'invocation/next');
  currentRequestId = headers['lambda-runtime-aws-request-id'];
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  try {
    const result = await handler(JSON.parse(body), contextOf(headers));
    const payload = JSON.stringify(result === undefined ? null : result);
    await call('POST', `invocation/${currentRequestId}/response`, payload, { 'content-type': 'application/json' });
  } catch (error) {
    await report(`invocation/${currentRequestId}/error`, error);
  }
  currentRequestId = undefined;
}
