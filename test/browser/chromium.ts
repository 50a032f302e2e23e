import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** CHROMIUM_PATH, the system's Chromium, or the one in the optional dependency; null where there is none. */
async function chromiumPath(): Promise<string | null> {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (!existsSync(given)) throw new Error(`CHROMIUM_PATH names ${given}, which is not there. Correct or unset it.`);
    return given;
  }
  if (existsSync('/usr/bin/chromium')) return '/usr/bin/chromium';
  // Named by a variable, because the package is optional: a host that cannot have it must still check and test.
  const optional = '@sparticuz/chromium';
  try {
    const { default: packed } = (await import(optional)) as { default: { executablePath(): Promise<string> } };
    return await packed.executablePath();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

export const chromiumExecutable = await chromiumPath();
if (!chromiumExecutable) {
  console.warn('browser tests skipped: no Chromium found (set CHROMIUM_PATH, or install @sparticuz/chromium)');
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumExecutable!, args: flags });
}
