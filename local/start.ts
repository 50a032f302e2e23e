import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { RunningClock } from './clock.ts';
import { type Cloud, startCloud } from './cloud.ts';
import type { AlarmState } from './cloudwatch/alarms.ts';
import { aligned, runCommand } from './command.ts';
import { castOf } from './demo/cast.ts';
import { Demo } from './demo/demo.ts';
import { demoHandler } from './demo/http.ts';
import { demoStart } from './demo/opening-hours.ts';
import { Persons } from './demo/persons.ts';
import { found } from './founding.ts';
import type { Denial } from './iam/denial.ts';
import { streetTravel } from './location/streets/street-travel.ts';
import { pilotAddresses, pilotMalls } from './pilot/pilot.ts';
import { pilotStreets } from './pilot/streets.ts';
import { type Credentials, findRunningCloud } from './running-cloud.ts';
import { readStartOptions, type StartOptions, startUsage } from './start-options.ts';
import { synthesise } from './synthesise.ts';
import { tryScript } from './try-script.ts';
import { executionViewer } from './viewer/viewer.ts';

/** Few invocations at once and every function kept warm: starting a process costs far more than waiting a little. */
const laptopLambda = { concurrency: 4, environments: 14, queueWaitMs: 15_000, idleMs: 300_000 };

await runCommand(startUsage, async () => {
  const options = readStartOptions(process.argv.slice(2));
  if (!options) return { usage: true };
  await run(options);
  return;
});

async function run(options: StartOptions): Promise<void> {
  const interrupted = firstSignal();
  const tell = teller(options);
  const dataDirectory = resolve(options.dataDirectory);
  await refuseSecondStart(dataDirectory);
  const assemblyDirectory = join(dataDirectory, 'cdk.out');
  await mkdir(join(dataDirectory, 'logs'), { recursive: true, mode: 0o700 });
  const logFile = createWriteStream(join(dataDirectory, 'logs', 'cloud.log'), { flags: 'a' });
  const log = (line: string) => logFile.write(`${new Date().toISOString()} ${line}\n`);

  tell.step('Synthesising the stacks and building the pages');
  await synthesise(assemblyDirectory);
  tell.step('Starting the embedded cloud');
  const malls = pilotMalls.map(({ mall }) => mall);
  const cloud = await startCloud({
    assemblyDirectory,
    dataDirectory,
    port: options.port,
    clock: { speed: options.speed, startAt: options.startAt ?? demoStart(malls, Date.now()) },
    addresses: pilotAddresses.map(({ position: [lon, lat], ...address }) => ({ ...address, position: [lon, lat] })),
    travel: streetTravel(pilotStreets()),
    dynamoDbEndpoint: process.env.DYNAMODB_ENDPOINT,
    seed: options.seed,
    lambda: laptopLambda,
    access: { onDenied: tell.denied() },
    onAlarm: tell.alarm,
    onChange: tell.change,
    log,
  });
  let demo: Demo | undefined;
  try {
    tell.step('Bringing in the four malls');
    const { credentials } = await found(cloud, pilotMalls);
    await writeFile(join(dataDirectory, 'try.sh'), tryScript(pilotMalls, pilotAddresses), { mode: 0o700 });
    const persons = new Persons();
    cloud.observe(({ headers }) => persons.saw(headers.authorization));
    const playing = demoOf(options, cloud, credentials, persons, tell.order, log);
    demo = playing;
    mountDemo(cloud, persons, playing);
    const viewer = executionViewer(cloud.executions);
    cloud.mount('/executions', (request, response) => void viewer(request, response));
    cloud.watchChanges((_, partitionKey) => playing.changed(partitionKey));
    await playing.start();
    tell.ready(cloud, credentials);
    await interrupted;
  } finally {
    await demo?.stop();
    await cloud.stop();
    logFile.end();
  }
  tell.stopped();
}

/** Said before anything is written there; the lock of the data folder has the last word. */
async function refuseSecondStart(dataDirectory: string): Promise<void> {
  const running = await findRunningCloud(dataDirectory).catch(() => null);
  if (!running) return;
  const where = `${dataDirectory} is in use by process ${running.pid} at ${running.publicUrl}`;
  throw new Error(`${where}: open that, stop it, or choose another folder with --data-dir.`);
}

function demoOf(
  { speed, seed, hasDemo }: StartOptions,
  cloud: Cloud,
  { channels }: Credentials,
  persons: Persons,
  onOrder: (orderId: string, status: string) => void,
  log: (line: string) => void,
): Demo {
  const { clock, url, audience, executions, meter } = cloud;
  if (!(clock instanceof RunningClock)) throw new Error('The demo needs a clock that runs.');
  return new Demo({
    plays: hasDemo,
    clock,
    speed,
    baseUrl: url,
    audience,
    mint: (sub, lifetimeSeconds) => cloud.mint({ sub, lifetimeSeconds }),
    channelKey: channels[0]!,
    malls: pilotMalls,
    addresses: pilotAddresses,
    seed,
    persons,
    spentUsd: () => meter.usage().cost.byComponent,
    executionUrl: (name) => `/executions/${name}`,
    waiting: (name) => executions.describe(name)?.waiting ?? [],
    onOrder,
    log,
  });
}

function mountDemo(cloud: Cloud, persons: Persons, demo: Demo): void {
  const handler = demoHandler({
    cast: castOf(pilotMalls),
    persons,
    mint: (sub, lifetimeSeconds, claims) => cloud.mint({ sub, lifetimeSeconds, claims }),
    overview: () => demo.overview(),
  });
  cloud.mount('/demo', (request, response) => {
    handler(request, response).catch(() => response.destroy());
  });
  cloud.setConfig({ demo: { overview: '/demo/overview', actors: '/demo/actors', token: '/demo/token' } });
}

/** Resolves at the first Ctrl-C or termination; a second one ends the process at once. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isSecond = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isSecond) process.exit(1);
        isSecond = true;
        resolve();
      });
    }
  });
}

function teller({ json, dataDirectory, speed, hasDemo }: StartOptions) {
  const line = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`);
  const say = (text: string) => process.stdout.write(text);
  const bold = (text: string) => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
  const soft = (text: string) => (process.stdout.isTTY ? `\u001b[2m${text}\u001b[0m` : text);
  return {
    step: (text: string) => !json && say(soft(`${text} …\n`)),
    order: (id: string, status: string) => json && line({ event: 'order', id, status }),
    change: (sentence: string) => (json ? line({ event: 'change', sentence }) : say(`${sentence}\n`)),
    alarm: ({ name, state, since, description }: AlarmState) => {
      if (json) return line({ event: 'alarm', name, state, since });
      say(state === 'ALARM' ? `${bold(state)} ${name} since ${since}. ${description}\n` : `${state} again: ${name}\n`);
    },
    denied: () => {
      const told = new Set<string>();
      return ({ message }: Denial) => {
        if (told.has(message)) return;
        told.add(message);
        process.stderr.write(`ERROR ${message}\n`);
      };
    },
    stopped: () => (json ? line({ event: 'stopped' }) : say('Stopped; the next start goes on from here.\n')),
    ready: (cloud: Cloud, { actors }: Credentials) => {
      const { url, controlUrl, clock } = cloud;
      if (json) {
        line({ event: 'ready', url, dataDir: cloud.dataDirectory, pid: process.pid, controlUrl });
        return;
      }
      const local = new Intl.DateTimeFormat('en-US', {
        timeZone: 'America/Los_Angeles',
        weekday: 'long',
        month: 'long',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }).format(clock.now());
      const folder = relative(process.cwd(), resolve(dataDirectory)) || '.';
      say(`\n${bold(`Mallway runs at ${url}`)}\nIt is ${local} in Las Vegas; time runs ×${speed}.\n\n`);
      say(
        aligned([
          ['  Orders and everybody in the malls', url],
          ['  Executions', `${url}/executions`],
          ['  API', `${url}/openapi.json`],
          ['  Place an order yourself', join(folder, 'try.sh')],
        ]),
      );
      const shown = ['operations', 'store', 'driver'].flatMap(
        (role) => actors.find((actor) => actor.role === role) ?? [],
      );
      say(`\n${hasDemo ? 'Be one of them; the demo leaves that one alone' : 'You can be'}\n`);
      say(aligned(shown.map(({ name, role, url: page }) => [`  ${name}`, role, page])));
      say(`\n${soft('Ctrl-C stops everything.')}\n`);
    },
  };
}
