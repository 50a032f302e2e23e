import { useState } from 'preact/hooks';

/**
 * Something typed but not sent yet. It outlives a closed sheet, a refused request and a reload of the tab; `forget`
 * it once it was sent.
 */
export function useDraft<T>(key: string, initial: T): [T, (next: T) => void, () => void] {
  const storageKey = `mallway:draft:${key}`;
  const [value, setValue] = useState<T>(() => {
    const kept = sessionStorage.getItem(storageKey);
    return kept === null ? initial : (JSON.parse(kept) as T);
  });
  return [
    value,
    (next) => {
      sessionStorage.setItem(storageKey, JSON.stringify(next));
      setValue(next);
    },
    () => sessionStorage.removeItem(storageKey),
  ];
}
