/** Settings: who comes in, keys, the contract, rights, workstations, and what runs here. One chunk. */
import { useQuery } from '@tanstack/react-query';
import { Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { meQuery } from '../../api/queries';
import { words } from '../../messages';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { Tabs } from '../../parts/tabs';

export { AboutPart } from './about';
export { AccountsPart } from './accounts';
export { ContractPart } from './contract';
export { KeysPart } from './keys';
export { RightsPart } from './rights';
export { WorkstationsPart } from './workstations';

const say = words.settings;

/** The parts, and the right that each takes; what runs here is no secret. */
const PARTS = [
  ['/settings', say.tabs.accounts, 'read-access'],
  ['/settings/keys', say.tabs.keys, 'read-access'],
  ['/settings/contract', say.tabs.contract, 'read-burn'],
  ['/settings/workstations', say.tabs.workstations, 'read-estate'],
  ['/settings/rights', say.tabs.rights, null],
  ['/settings/about', say.tabs.about, null],
] as const;

export function SettingsPage() {
  const me = useQuery(meQuery).data;
  const isFirst = useLocation({ select: ({ pathname }) => /^\/settings\/?$/.test(pathname) });
  const parts = PARTS.filter(([, , needs]) => needs === null || me?.rights.includes(needs));
  const first = parts[0]?.[0];
  if (me && isFirst && first && first !== '/settings') return <Navigate to={first} replace />;
  return (
    <div className={styles.page}>
      <PageHead title={say.title} />
      <Tabs label={say.tabs.label} tabs={parts.map(([to, name]) => [to, name] as const)} first="/settings" />
      <Outlet />
    </div>
  );
}
