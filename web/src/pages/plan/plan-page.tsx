/** Planning: who should have what, plans of moves, how much to buy, the mix, and the renewal. One chunk. */
import { useQuery } from '@tanstack/react-query';
import { Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { meQuery } from '../../api/queries';
import { words } from '../../messages';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { Tabs } from '../../parts/tabs';
import { OfferProvider } from './use-offer';

export { OnePlan } from './one-plan';
export { Plans } from './plans';
export { PortfolioPart } from './portfolio';
export { Recommendations } from './recommendations';
export { RenewalPart } from './renewal';
export { SizingPart } from './sizing';

const say = words.plan;

/** The parts, and the right that each takes: who buys need not see who is advised what. */
const TABS = [
  ['/plan', say.tabs.recommendations, 'read-estate'],
  ['/plan/plans', say.tabs.plans, 'read-estate'],
  ['/plan/sizing', say.tabs.sizing, 'read-purchases'],
  ['/plan/portfolio', say.tabs.portfolio, 'read-purchases'],
  ['/plan/renewal', say.tabs.renewal, 'read-purchases'],
] as const;

export function PlanPage() {
  const rights = useQuery(meQuery).data?.rights;
  const isFirst = useLocation({ select: ({ pathname }) => /^\/plan\/?$/.test(pathname) });
  const tabs = TABS.filter(([, , needs]) => rights?.includes(needs));
  const first = tabs[0]?.[0];
  if (isFirst && first && first !== '/plan') return <Navigate to={first} replace />;
  return (
    <div className={styles.page}>
      <PageHead title={say.title} />
      <Tabs label={say.tabs.label} tabs={tabs.map(([to, name]) => [to, name] as const)} first="/plan" />
      <OfferProvider>
        <Outlet />
      </OfferProvider>
    </div>
  );
}
