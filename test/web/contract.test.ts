import { expectTypeOf, it } from 'vitest';
import type * as views from '../../lambdas/application/views.ts';
import type { Driver, Offer, Run } from '../../web/shared/contract/driver.ts';
import type { Inspection } from '../../web/shared/contract/operations.ts';
import type { Pickup } from '../../web/shared/contract/store.ts';

it('reads what the API answers', () => {
  expectTypeOf<views.PickupView>().toExtend<Pickup>();
  expectTypeOf<ReturnType<typeof views.driverView>>().toExtend<Driver>();
  expectTypeOf<ReturnType<typeof views.runView>>().toExtend<Run>();
  expectTypeOf<ReturnType<typeof views.offerView>>().toExtend<Omit<Offer, 'mallName' | 'zone' | 'stores'>>();
  expectTypeOf<ReturnType<typeof views.orderView>>().toExtend<Inspection['order']>();
});
