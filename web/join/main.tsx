import { signal } from '@preact/signals';
import { render } from 'preact';
import { clock } from '../shared/clock.ts';
import { ApplicationPage } from './application.tsx';
import { ApplyPage } from './apply.tsx';

/** What comes after `/join/`: the link is the only key to an application. */
const token = signal(location.pathname.split('/')[2] ?? '');

function opened(next: string): void {
  history.replaceState(null, '', `/join/${next}`);
  token.value = next;
}

function Join() {
  return token.value ? <ApplicationPage token={token.value} /> : <ApplyPage onApplied={opened} />;
}

clock.start();
render(<Join />, document.getElementById('app')!);
