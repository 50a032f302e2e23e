import { parseArgs } from 'node:util';
import { tokenFor } from '../local/actor-token.ts';
import { ApiClient } from '../local/actors/api-client.ts';
import { aligned, runCommand } from '../local/command.ts';
import { applyMallDocument } from '../local/pilot/apply-mall.ts';
import { readMallDocument } from '../local/pilot/mall-document.ts';
import { findRunningCloud } from '../local/running-cloud.ts';

const usage = `npm run mall -- apply FILE [--url URL --token TOKEN] [--as operations] [--data-dir .mallway]

Creates or changes a mall with its providers, retailers, stores, drivers and channels, through the API; applying the
same file again changes nothing. Without --url it goes to the cloud that runs on the data folder, as the actor named by --as.
local/pilot/*.json are examples.`;

await runCommand(usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      token: { type: 'string' },
      as: { type: 'string', default: 'operations' },
      'data-dir': { type: 'string', default: '.mallway' },
      help: { type: 'boolean' },
    },
  });
  const [verb, file, surplus] = positionals;
  if (values.help || verb !== 'apply' || file === undefined || surplus !== undefined) {
    return { usage: values.help === true };
  }
  const document = await readMallDocument(file);
  const { url, token } = values;
  if (url !== undefined && token === undefined) throw new Error('--url needs --token: a token of operations there.');
  const baseUrl = url?.replace(/\/$/, '') ?? (await findRunningCloud(values['data-dir'])).publicUrl;
  const bearer = token ?? (await tokenFor(values.as, values['data-dir']));
  const applied = await applyMallDocument(new ApiClient({ baseUrl, credential: async () => bearer }), document);
  process.stdout.write(aligned(applied.map(({ kind, id, outcome }) => [kind, id, outcome])));
});
