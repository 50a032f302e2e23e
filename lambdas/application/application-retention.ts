import { type Application, decideApplication, keptAfterDays, lapsesAfterDays } from '../domain/application.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { isRejection } from '../domain/rejection.ts';
import { type Instant, plusMinutes } from '../domain/time.ts';
import { CommitRefused } from './database.ts';
import type { ErasurePorts } from './erasure.ts';
import { applicationWrites } from './joining.ts';
import { papersOf } from './papers.ts';
import { dataOf, keys, lists } from './records.ts';

/** What came of one pass over the applications. */
export interface ApplicationsOutcome {
  lapsed: number;
  erased: number;
  failed: { applicationId: ApplicationId; error: string }[];
}

const perPass = 100;

/**
 * Ends applications that nobody has moved for long enough, and takes away who it was of those that ended long enough
 * ago: name, address and phone, and every picture. The pictures go first: an application that still names somebody is
 * one that is not done with.
 */
export async function endApplications(
  { database, proofs }: ErasurePorts,
  now: Instant,
  isTimeUp = () => false,
): Promise<ApplicationsOutcome> {
  const outcome: ApplicationsOutcome = { lapsed: 0, erased: 0, failed: [] };
  const each = async (list: string, days: number, step: (application: Application) => Promise<void>) => {
    // Below which lie those of that very instant, whatever their id.
    const until = `${plusMinutes(now, -days * 24 * 60)}~`;
    const { keys: due } = await database.queryIndex({
      table: 'catalogue',
      index: 'lists',
      pk: list,
      until,
      limit: perPass,
    });
    for (const item of await database.getMany(due)) {
      if (isTimeUp()) return;
      const application = dataOf<Application>(item);
      try {
        await step(application);
      } catch (error) {
        // Whoever has moved it meanwhile comes first; the rest is tried again within the hour.
        if (!(error instanceof CommitRefused))
          outcome.failed.push({ applicationId: application.id, error: String(error) });
      }
    }
  };
  await each(lists.openApplications, lapsesAfterDays, async (application) => {
    const lapsed = decideApplication(application, { type: 'lapse' }, now);
    if (isRejection(lapsed)) return;
    await database.commit(applicationWrites(application, lapsed));
    outcome.lapsed += 1;
  });
  await each(lists.endedApplications, keptAfterDays, async (application) => {
    const erased = decideApplication(application, { type: 'erase' }, now);
    if (isRejection(erased)) return;
    await proofs.eraseBelow(papersOf(application.id));
    await database.commit([
      ...applicationWrites(application, erased),
      { kind: 'delete', ...keys.applicant(application.id) },
    ]);
    outcome.erased += 1;
  });
  return outcome;
}
