import type { MallDocument } from '../../local/pilot/mall-document.ts';
import { smallMall } from '../../local/scenario/stage.ts';

const names = ['Ana', 'Marcus', 'Wei', 'Tomás', 'Noor', 'Ilse', 'Kofi', 'June'];

/** A mall with a driver for every state in which an order may be met. */
export function mallOfRecording(): MallDocument {
  const drivers = names.map((name, index) => ({
    id: `chandler.recorded-${index}`,
    name,
    vehicle: 'car',
    status: 'active',
  }));
  return { ...smallMall(), drivers };
}
