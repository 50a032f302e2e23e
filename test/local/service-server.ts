import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceRequest, ServiceResponse } from '../../local/services.ts';

export interface ServiceServer {
  port: number;
  close(): void;
}

/** Serves one AWS service over loopback HTTP, for tests with the real clients. Whoever calls is the operator. */
export async function serve(handle: (request: ServiceRequest) => Promise<ServiceResponse>): Promise<ServiceServer> {
  const server = createServer(async (incoming, outgoing) => {
    const response = await handle(await serviceRequest(incoming)).catch((error: unknown) => ({
      status: 500,
      headers: {},
      body: String(error),
    }));
    outgoing.writeHead(response.status, response.headers);
    outgoing.end(incoming.method === 'HEAD' ? undefined : response.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function serviceRequest(incoming: IncomingMessage): Promise<ServiceRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const [path = '', query = ''] = (incoming.url ?? '').split('?');
  return {
    service: 'test',
    caller: { role: 'operator', accessKeyId: 'AKID' },
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks),
  };
}

/** Settings of an SDK client that talks to such a server. */
export function clientSettings(port: number, host = '127.0.0.1') {
  return {
    region: 'us-east-1',
    endpoint: `http://${host}:${port}`,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
}

/** A meter that adds up. */
export function countingMeter() {
  const counts: Record<string, number> = {};
  return {
    counts,
    count: (unit: string, quantity: number) => {
      counts[unit] = (counts[unit] ?? 0) + quantity;
    },
  };
}
