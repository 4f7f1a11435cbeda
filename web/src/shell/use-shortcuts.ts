import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { meQuery } from '../api/queries';
import { pagesFor } from './pages';

const KEY = 'faregate-single-keys';
const SEQUENCE_MS_MAX = 1_500;

/** Whether single keys do something: a reader who speaks to the page may turn them off (WCAG 2.1.4). */
export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  localStorage.setItem(KEY, on ? 'on' : 'off');
}

/** Ctrl K opens the palette; `?` the list of keys, `/` the filter, and `g` with a letter a page. */
export function useShortcuts(onPalette: () => void, onHelp: () => void) {
  const router = useRouter();
  const client = useQueryClient();
  useEffect(() => {
    let wentAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        onPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target) || !singleKeysOn()) return;
      const isSecond = event.timeStamp - wentAt < SEQUENCE_MS_MAX;
      const pages = isSecond ? pagesFor(client.getQueryData(meQuery.queryKey)) : [];
      const page = pages.find(({ letter }) => letter === event.key);
      wentAt = event.key === 'g' ? event.timeStamp : 0;
      if (page) void router.navigate({ to: page.to });
      else if (event.key === '?') onHelp();
      else if (event.key === '/') toFilter(event);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [router, client, onPalette, onHelp]);
}

function toFilter(event: KeyboardEvent) {
  const filter = document.querySelector<HTMLElement>('main input[type=search]');
  if (!filter) return;
  event.preventDefault();
  filter.focus();
}

/** Whether the reader writes, or has a dialogue open. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('[role=dialog]')) return true;
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
