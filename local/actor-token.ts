import { signWithKey } from './actors/credentials.ts';
import { findRunningCloud, readCredentials } from './running-cloud.ts';

/**
 * A bearer token for an actor of a running cloud: a person's from the demo's token endpoint, which then leaves that
 * actor alone, or a channel's, signed here with its own key.
 */
export async function tokenFor(actorId: string, dataDirectory: string): Promise<string> {
  const cloud = await findRunningCloud(dataDirectory);
  const credentials = await readCredentials(dataDirectory);
  const channel = credentials?.channels.find(({ id }) => id === actorId);
  if (channel) {
    const { audience } = (await (await fetch(`${cloud.publicUrl}/config.json`)).json()) as { audience: string };
    return signWithKey(channel, audience);
  }
  const response = await fetch(`${cloud.publicUrl}/demo/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ actor: actorId }),
  });
  if (response.ok) return ((await response.json()) as { token: string }).token;
  const known = [...(credentials?.channels ?? []), ...(credentials?.actors ?? [])].map(({ id }) => id);
  throw new Error(`There is no actor ${actorId}; there are ${known.join(', ')}.`);
}
