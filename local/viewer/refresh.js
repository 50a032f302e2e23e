// Puts what the server now shows into this page, without moving the reader: open details and the focus stay.
const everyMs = 2000;

async function refresh() {
  if (document.hidden || document.getSelection()?.type === 'Range') return;
  const response = await fetch(location.href, { cache: 'no-store' }).catch(() => null);
  if (!response?.ok) return;
  const next = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('main');
  const main = document.querySelector('main');
  if (!next || !main) return;
  for (const details of main.querySelectorAll('details[open][id]')) {
    next.querySelector(`#${details.id}`)?.setAttribute('open', '');
  }
  if (next.innerHTML === main.innerHTML || main.contains(document.activeElement)) return;
  main.innerHTML = next.innerHTML;
}

setInterval(refresh, everyMs);
