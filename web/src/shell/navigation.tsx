import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { meQuery, openAlertsQuery } from '../api/queries';
import { counted } from '../format';
import { words } from '../messages';
import { pagesFor } from './pages';
import styles from './navigation.module.css';

/** The links to the pages that the reader's rights reach. */
export function Navigation({ onChosen }: { onChosen?: () => void }) {
  const me = useQuery(meQuery).data;
  return (
    <nav aria-label={words.shell.navigation} data-no-print>
      <ul className={styles.pages}>
        {pagesFor(me).map(({ key, to }) => (
          <li key={key}>
            <Link
              to={to}
              className={styles.page}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              onClick={onChosen}
            >
              {words.shell.pages[key]}
              {key === 'alerts' && <OpenAlerts />}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
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
