/** Places: what is used where, use outside of territories, and how regions share the pool. One chunk. */
import { Group, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useNavigate } from '@tanstack/react-router';
import { summaryQuery } from '../../api/queries';
import { monthsBefore } from '../../days';
import { dayOf, monthName } from '../../format';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { monthsOf, monthsSearch } from './search';

export { BreachesPart } from './breaches';
export { SharingPart } from './sharing';
export { SitesPart } from './sites';
export { UsePart } from './use';

const route = getRouteApi('/places');
const say = words.places;
const MONTHS = 13;

const TABS = [
  ['/places', say.tabs.use],
  ['/places/breaches', say.tabs.breaches],
  ['/places/sharing', say.tabs.sharing],
  ['/places/sites', say.tabs.sites],
] as const;

export function PlacesPage() {
  const summary = useQuery(summaryQuery);
  return (
    <div className={styles.page}>
      <PageHead title={say.title}>
        <MonthsChoice />
      </PageHead>
      <nav aria-label={say.tabs.label} data-no-print>
        <ul className={styles.tabs}>
          {TABS.map(([to, name]) => (
            <li key={to}>
              <Link
                from="/places"
                to={to}
                search={({ from, to, columns }) => ({ from, to, columns })}
                className={styles.tab}
                activeOptions={{ exact: to === '/places', includeSearch: false }}
              >
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Loaded of={summary} waiting={say.loading} skeleton={<SkeletonLines lines={6} />}>
        {() => <Outlet />}
      </Loaded>
    </div>
  );
}

/** Which months all parts are of; without any, the present one. */
function MonthsChoice() {
  const search = route.useSearch();
  // Not from this route: one stays on the part of places where one is.
  const navigate = useNavigate();
  const summary = useQuery(summaryQuery).data;
  if (!summary) return null;
  const today = dayOf(summary.as_of, summary.contract.zone);
  const { first, last } = monthsOf(search, today);
  const known = [...new Set([...monthsBefore(today, MONTHS), first, last])].sort().reverse();
  const data = known.map((value) => ({ value, label: monthName(value) }));
  const choose = (from: string, to: string) =>
    void navigate({ to: '.', search: (rest) => ({ ...rest, ...monthsSearch(from, to, today) }), resetScroll: false });
  return (
    <Group gap="sm">
      <NativeSelect
        label={say.from}
        value={first}
        data={data}
        onChange={({ currentTarget: { value } }) => choose(value, value > last ? value : last)}
      />
      <NativeSelect
        label={say.to}
        value={last}
        data={data}
        onChange={({ currentTarget: { value } }) => choose(value < first ? value : first, value)}
      />
    </Group>
  );
}
