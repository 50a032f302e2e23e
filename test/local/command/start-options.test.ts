import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aligned } from '../../../local/command.ts';
import { pilotAddresses, pilotMalls } from '../../../local/pilot/pilot.ts';
import { findRunningCloud, readCredentials } from '../../../local/running-cloud.ts';
import { readStartOptions } from '../../../local/start-options.ts';
import { tryScript } from '../../../local/try-script.ts';

const folder = mkdtempSync(join(tmpdir(), 'mallway-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the options of npm start', () => {
  it('have defaults', () => {
    expect(readStartOptions([])).toEqual({
      port: 8080,
      dataDirectory: '.mallway',
      speed: 60,
      startAt: undefined,
      hasDemo: true,
      seed: 'mallway',
      json: false,
    });
  });

  it('are read', () => {
    const args = '--port 0 --data-dir d --speed 1 --start-at 2026-11-27T14:00:00Z --no-demo --seed 7 --json'.split(' ');
    expect(readStartOptions(args)).toEqual({
      port: 0,
      dataDirectory: 'd',
      speed: 1,
      startAt: Date.parse('2026-11-27T14:00:00Z'),
      hasDemo: false,
      seed: '7',
      json: true,
    });
    expect(readStartOptions(['--help'])).toBeNull();
  });

  it.each([
    [['--port', 'http'], '--port http is no port'],
    [['--port', '70000'], '--port 70000 is no port'],
    [['--speed', '0'], '--speed 0 is no speed'],
    [['--start-at', 'noon'], '--start-at noon is no instant'],
    [['--colour'], '--colour'],
  ])('%s are refused with the remedy', (args, sentence) => {
    expect(() => readStartOptions(args)).toThrow(sentence);
  });
});

describe('a running cloud', () => {
  it('is missed with the remedy', async () => {
    await expect(findRunningCloud(join(folder, 'none'))).rejects.toThrow('start it with npm start');
    expect(await readCredentials(join(folder, 'none'))).toBeNull();
  });

  it('that has gone away is missed as well', async () => {
    const publicUrl = 'http://127.0.0.1:9';
    writeFileSync(join(folder, 'control.json'), JSON.stringify({ url: publicUrl, token: 't', pid: 1, publicUrl }));
    await expect(findRunningCloud(folder)).rejects.toThrow(`Nothing runs on ${folder}`);
  });
});

it('try.sh is a script that bash understands, and says so when nothing runs', () => {
  const script = join(folder, 'try.sh');
  writeFileSync(script, tryScript(pilotMalls, pilotAddresses), { mode: 0o700 });
  execFileSync('bash', ['-n', script]);
  writeFileSync(join(folder, 'control.json'), JSON.stringify({ publicUrl: 'http://127.0.0.1:9' }, null, 2));
  writeFileSync(join(folder, 'credentials.json'), JSON.stringify({ channels: [{ keyId: 'k', secret: 's' }] }, null, 2));
  const run = () => execFileSync(script, { stdio: 'pipe', encoding: 'utf8' });
  expect(run).toThrow('Nothing runs at http://127.0.0.1:9: start it with npm start.');
});

it('rows are aligned by column, without blanks at the end', () => {
  expect(
    aligned([
      ['a', 'bb', 'c'],
      ['aaa', 'b', 'c'],
    ]),
  ).toBe('a    bb  c\naaa  b   c\n');
});
