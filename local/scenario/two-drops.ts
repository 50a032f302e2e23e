import type { Scenario } from './scenarios.ts';

/** One run to two doors, of which the first stays shut. */
export const twoDrops: Scenario = {
  name: 'two-drops-one-fails',
  about: 'One driver has two orders; the first door stays shut: the second is served at once, the return is last.',
  play: async (stage) => {
    stage.openStores();
    let shut: string | undefined;
    stage.sendDriver(0, {
      atDoor: ({ orderIds: [orderId] }) => {
        shut ??= orderId;
        return orderId === shut ? 'nobody_home' : 'deliver';
      },
    });
    const placed = [await stage.place(stage.basket([0])), await stage.place(stage.basket([0]))];
    const ended = [];
    for (const { id } of placed) ended.push(await stage.untilEnded(id));
    const runs = (await Promise.all(placed.map(({ id }) => stage.operations.inspect(id)))).map(
      ({ carriage }) => carriage?.runId,
    );
    stage.expect(runs[0] !== undefined && runs[0] === runs[1], `they went in runs ${runs.join(' and ')}`);
    const first = ended.find(({ id }) => id === shut);
    const second = ended.find(({ id }) => id !== shut);
    stage.expect(first?.status === 'returned', `behind the shut door it was ${first?.status}`);
    stage.expect(second?.status === 'delivered', `at the other door it was ${second?.status}`);
    stage.expect(second!.endedAt! < second!.promise.by, 'the second waited for the first');
    stage.expect(second!.endedAt! < first!.endedAt!, 'the return came before the second door');
  },
};
