import { parseArgs } from 'node:util';

export interface StartOptions {
  port: number;
  dataDirectory: string;
  /** Business seconds in one wall second. */
  speed: number;
  /** Business ms at which a new data folder begins; undefined leaves it to the demo. */
  startAt: number | undefined;
  hasDemo: boolean;
  seed: string;
  json: boolean;
}

export const startUsage = `npm start [-- options]

Runs everything that is deployed on this machine: synthesises the stacks, starts the embedded cloud, brings in the
four pilot malls, and plays everybody in them.

  --port <n>        public port; 0 takes any                          (8080)
  --data-dir <dir>  where everything is kept; a second start goes on  (.mallway)
  --speed <n>       business seconds in one wall second               (60)
  --start-at <iso>  when a new data folder begins                     (11:00 in Las Vegas, next weekday)
  --no-demo         nobody is played; only what you do happens
  --seed <text>     the demo's dice                                   (mallway)
  --json            a line of JSON for each event`;

/** Reads the command line; null when help was asked for. Throws a sentence for a value it cannot use. */
export function readStartOptions(args: string[]): StartOptions | null {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      port: { type: 'string', default: '8080' },
      'data-dir': { type: 'string', default: '.mallway' },
      speed: { type: 'string', default: '60' },
      'start-at': { type: 'string' },
      demo: { type: 'boolean', default: true },
      seed: { type: 'string', default: 'mallway' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port ${values.port} is no port: give a number from 0 to 65535; 0 takes any.`);
  }
  const speed = Number(values.speed);
  if (!(speed > 0 && speed <= 3_600)) {
    throw new Error(
      `--speed ${values.speed} is no speed: give business seconds a wall second, above 0 and up to 3600.`,
    );
  }
  const startAt = values['start-at'] === undefined ? undefined : Date.parse(values['start-at']);
  if (Number.isNaN(startAt)) {
    throw new Error(`--start-at ${values['start-at']} is no instant: write it like 2026-11-27T14:00:00Z.`);
  }
  return {
    port,
    dataDirectory: values['data-dir'],
    speed,
    startAt,
    hasDemo: values.demo,
    seed: values.seed,
    json: values.json,
  };
}
