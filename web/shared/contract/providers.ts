/** The last day on which it holds, `YYYY-MM-DD`. */
export interface Insurance {
  kind: string;
  expiresOn: string;
}

interface AnyProvider {
  id: string;
  name: string;
  zone: string;
  vehicles: string[];
  status: 'active' | 'suspended';
  suspension?: { reason: string; since: string } | undefined;
  standing: 'cleared' | 'suspended' | 'insurance_expired';
  insurancesExpired: string[];
  insurancesEndingSoon: Insurance[];
}

export interface DeliveryPartner extends AnyProvider {
  kind: 'delivery_partner';
  mallIds: string[];
  cities: string[];
  hours: object;
  insurances: Insurance[];
}

export interface HubStore extends AnyProvider {
  kind: 'hub_store';
  position: readonly [lon: number, lat: number];
  radiusMetres: number;
  calendar: object;
}

/** One of GET /v1/providers */
export type Provider = DeliveryPartner | HubStore;

/** GET /v1/providers/{providerId} */
export interface ProviderWithDrivers {
  provider: Provider;
  drivers: {
    id: string;
    name: string;
    mallId: string;
    vehicle: string;
    status: string;
    shift: { startedAt: string } | null;
    openOfferId: string | null;
    activeRunId: string | null;
  }[];
}
