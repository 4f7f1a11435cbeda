/** The overview: what waits for a decision, where the tokens stand, and what happened to them. */
import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { requestsQuery } from '../../api/buckets';
import { isForbidden } from '../../api/client';
import { tokenEventsQuery } from '../../api/home';
import { firstRunQuery } from '../../api/imports';
import { plansQuery } from '../../api/plans';
import { alertsQuery, balancesQuery, meQuery, summaryQuery } from '../../api/queries';
import type { Pack, Statement } from '../../api/types';
import { day, money, tokens } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { Prose } from '../../parts/prose';
import { useMoments, useToldMoments } from '../../parts/use-moments';
import { useRight } from '../../parts/use-right';
import { BurnGlance } from './burn-glance';
import own from './home.module.css';
import { Own } from './own';

const say = words.home;

/** How many of each sort are shown; the page of the sort has the rest. */
const CARDS_MAX = 5;

export function HomePage() {
  const mayBring = useRight('run-faregate');
  const seesOwn = useRight('read-burn') === false;
  const first = useQuery({ ...firstRunQuery, enabled: mayBring === true }).data;
  // An overview of nothing would be blank.
  if (first?.empty) return <Navigate to="/welcome" replace />;
  return (
    <div className={styles.page}>
      <PageHead title={say.title} />
      <Decisions />
      {seesOwn && <Own />}
      <div className={styles.pair}>
        <Standing missing={first?.next ?? undefined} />
        <Events />
      </div>
      <BurnGlance />
    </div>
  );
}

/** Alerts that nobody has taken on, requests that wait, and plans that nobody has decided on. */
function Decisions() {
  const when = useMoments();
  const told = useToldMoments();
  const me = useQuery(meQuery).data;
  const mayAct = useRight('act-for-others');
  const alerts = useInfiniteQuery(alertsQuery('open'));
  const requests = useQuery(requestsQuery('waiting'));
  const plans = useInfiniteQuery(plansQuery);
  const asked = [alerts, requests, plans];
  const failed = asked.find(({ error, data }) => error && !data && !isForbidden(error));
  const isWaiting = asked.some(({ isPending }) => isPending);
  const open = rowsOf(alerts.data).filter(({ acknowledged }) => !acknowledged);
  // What waits for others alone is on the page of the buckets.
  const mine = (requests.data ?? []).filter(({ can_answer }) => mayAct || (me?.person && can_answer.includes(me.person.key)));
  const drawn = rowsOf(plans.data).filter(({ status }) => status === 'drawn');
  const cards = [
    ...open.slice(0, CARDS_MAX).map(({ id, said, at }) => (
      <Card key={`alert ${id}`} kind={say.alert} text={told(said)} aside={when(at)}>
        <Link to="/alerts/$id" params={{ id }} className={styles.link}>
          {say.lookAtAlert}
        </Link>
      </Card>
    )),
    ...mine.slice(0, CARDS_MAX).map(({ id, by_name, tokens: amount, bucket, bucket_name, expires }) => (
      <Card
        key={`request ${id}`}
        kind={say.request}
        text={words.buckets.requests.asks(by_name, words.units.tokens(amount, tokens(amount)), bucket_name)}
        aside={words.buckets.requests.expires(when(expires))}
      >
        <Link to="/buckets/$key" params={{ key: bucket }} className={styles.link}>
          {say.answer}
        </Link>
      </Card>
    )),
    ...drawn.slice(0, CARDS_MAX).map(({ id, name, saving, drawn: at }) => (
      <Card key={`plan ${id}`} kind={say.plan} text={say.saves(name, money(saving))} aside={when(at)}>
        <Link to="/plan/plans/$id" params={{ id }} className={styles.link}>
          {say.decide}
        </Link>
      </Card>
    )),
  ];
  const of = {
    data: isWaiting || failed ? undefined : cards,
    error: failed?.error ?? null,
    isFetching: failed?.isFetching ?? false,
    refetch: () => void failed?.refetch(),
  };
  return (
    <Panel title={say.decisions}>
      <Loaded of={of} waiting={say.loadingDecisions} skeleton={<SkeletonLines lines={3} height={40} />}>
        {(all) =>
          all.length === 0 ? (
            <EmptyNote title={say.noDecisions} detail={say.noDecisionsDetail} />
          ) : (
            <Stack gap="sm">
              <ul className={own.cards}>{all}</ul>
              <More to="/alerts" isMore={open.length > CARDS_MAX}>
                {say.allAlerts}
              </More>
              <More to="/buckets" isMore={mine.length > CARDS_MAX}>
                {say.allRequests}
              </More>
              <More to="/plan/plans" isMore={drawn.length > CARDS_MAX}>
                {say.allPlans}
              </More>
            </Stack>
          )
        }
      </Loaded>
    </Panel>
  );
}

type MoreProps = { to: '/alerts' | '/buckets' | '/plan/plans'; isMore: boolean; children: string };

/** The way to the rest, where not all are shown. */
function More({ to, isMore, children }: MoreProps) {
  if (!isMore) return null;
  return (
    <Link to={to} className={styles.link}>
      {children}
    </Link>
  );
}

function rowsOf<Row>(data: { pages: { rows: Row[] }[] } | undefined): Row[] {
  return data?.pages.flatMap((page) => page.rows) ?? [];
}

type CardProps = { kind: string; text: string; aside: string; children: ReactNode };

function Card({ kind, text, aside, children }: CardProps) {
  return (
    <li className={own.card}>
      <span className={own.kind}>{kind}</span>
      <span className={own.text}>{text}</span>
      <span className={own.kind}>{aside}</span>
      {children}
    </li>
  );
}

/** Where the tokens stand, and the way to what the books lack still. */
function Standing({ missing }: { missing: string | undefined }) {
  const summary = useQuery(summaryQuery);
  if (isForbidden(summary.error)) return null;
  const tiles = words.burn.tiles;
  return (
    <Panel title={say.standing}>
      <Loaded of={summary} waiting={tiles.loading} skeleton={<SkeletonLines lines={4} />}>
        {({ text, balance, burn }) => (
          <Stack gap="md">
            <Text>{text}</Text>
            <Facts
              facts={[
                [tiles.left, tokens(balance.left)],
                [tiles.today, tokens(burn.today.tokens)],
                [tiles.yesterday, tokens(burn.yesterday.tokens)],
                [tiles.month, tokens(burn.month_to_date.tokens)],
                [tiles.projected, tokens(burn.projected_month.tokens)],
              ]}
            />
            {missing && (
              <Link to="/welcome" className={styles.link}>
                {say.missing(words.welcome.next.steps[missing]?.title ?? missing)}
              </Link>
            )}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

/** What was bought, moved or lost lately, and when what is left of a pack is lost. */
function Events() {
  const events = useQuery(tokenEventsQuery);
  const packs = useQuery(balancesQuery).data?.packs ?? [];
  if (isForbidden(events.error)) return null;
  return (
    <Panel title={say.events}>
      <Loaded of={events} waiting={say.loadingEvents} skeleton={<SkeletonLines lines={4} />}>
        {(lines) => (
          <Stack gap="md">
            <Ends packs={packs} />
            {lines.length === 0 ? <Text c="dimmed">{say.noEvents}</Text> : <Lines lines={lines} />}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

function Ends({ packs }: { packs: Pack[] }) {
  return packs
    .filter(({ remaining }) => remaining > 0)
    .map(({ id, name, remaining, ends }) => (
      <Text key={id}>{say.ends(name, words.units.tokens(remaining, tokens(remaining)), day(ends))}</Text>
    ));
}

function Lines({ lines }: { lines: Statement['lines'] }) {
  return (
    <ul className={own.events}>
      {lines.map(({ date, words: what }, place) => (
        <li key={place}>
          <span className={own.kind}>{day(date)}</span> <Prose>{what}</Prose>
        </li>
      ))}
    </ul>
  );
}
