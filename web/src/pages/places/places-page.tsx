/** Places: what is used where, use outside of territories, and how regions share the pool. One chunk. */
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useNavigate } from '@tanstack/react-router';
import { summaryQuery } from '../../api/queries';
import { monthsBefore } from '../../days';
import { dayOf, monthName } from '../../format';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';

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
        <MonthChoice />
      </PageHead>
      <nav aria-label={say.tabs.label} data-no-print>
        <ul className={styles.tabs}>
          {TABS.map(([to, name]) => (
            <li key={to}>
              <Link
                to={to}
                search={({ month }) => ({ month })}
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

/** Which month all parts are of; without one, the present. */
function MonthChoice() {
  const { month } = route.useSearch();
  // Not from this route: one stays on the part of places where one is.
  const navigate = useNavigate();
  const summary = useQuery(summaryQuery).data;
  if (!summary) return null;
  const known = monthsBefore(dayOf(summary.as_of, summary.contract.zone), MONTHS);
  const months = month && !known.includes(month) ? [...known, month] : known;
  return (
    <NativeSelect
      label={say.month}
      value={month ?? known[0]}
      data={months.map((value) => ({ value, label: monthName(value) }))}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        void navigate({
          to: '.',
          search: (rest) => ({ ...rest, month: chosen === known[0] ? undefined : chosen }),
          resetScroll: false,
        });
      }}
    />
  );
}
