import type { LonLat } from '../location/travel.ts';
import addresses from './addresses.json' with { type: 'json' };
import baybrook from './baybrook-mall.json' with { type: 'json' };
import chandler from './chandler-fashion-center.json' with { type: 'json' };
import fashionShow from './fashion-show.json' with { type: 'json' };
import type { MallDocument } from './mall-document.ts';
import tysons from './tysons-corner-center.json' with { type: 'json' };

/** The four malls of the pilot. Malls, streets and positions are real; stores, people and house numbers invented. */
export const pilotMalls = [chandler, fashionShow, tysons, baybrook] as unknown as MallDocument[];

export interface PilotAddress {
  /** Number and street. */
  address: string;
  municipality: string;
  region: string;
  postalCode: string;
  position: LonLat;
}

/** Doors that shoppers of the pilot live behind; the embedded geocoder knows them. */
export const pilotAddresses = addresses as unknown as PilotAddress[];

/** The address on one line, as a shopper writes it. */
export function addressLine({ address, municipality, region, postalCode }: PilotAddress): string {
  return `${address}, ${municipality}, ${region} ${postalCode}`;
}
