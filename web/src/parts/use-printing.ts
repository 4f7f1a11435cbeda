import { useSyncExternalStore } from 'react';

const PRINT = 'print';

function subscribe(changed: () => void) {
  const query = window.matchMedia(PRINT);
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}

/** Whether the page is on its way to paper. An external store is read synchronously, in time for the print. */
export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(PRINT).matches);
}
