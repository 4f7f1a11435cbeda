import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { openAlertsQuery, summaryQuery } from '../api/queries';
import { counted } from '../format';
import { words } from '../messages';
import { LiveIndicator } from './live-indicator';
import { Mark } from './mark';
import { SchemeMenu } from './scheme-menu';
import styles from './shell.module.css';
import { UserMenu } from './user-menu';

export function Header() {
  const summary = useQuery(summaryQuery);
  const contract = summary.data?.contract?.name;
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <Link to="/" className={styles.brand}>
          <Mark />
          <span className={styles.brandName}>{words.product}</span>
        </Link>
        <nav aria-label={words.shell.navigation} className={styles.navigation} data-no-print>
          <ul className={styles.pages}>
            <li>
              <Link to="/" className={styles.page} activeOptions={{ exact: true, includeSearch: false }}>
                {words.shell.burn}
              </Link>
            </li>
            <li>
              <Link to="/sources" className={styles.page}>
                {words.shell.sources}
              </Link>
            </li>
            <li>
              <Link to="/alerts" className={styles.page}>
                {words.shell.alerts}
                <OpenAlerts />
              </Link>
            </li>
          </ul>
        </nav>
        <div className={styles.end}>
          {contract && (
            <span className={styles.contract} title={words.shell.contract}>
              {contract}
            </span>
          )}
          <LiveIndicator />
          <SchemeMenu />
          <UserMenu />
        </div>
      </div>
    </header>
  );
}

/** How many alerts are open, beside the word; nothing while there is none. */
function OpenAlerts() {
  const open = useQuery(openAlertsQuery).data?.open;
  if (!open) return null;
  const [info, warning, critical] = open;
  const shown = counted((info ?? 0) + (warning ?? 0) + (critical ?? 0));
  const worst = critical ? 'critical' : warning ? 'warning' : info ? 'info' : null;
  if (!worst) return null;
  return (
    <>
      {' '}
      <span className={styles.count} data-severity={worst} aria-hidden="true">
        {shown}
      </span>
      <VisuallyHidden>{words.shell.openAlerts(shown)}</VisuallyHidden>
    </>
  );
}
