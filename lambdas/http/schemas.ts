import type { OperationId } from './routes.ts';
import { directorySchemas } from './schemas/directory.ts';
import { driversSchemas } from './schemas/drivers.ts';
import { joiningSchemas } from './schemas/joining.ts';
import { operationsSchemas } from './schemas/operations.ts';
import { orderingSchemas } from './schemas/ordering.ts';
import type { OperationSchema } from './schemas/parts.ts';
import { peopleSchemas } from './schemas/people.ts';
import { providersSchemas } from './schemas/providers.ts';
import { readinessSchemas } from './schemas/readiness.ts';
import { trackingSchemas } from './schemas/tracking.ts';

/** What each operation takes. The same schemas make the OpenAPI document; an unknown property is refused. */
export const schemas = {
  ...orderingSchemas,
  ...readinessSchemas,
  ...driversSchemas,
  ...trackingSchemas,
  ...operationsSchemas,
  ...directorySchemas,
  ...providersSchemas,
  ...peopleSchemas,
  ...joiningSchemas,
} as const satisfies Record<OperationId, OperationSchema>;
