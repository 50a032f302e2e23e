import { type ApiClient, ApiProblem } from './api-client.ts';
import type { RunStop } from './api-types.ts';
import { doorPhoto } from './photo.ts';
import type { LonLat } from './travel.ts';

/** What happens when the driver rings. */
export type DoorOutcome = 'deliver' | 'refuse_some' | 'refuse_all' | 'nobody_home';

/** Puts a picture where the API says; rejects unless it was taken. */
export type UploadPhoto = (url: string, contentType: string, picture: Buffer) => Promise<void>;

export interface DoorVisit {
  client: ApiClient;
  stop: RunStop;
  path: string;
  outcome: DoorOutcome;
  askPin: (orderId: string) => Promise<string | null>;
  uploadPhoto: UploadPhoto;
  tint: number;
  /** Where the phone is. */
  whereabouts: { position: LonLat; accuracyMetres: number };
}

/** Ends the stop at a door: delivered with the proof that the order asks for, or failed with the evidence it needs. */
export async function doDoor(visit: DoorVisit): Promise<void> {
  const { client, stop, path, outcome, askPin, whereabouts } = visit;
  const labels = stop.parcels.map(({ label }) => label);
  if (outcome === 'nobody_home') {
    const evidence = { contactAttempts: 2, photoKey: await photograph(visit) };
    await client.post(`${path}/fail`, { reason: 'customer_unavailable', evidence });
    return;
  }
  if (outcome === 'refuse_all' || (outcome === 'refuse_some' && labels.length < 2)) {
    await client.post(`${path}/fail`, { reason: 'refused', evidence: { note: 'The recipient does not want it.' } });
    return;
  }
  const refusedLabels = outcome === 'refuse_some' ? labels.slice(-1) : [];
  const taken = labels.filter((label) => !refusedLabels.includes(label));
  if (stop.door?.proof === 'pin') {
    const pin = await askPin(stop.orderIds[0]!);
    if (pin === null) {
      await client.post(`${path}/fail`, { reason: 'pin_missing', evidence: { contactAttempts: 2 } });
      return;
    }
    await client.post(`${path}/complete`, { labels: taken, refusedLabels, proof: { kind: 'pin', pin }, whereabouts });
    return;
  }
  const proof = { kind: 'photo', photoKey: await photograph(visit) };
  await client.post(`${path}/complete`, { labels: taken, refusedLabels, proof, whereabouts });
}

async function photograph({ client, stop, uploadPhoto, tint }: DoorVisit): Promise<string> {
  const contentType = 'image/png';
  const body = { contentType, stopId: stop.id };
  const link = await client.post<{ photoKey: string; uploadUrl: string }>('/v1/driver/proofs', body);
  await uploadPhoto(link.uploadUrl, contentType, doorPhoto(tint));
  return link.photoKey;
}

const uploadAttempts = 5;

/** Uploads with a plain PUT, as a phone does, and again where the service failed: the same picture under the same name. */
export const putPhoto: UploadPhoto = async (url, contentType, picture) => {
  const headers = { 'content-type': contentType };
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(picture) });
    if (response.ok) return;
    const detail = await response.text();
    if (response.status < 500 || attempt === uploadAttempts)
      throw new ApiProblem(response.status, { detail, code: 'upload_refused' }, 'The upload');
  }
};
