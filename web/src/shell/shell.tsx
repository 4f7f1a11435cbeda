import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useState } from 'react';
import { words } from '../messages';
import { Header } from './header';
import { LiveProvider } from './live-context';
import { Navigation } from './navigation';
import styles from './shell.module.css';
import { useHeadingFocus } from './use-heading-focus';
import { useShortcuts } from './use-shortcuts';

// Both come when they are first asked for: the first paint needs neither.
const Palette = lazy(() => import('./palette').then((it) => ({ default: it.Palette })));
const ShortcutSheet = lazy(() => import('./shortcut-sheet').then((it) => ({ default: it.ShortcutSheet })));

type Opened = 'palette' | 'shortcuts' | null;

/** What surrounds every page: the way past it, the header, the side bar, the live link, and what keys open. */
export function Shell() {
  const [opened, setOpened] = useState<Opened>(null);
  const openPalette = useCallback(() => setOpened('palette'), []);
  const openSheet = useCallback(() => setOpened('shortcuts'), []);
  const close = useCallback(() => setOpened(null), []);
  useHeadingFocus();
  useShortcuts(openPalette, openSheet);
  return (
    <LiveProvider>
      <a className={styles.skip} href="#content" data-no-print>
        {words.shell.skip}
      </a>
      <Header onSearch={openPalette} />
      <div className={styles.frame}>
        <div className={styles.side}>
          <Navigation />
        </div>
        <main id="content" tabIndex={-1} className={styles.content}>
          <Outlet />
        </main>
      </div>
      <Suspense>
        {opened === 'palette' && <Palette onClose={close} onShortcuts={openSheet} />}
        {opened === 'shortcuts' && <ShortcutSheet onClose={close} />}
      </Suspense>
    </LiveProvider>
  );
}
