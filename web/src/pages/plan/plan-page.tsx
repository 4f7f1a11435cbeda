/** Planning: who should have what, plans of moves, how much to buy, the mix, and the renewal. One chunk. */
import { Link, Outlet } from '@tanstack/react-router';
import { words } from '../../messages';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';

export { OnePlan } from './one-plan';
export { Plans } from './plans';
export { PortfolioPart } from './portfolio';
export { Recommendations } from './recommendations';
export { RenewalPart } from './renewal';
export { SizingPart } from './sizing';

const say = words.plan;

const TABS = [
  ['/plan', say.tabs.recommendations],
  ['/plan/plans', say.tabs.plans],
  ['/plan/sizing', say.tabs.sizing],
  ['/plan/portfolio', say.tabs.portfolio],
  ['/plan/renewal', say.tabs.renewal],
] as const;

export function PlanPage() {
  return (
    <div className={styles.page}>
      <PageHead title={say.title} />
      <nav aria-label={say.tabs.label} data-no-print>
        <ul className={styles.tabs}>
          {TABS.map(([to, name]) => (
            <li key={to}>
              <Link
                to={to}
                className={styles.tab}
                activeOptions={{ exact: to === '/plan', includeSearch: false }}
              >
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
