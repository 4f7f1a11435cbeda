import { useSyncExternalStore } from 'react';

const PRINT = 'print';
let isAsked = false;

/**
 * A browser says `beforeprint` before it lays out paper, and changes the media in the midst of that: what is drawn
 * otherwise only then is not counted in its pages, and the last of them stay blank.
 */
function subscribe(changed: () => void) {
  const query = window.matchMedia(PRINT);
  const begin = () => {
    isAsked = true;
    changed();
  };
  const end = () => {
    isAsked = false;
    changed();
  };
  query.addEventListener('change', changed);
  window.addEventListener('beforeprint', begin);
  window.addEventListener('afterprint', end);
  return () => {
    query.removeEventListener('change', changed);
    window.removeEventListener('beforeprint', begin);
    window.removeEventListener('afterprint', end);
  };
}

/** Whether the page is on its way to paper. An external store is read synchronously, in time for the print. */
export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => isAsked || window.matchMedia(PRINT).matches);
}
