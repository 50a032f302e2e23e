import type { Scenario } from './scenarios.ts';

/** A driver cannot go on; another meets them at the roadside. */
export const handOver: Scenario = {
  name: 'hand-over',
  about: 'The driver breaks down on the way to the door: another one meets them, takes the bags over and delivers.',
  play: async (stage) => {
    stage.openStores();
    const driver = stage.sendDriver(0);
    const { id } = await stage.place(stage.basket([0, 1]));
    const { driverId: first } = await stage.until(
      'on its way',
      id,
      90,
      ({ status }) => status === 'enroute_to_dropoff',
    );
    await driver.stop();
    const phone = stage.person(first!);
    await stage.expectRefusal('not_found', () =>
      phone.post('/v1/driver/hand-overs/ord_other', { runCode: '0000', labels: ['MW-1'] }),
    );
    await stage.expectRefusal('not_held', () => stage.operations.resolve(id, 'hand_over'));
    await stage.operations.reassign(id, 'breakdown');
    await stage.operations.resolve(id, 'hand_over');
    let isGiven = false;
    stage.sendDriver(1, {
      atMeeting: async ({ driverId, orderId, runCode, labels }) => {
        stage.expect(driverId === first && orderId === id, `${driverId} was met for ${orderId}`);
        const give = (code: string, named: string[]) =>
          phone.post(`/v1/driver/hand-overs/${orderId}`, { runCode: code, labels: named });
        const another = runCode === '0000' ? '1111' : '0000';
        await stage.expectRefusal('wrong_driver', () => give(another, labels));
        await stage.expectRefusal('parcels_missing', () => give(runCode, labels.slice(1)));
        await give(runCode, labels);
        isGiven = true;
      },
    });
    const order = await stage.untilEnded(id);
    stage.expect(order.status === 'delivered' && !order.partial, `it was ${order.status}`);
    stage.expect(isGiven && order.driverId !== first, 'the driver who broke down delivered it');
    const waiting = await stage.operations.waiting();
    stage.expect(!waiting.some(({ orderId }) => orderId === id), 'it waits for somebody to look');
    const told = (await stage.channel.events(id)).filter(({ type }) => type === 'custody.handed_over');
    stage.expect(told.length === 1, `the bags changed hands ${told.length} times`);
    const { activeRunId } = await phone.get<{ activeRunId: string | null }>('/v1/driver');
    stage.expect(activeRunId === null, 'the driver who broke down is not free');
  },
};
