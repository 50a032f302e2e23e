import { type Caller, Refused, type SigningKey } from './client.ts';

/** Everything of the smoke test in the directory; it stays there, paused, and says what it is. */
export const ids = {
  mall: 'smoke-test',
  retailer: 'smoke-test',
  store: 'smoke-test.counter',
  driver: 'smoke-test.driver',
  channel: 'smoke-test',
} as const;

const name = 'Smoke test (no real mall)';
/** In the Gulf of Guinea, where no mall is. */
const at: [lon: number, lat: number] = [0.01, 0.01];
export const door = { position: [0.02, 0.02] as [number, number], address: '1 Test Street, Null Island' };

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Puts the mall there, open at this hour, with one store, one driver and one channel. */
export async function openTestMall(operations: Caller, now: Date): Promise<void> {
  const hours = { weekly: Object.fromEntries(weekdays.map((day) => [day, { opens: '00:00', closes: '24:00' }])) };
  await operations.put(`/v1/malls/${ids.mall}`, { name, zone: zoneOfNoon(now), position: at, hours });
  await operations.put(`/v1/retailers/${ids.retailer}`, { name });
  await operations.put(`/v1/stores/${ids.store}`, {
    retailerId: ids.retailer,
    mallId: ids.mall,
    name,
    level: '0',
    position: at,
    hours,
    prepMinutes: 1,
  });
  await operations.put(`/v1/drivers/${ids.driver}`, { name: 'Smoke test', mallId: ids.mall });
  await operations.put(`/v1/channels/${ids.channel}`, { name });
  await operations.post(`/v1/malls/${ids.mall}/state`, { state: 'open' });
}

/** Afterwards nobody can order there; without hours, its pause is no alarm. */
export async function closeTestMall(operations: Caller): Promise<void> {
  await operations.put(`/v1/malls/${ids.mall}`, { name, zone: 'Etc/GMT', position: at, hours: { weekly: {} } });
  await operations.post(`/v1/malls/${ids.mall}/state`, { state: 'paused', reason: 'The smoke test is over.' });
}

/** The zone where it is about noon, so that no closing time is near. `Etc/GMT+5` is five hours behind Greenwich. */
export function zoneOfNoon(now: Date): string {
  const behind = now.getUTCHours() - 12;
  return behind === 0 ? 'Etc/GMT' : `Etc/GMT${behind > 0 ? '+' : '-'}${Math.abs(behind)}`;
}

/** A signing key; a second test on the same day gets the same one, so that keys do not pile up. */
export function keyOf(operations: Caller, owner: { kind: 'channel' | 'retailer' }, day: string): Promise<SigningKey> {
  const id = owner.kind === 'channel' ? { channelId: ids.channel } : { retailerId: ids.retailer };
  return operations.post('/v1/keys', { owner: { ...owner, ...id } }, `smoke-test-${owner.kind}-${day}`);
}

/**
 * Makes the person behind the token the driver of the test. Somebody who is already another driver, or has another
 * role, is left as they are.
 */
export async function bindDriver(operations: Caller, person: Caller, subject: string): Promise<void> {
  const driver = await person.get<{ id: string }>('/v1/driver').catch((error: unknown) => {
    // Nobody is bound yet, or the driver this person was is gone.
    if (error instanceof Refused && (error.status === 401 || error.status === 404)) return null;
    throw error;
  });
  if (driver && driver.id !== ids.driver) {
    throw new Error(
      `The driver's token is of ${subject}, who is the driver ${driver.id}; the test needs a person of its own.`,
    );
  }
  await operations.put(`/v1/people/${subject}`, { role: { kind: 'driver', driverId: ids.driver } });
}
