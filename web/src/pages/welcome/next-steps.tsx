import { Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { waysQuery } from '../../api/access';
import { peopleQuery, seatsQuery } from '../../api/people';
import { alertRulesQuery, balancesQuery } from '../../api/queries';
import { agentsQuery } from '../../api/settings';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import page from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import styles from './welcome.module.css';

const say = words.welcome.next;

type Step = keyof typeof say.steps;

/** Where each step is taken; what comes by files of the estate is brought on this page. */
const WAYS = {
  packs: '/settings/contract',
  buckets: '#estate',
  people: '#estate',
  seats: '#estate',
  accounts: '/settings',
  rules: '/alerts/rules',
  agents: '/settings/workstations',
} as const satisfies Record<Step, string>;

/** What an estate has besides its use, and what of it is not there yet. */
export function NextSteps() {
  const there = useWhatIsThere();
  return (
    <Panel title={say.title}>
      <ul className={styles.steps}>
        {(Object.keys(WAYS) as Step[]).map((step) => (
          <li key={step} className={styles.step}>
            <Badge tone={there[step] ? 'good' : 'plain'}>{there[step] ? say.done : say.open}</Badge>
            <span>
              <Text fw={600}>{say.steps[step].title}</Text>
              <Text size="sm" c="dimmed">
                {say.steps[step].why}
              </Text>
            </span>
            {!there[step] && <Way to={WAYS[step]}>{say.steps[step].how}</Way>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Way({ to, children }: { to: (typeof WAYS)[Step]; children: string }) {
  if (to === '#estate') {
    return (
      <a href={to} className={page.link}>
        {children}
      </a>
    );
  }
  return (
    <Link to={to} className={page.link}>
      {children}
    </Link>
  );
}

function useWhatIsThere(): Record<Step, boolean> {
  const balances = useQuery(balancesQuery).data;
  const people = useInfiniteQuery(peopleQuery({})).data;
  const seats = useInfiniteQuery(seatsQuery({})).data;
  const ways = useQuery(waysQuery).data;
  const rules = useQuery(alertRulesQuery).data;
  const agents = useQuery(agentsQuery).data;
  const some = (data: { pages: { rows: unknown[] }[] } | undefined) => (data?.pages[0]?.rows.length ?? 0) > 0;
  return {
    packs: (balances?.packs.length ?? 0) > 0,
    // One bucket is there from the beginning.
    buckets: (balances?.buckets.length ?? 0) > 1,
    people: some(people),
    seats: some(seats),
    accounts: ways !== undefined && (ways.password || Boolean(ways.provider)),
    rules: (rules?.rows.length ?? 0) > 0,
    agents: (agents?.rows.length ?? 0) > 0,
  };
}
