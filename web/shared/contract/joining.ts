/** What a vehicle demands. */
export interface RequiredPaper {
  kind: string;
  why: string;
  runsOut: 'always' | 'sometimes';
}

export interface Paper {
  id: string;
  kind: string;
  status: 'submitted' | 'accepted' | 'refused';
  expiresOn?: string | undefined;
  submittedAt: string;
  refusal?: string | undefined;
}

/** With a link to the picture, for operations. */
export interface PaperWithPicture extends Paper {
  pictureUrl: string;
}

/** POST /v1/join/{token}/uploads, POST /v1/driver/documents/uploads */
export interface DocumentUpload {
  documentId: string;
  uploadUrl: string;
  contentType: string;
}

/** GET /v1/join */
export interface Openings {
  malls: { id: string; name: string }[];
  vehicles: { vehicle: string; documents: RequiredPaper[] }[];
}

/** POST /v1/join */
export interface Applied {
  applicationId: string;
  token: string;
}

export type ApplicationStatus = 'open' | 'approved' | 'refused' | 'withdrawn';

/** GET /v1/join/{token} */
export interface OwnApplication {
  id: string;
  name?: string;
  mallName?: string;
  vehicle: string;
  status: ApplicationStatus;
  turn: 'applicant' | 'operations' | null;
  required: RequiredPaper[];
  documents: Paper[];
  isChecked: boolean;
  refusal?: string;
  note?: string;
  lapsed?: true;
}

/** One of GET /v1/applications */
export interface ApplicationRow {
  id: string;
  mallId: string;
  vehicle: string;
  status: ApplicationStatus;
  turn: 'applicant' | 'operations' | null;
  /** What stands between it and an approval. */
  wanted: string[];
  name?: string;
  appliedAt: string;
  movedAt: string;
}

/** GET /v1/applications/{applicationId} */
export interface Application extends ApplicationRow {
  check: { reference: string; outcome: string; at: string } | null;
  refusal?: string;
  lapsed?: true;
  driverId?: string;
  erasedAt?: string;
  documents: PaperWithPicture[];
  applicant: Reach | null;
  note?: string;
}

export interface Reach {
  name: string;
  email: string;
  phone: string;
}

export interface Clearance {
  isCleared: boolean;
  lapsed: { kind: string; until?: string | undefined }[];
  missing: string[];
  ending: { kind: string; until?: string | undefined }[];
}

export interface Suspension {
  reason: string;
  since: string;
  appeal?: { at: string; upheldAt?: string | undefined } | undefined;
  texts?: { note?: string; appeal?: string; answer?: string };
}

/** GET /v1/driver/documents */
export interface Dossier extends Clearance {
  required: RequiredPaper[];
  documents: Paper[];
}

/** One of GET /v1/drivers */
export interface DriverRow extends Clearance {
  id: string;
  name: string;
  mallId: string;
  vehicle: string;
  status: string;
  suspension?: Suspension;
  undecided: number;
}

/** GET /v1/drivers/{driverId} */
export interface DriverInFull extends Omit<DriverRow, 'undecided' | 'suspension'> {
  required: RequiredPaper[];
  documents: PaperWithPicture[];
  contact: Reach | null;
  suspension: Suspension | null;
}
