/** The gate: what it decides and why, the policies it asks, and what it may answer. One chunk. */
import { Link, Outlet } from '@tanstack/react-router';
import { words } from '../../messages';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';

export { GateNow } from './gate-now';
export { PoliciesPart } from './policies';
export { RefusalsPart } from './refusals-panel';

const say = words.gate;

const TABS = [
  ['/gate', say.tabs.now],
  ['/gate/policies', say.tabs.policies],
  ['/gate/refusals', say.tabs.refusals],
] as const;

export function GatePage() {
  return (
    <div className={styles.page}>
      <PageHead title={say.title} />
      <nav aria-label={say.tabs.label} data-no-print>
        <ul className={styles.tabs}>
          {TABS.map(([to, name]) => (
            <li key={to}>
              <Link to={to} className={styles.tab} activeOptions={{ exact: to === '/gate', includeSearch: false }}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Outlet />
    </div>
  );
}
