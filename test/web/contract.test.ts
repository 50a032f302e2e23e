import { expectTypeOf, it } from 'vitest';
import type * as views from '../../lambdas/application/views.ts';
import type * as contract from '../../web/shared/contract.ts';

it('reads what the API answers', () => {
  expectTypeOf<views.PickupView>().toExtend<contract.Pickup>();
  expectTypeOf<ReturnType<typeof views.driverView>>().toExtend<contract.Driver>();
  expectTypeOf<ReturnType<typeof views.runView>>().toExtend<contract.Run>();
  expectTypeOf<ReturnType<typeof views.offerView>>().toExtend<Omit<contract.Offer, 'mallName' | 'zone' | 'stores'>>();
  expectTypeOf<ReturnType<typeof views.orderView>>().toExtend<contract.Inspection['order']>();
});
