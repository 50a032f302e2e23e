import type { Scenario } from './scenarios.ts';

/** What happens to ready parcels when the mall closes and nobody has come. */
export const nextDay: Scenario = {
  name: 'next-day',
  about: 'Nobody comes before the mall closes: what is ready stays over night, and is delivered in the morning.',
  at: '18:45',
  play: async (stage) => {
    const boards = stage.openStores();
    const { id, promise } = await stage.place(stage.basket([0, 1], { atClose: 'next_day' }));
    const moved = await stage.until('moved to the next day', id, 120, ({ rescheduled }) => rescheduled !== undefined);
    stage.expect(moved.status === 'created', `it was ${moved.status}`);
    stage.expect(moved.rescheduled!.before.by === promise.by, 'the promise before is not told');
    const storeId = stage.storeId(0);
    const kept = await stage
      .person(storeId)
      .get<{ status: string; keptForDayFrom?: string }>(`/v1/stores/${storeId}/pickups/${id}`);
    stage.expect(
      kept.status === 'ready' && kept.keptForDayFrom !== undefined,
      'the store does not know that it keeps it',
    );
    await Promise.all(boards.map((board) => board.stop()));
    const opens = Date.parse(moved.rescheduled!.opensAt);
    await stage.pass(opens - 30 * 60_000 - stage.now);
    stage.sendDriver(0);
    const order = await stage.untilEnded(id);
    stage.expect(order.status === 'delivered', `it was ${order.status}`);
    stage.expect(order.endedAt! <= order.promise.by, 'the second promise was broken');
  },
};
