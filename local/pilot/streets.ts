import { type Streets, streetsOf } from '../location/streets/street-file.ts';
import baybrook from './streets/baybrook-mall.json' with { type: 'json' };
import chandler from './streets/chandler-fashion-center.json' with { type: 'json' };
import fashionShow from './streets/fashion-show.json' with { type: 'json' };
import tysons from './streets/tysons-corner-center.json' with { type: 'json' };

/** The main roads around each pilot mall, schematic. */
export function pilotStreets(): Streets[] {
  return [chandler, fashionShow, tysons, baybrook].map(streetsOf);
}
