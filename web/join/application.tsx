import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Api, Problem } from '../shared/api.ts';
import { announce, ConnectionPill, Page, ProblemNote } from '../shared/components.tsx';
import type { DocumentUpload, OwnApplication } from '../shared/contract/joining.ts';
import { applicationRefusal, vehicleName } from '../shared/paper-words.ts';
import { Papers } from '../shared/papers.tsx';
import { uploadPicture } from '../shared/photo.ts';
import { Poller } from '../shared/polling.ts';

const pollMs = 15_000;

/** What one link shows and does. */
class Link {
  readonly application = signal<OwnApplication | null>(null);
  readonly isUnknown = signal(false);
  readonly poller: Poller;
  readonly #api = new Api();
  readonly #path: string;

  constructor(token: string) {
    this.#path = `/v1/join/${encodeURIComponent(token)}`;
    this.poller = new Poller(() => this.#read());
    this.poller.start();
  }

  async show(kind: string, photo: Blob, expiresOn: string, onRetry: (attempt: number) => void): Promise<void> {
    const link = () => this.#api.act<DocumentUpload>(`${this.#path}/uploads`, { contentType: photo.type }, onRetry);
    const { documentId } = await uploadPicture(link, photo, onRetry);
    await this.#api.act(`${this.#path}/documents`, { documentId, kind, ...(expiresOn && { expiresOn }) }, onRetry);
    await this.poller.now();
  }

  async withdraw(onRetry: (attempt: number) => void): Promise<void> {
    await this.#api.act(`${this.#path}/withdraw`, {}, onRetry);
    await this.poller.now();
  }

  async #read(): Promise<number | null> {
    try {
      const before = this.application.value;
      const next = await this.#api.get<OwnApplication>(this.#path);
      if (before && headline(before) !== headline(next)) announce(headline(next));
      this.application.value = next;
      return next.status === 'open' ? pollMs : null;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 404) throw error;
      this.isUnknown.value = true;
      return null;
    }
  }
}

export function ApplicationPage({ token }: { token: string }) {
  const link = useMemo(() => new Link(token), [token]);
  const application = link.application.value;
  if (link.isUnknown.value) return <UnknownLink />;
  return (
    <Page who={application?.name} end={<ConnectionPill connection={link.poller.connection.value} />}>
      <h1 aria-busy={!application}>{application ? headline(application) : 'Your application'}</h1>
      <ProblemNote error={link.poller.failure.value} focus={false} />
      {application && <Shown link={link} application={application} />}
    </Page>
  );
}

function Shown({ link, application }: { link: Link; application: OwnApplication }) {
  const { status, vehicle, mallName, required, documents, isChecked } = application;
  return (
    <>
      <div class="card">
        <p>
          {vehicleName(vehicle)}, from {mallName}.
        </p>
        <p>{whatNext(application)}</p>
        {application.note && <p>{application.note}</p>}
        {status === 'approved' && (
          <div>
            <a class="button primary" href="/drive">
              Sign in and drive
            </a>
          </div>
        )}
        {status === 'open' && (
          <p class="soft small">
            Keep the address of this page: it is your only way back here. Background check:{' '}
            {isChecked ? 'made' : 'not made yet'}.
          </p>
        )}
      </div>
      {status === 'open' && (
        <>
          <h2>Your papers</h2>
          <Papers required={required} documents={documents} offersSample={false} onShow={link.show.bind(link)} />
          <Withdraw link={link} />
        </>
      )}
    </>
  );
}

function Withdraw({ link }: { link: Link }) {
  const acting = useActing();
  return (
    <section class="card" aria-labelledby="withdraw">
      <h2 id="withdraw">Changed your mind?</h2>
      <ActingNote acting={acting} />
      <div>
        <ActButton acting={acting} kind="danger" onClick={() => void acting.run((onRetry) => link.withdraw(onRetry))}>
          Withdraw this application
        </ActButton>
      </div>
    </section>
  );
}

function headline({ status, turn, lapsed }: OwnApplication): string {
  if (status === 'approved') return 'Welcome: you can drive';
  if (status === 'refused') return 'We cannot take you on';
  if (status === 'withdrawn') return lapsed ? 'Your application has lapsed' : 'You have withdrawn';
  return turn === 'applicant' ? 'Show us your papers' : 'We are looking at your application';
}

function whatNext({ status, turn, refusal, lapsed }: OwnApplication): string {
  if (status === 'approved') return 'You get an e-mail with a first password. Sign in with it, and start a shift.';
  if (status === 'refused') return applicationRefusal(refusal ?? 'other');
  if (status === 'withdrawn') {
    return lapsed ? 'Nothing was done about it for 60 days. You may apply again.' : 'You may apply again at any time.';
  }
  return turn === 'applicant'
    ? 'Take a picture of each paper below. We look at them as they come.'
    : 'There is nothing for you to do now. This page says when there is.';
}

/** The same for a link that never was and for one whose time is over. */
function UnknownLink() {
  return (
    <Page>
      <div class="card">
        <h1>This link shows no application</h1>
        <p>A part of it may be missing, or the application is over.</p>
        <div>
          <a class="button" href="/join">
            Apply
          </a>
        </div>
      </div>
    </Page>
  );
}
