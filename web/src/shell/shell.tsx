import { Outlet } from '@tanstack/react-router';
import { words } from '../messages';
import { Header } from './header';
import styles from './shell.module.css';
import { LiveProvider } from './live-context';

/** What surrounds every page: the way past the header, the header, and the live link. */
export function Shell() {
  return (
    <LiveProvider>
      <a className={styles.skip} href="#content">
        {words.shell.skip}
      </a>
      <Header />
      <main id="content" tabIndex={-1} className={styles.content}>
        <Outlet />
      </main>
    </LiveProvider>
  );
}
