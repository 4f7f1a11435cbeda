import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { waysQuery } from '../../api/access';
import { alertRulesQuery } from '../../api/queries';
import { agentsQuery } from '../../api/settings';
import type { FirstRun } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import page from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { Prose } from '../../parts/prose';
import styles from './welcome.module.css';

const say = words.welcome.next;

/** Where a step is taken, on this page or another; what has no way here, its words tell how. */
const WAYS: Record<string, '/settings/contract' | '/settings' | '/settings/workstations' | '/alerts/rules' | '/sources' | '#use' | '#estate'> = {
  use: '#use',
  packs: '/settings/contract',
  buckets: '#estate',
  people: '#estate',
  deciders: '/settings/contract',
  seats: '#estate',
  accounts: '/settings',
  rules: '/alerts/rules',
  agents: '/settings/workstations',
};

type Step = { step: string; done: boolean; count: number; text: string };

/** What an estate has, and what of it is not there yet: first what is not. */
export function NextSteps({ first }: { first: FirstRun }) {
  const steps = [...first.steps, ...useOwnSteps()];
  return (
    <Panel title={say.title}>
      <ul className={styles.steps}>
        {[...steps.filter(({ done }) => !done), ...steps.filter(({ done }) => done)].map((step) => (
          <OneStep key={step.step} step={step} />
        ))}
      </ul>
    </Panel>
  );
}

function OneStep({ step: { step, done, count, text } }: { step: Step }) {
  const told = say.steps[step];
  const way = WAYS[step];
  return (
    <li className={styles.step}>
      <span>
        <Badge tone={done ? 'good' : 'warn'}>{done ? say.done : say.open}</Badge>
      </span>
      <span>
        <Text fw={600}>{told ? told.title : step}</Text>
        <Text size="sm" c="dimmed">
          <Prose>{told ? told.why : text}</Prose>
        </Text>
      </span>
      {done ? (
        <Text size="sm" c="dimmed">
          {say.count(counted(count))}
        </Text>
      ) : (
        way && told?.how && <Way to={way}>{told.how}</Way>
      )}
    </li>
  );
}

function Way({ to, children }: { to: NonNullable<(typeof WAYS)[string]>; children: string }) {
  if (to === '#use' || to === '#estate') {
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

/** What the server does not count as the contract's own: who comes in, what is watched, and workstations. */
function useOwnSteps(): Step[] {
  const ways = useQuery(waysQuery).data;
  const rules = useQuery(alertRulesQuery).data?.rows.length ?? 0;
  const agents = useQuery(agentsQuery).data?.rows.length ?? 0;
  const waysCount = [ways?.password, ways?.provider].filter(Boolean).length;
  return [
    { step: 'accounts', done: waysCount > 0, count: waysCount, text: '' },
    { step: 'rules', done: rules > 0, count: rules, text: '' },
    { step: 'agents', done: agents > 0, count: agents, text: '' },
  ];
}
