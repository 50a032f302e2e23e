import { type Instance, placeOfStore, travelMinutes } from './instance.ts';
import type { Dispatcher, Instruction } from './simulate.ts';

/** First come, first served: each order to the idle courier who is there first, if the shift allows the pickup. */
export function nearestIdle(instance: Instance): Dispatcher {
  const { size, minutes } = travelMinutes(instance);
  return ({ now, open, couriers }) => {
    const idle = new Set(
      couriers
        .map((_, index) => index)
        .filter((index) => {
          const { onAt, offAt } = instance.couriers[index]!;
          return onAt <= now && now <= offAt && couriers[index]!.freeAt <= now;
        }),
    );
    const instructions: Instruction[] = [];
    const inTurn = [...open].sort((a, b) => instance.orders[a]!.placedAt - instance.orders[b]!.placedAt || a - b);
    for (const order of inTurn) {
      const { store, readyAt } = instance.orders[order]!;
      let best = -1;
      let bestMinutes = Number.POSITIVE_INFINITY;
      for (const courier of idle) {
        const away = minutes[couriers[courier]!.place * size + placeOfStore(instance, store)]!;
        const pickup = Math.max(readyAt, now + away + instance.pickupMinutes / 2);
        if (pickup > instance.couriers[courier]!.offAt || away >= bestMinutes) continue;
        best = courier;
        bestMinutes = away;
      }
      if (best < 0) continue;
      idle.delete(best);
      instructions.push({ kind: 'serve', courier: best, store, orders: [order] });
    }
    return instructions;
  };
}
