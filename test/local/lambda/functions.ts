import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SteppedClock } from '../../../local/clock.ts';
import { LambdaHost, type LambdaHostOptions } from '../../../local/lambda/host.ts';
import type { FunctionRegistration } from '../../../local/lambda/registration.ts';

const directories: string[] = [];

/** A directory with one `index.mjs`, as CDK's bundling leaves it. */
export function asset(source: string, file = 'index.mjs'): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'asset-'));
  directories.push(directory);
  writeFileSync(path.join(directory, file), source);
  return directory;
}

export function removeAssets(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export function registrationOf(
  name: string,
  source: string,
  overrides: Partial<FunctionRegistration> = {},
): FunctionRegistration {
  return {
    name,
    arn: `arn:aws:lambda:us-east-1:111122223333:function:${name}`,
    assetDirectory: asset(source),
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutSeconds: 10,
    memoryMb: 128,
    environment: {},
    credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' },
    ...overrides,
  };
}

export interface RunningHost {
  host: LambdaHost;
  clock: SteppedClock;
  counts: Record<string, number>;
  lines: { functionName: string; requestId: string | undefined; line: string }[];
}

export async function startHost(overrides: Partial<LambdaHostOptions> = {}): Promise<RunningHost> {
  const clock = new SteppedClock(Date.UTC(2026, 10, 22, 20));
  const counts: Record<string, number> = {};
  const lines: RunningHost['lines'] = [];
  const host = await LambdaHost.start({
    clock,
    meter: {
      count: (unit, quantity) => {
        counts[unit] = (counts[unit] ?? 0) + quantity;
      },
    },
    log: (functionName, requestId, line) => lines.push({ functionName, requestId, line }),
    region: 'us-east-1',
    endpointUrl: 'http://localhost:4566',
    ...overrides,
  });
  return { host, clock, counts, lines };
}

/** Waits for something that another process does. */
export async function eventually(condition: () => boolean, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
