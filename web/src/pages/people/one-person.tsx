import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { isForbidden, isUnknown } from '../../api/client';
import { adviceForQuery, personQuery } from '../../api/people';
import type { OnePerson, Recommendation } from '../../api/types';
import { money, tokens } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Facts } from '../../parts/facts';
import { SeatsOf, SessionsOf } from '../../parts/holdings';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { adviceOf, reasonOf } from '../../parts/reason';
import { useMoments } from '../../parts/use-moments';
import { useRight } from '../../parts/use-right';

const route = getRouteApi('/people/$key');
const say = words.people.one;

/** One person: their names, what they hold, what runs, what it costs, and what would be cheaper. */
export function OnePersonPage() {
  const { key } = route.useParams();
  const person = useQuery(personQuery(key));
  if (isUnknown(person.error)) {
    return <EmptyNote heading="h1" title={say.unknown(key)} detail={say.unknownDetail} />;
  }
  return (
    <div className={styles.page}>
      <div>
        <Link to="/people" className={styles.link}>
          {say.back}
        </Link>
        <PageHead title={person.data?.name ?? key} aside={person.data && person.data.key} />
      </div>
      <Loaded of={person} waiting={say.loading} skeleton={<SkeletonLines lines={8} />}>
        {(data) => <Told person={data} />}
      </Loaded>
    </div>
  );
}

function Told({ person }: { person: OnePerson }) {
  const seesGate = useRight('read-burn');
  return (
    <>
      <div className={styles.pair}>
        <About person={person} />
        <Advice person={person} />
      </div>
      <Panel title={say.seats}>
        {person.seats.length === 0 ? <Text c="dimmed">{say.noSeats}</Text> : <SeatsOf label={say.seats} seats={person.seats} />}
      </Panel>
      <Panel title={say.sessions} aside={seesGate && <Decisions of={person.key} />}>
        {person.sessions.length === 0 ? (
          <Text c="dimmed">{say.noSessions}</Text>
        ) : (
          <SessionsOf label={say.sessions} sessions={person.sessions} />
        )}
      </Panel>
    </>
  );
}

/** To what the gate decided about somebody, turned away or let through. */
function Decisions({ of }: { of: string }) {
  return (
    <Link to="/gate" search={{ person: of }} className={styles.link} data-no-print>
      {say.decisions}
    </Link>
  );
}

function About({ person }: { person: OnePerson }) {
  const when = useMoments();
  const { bucket, groups, contractor, until, names, month_to_date } = person;
  return (
    <Panel title={say.about}>
      <Stack gap="md">
        <Facts
          facts={[
            [say.monthToDate, words.units.tokens(month_to_date, tokens(month_to_date))],
            [
              words.people.columns.bucket,
              bucket ? (
                <Link to="/buckets/$key" params={{ key: bucket }} className={styles.link}>
                  {bucket}
                </Link>
              ) : (
                say.noBucket
              ),
            ],
            [words.people.columns.groups, groups.join(', ') || words.table.none],
            [
              words.people.columns.standing,
              [contractor ? words.people.contractor : words.people.staff, until && words.people.until(when(until))]
                .filter(Boolean)
                .join(', '),
            ],
          ]}
        />
        <div>
          <Text size="sm" c="dimmed">
            {say.names}
          </Text>
          <ul>
            {names.map(({ name, from, until: to }) => (
              <li key={`${name} ${from ?? ''}`}>
                {name}
                {(from || to) && (
                  <span className={styles.soft}> {say.span(from ? when(from) : '', to ? when(to) : '')}</span>
                )}
              </li>
            ))}
          </ul>
        </div>
      </Stack>
    </Panel>
  );
}

/** What the plan advises for them, and why; nothing for those who may not read plans. */
function Advice({ person: { key } }: { person: OnePerson }) {
  const advice = useQuery(adviceForQuery(key));
  if (isForbidden(advice.error)) return null;
  return (
    <Panel title={say.advice}>
      <Loaded of={advice} waiting={say.loadingAdvice} skeleton={<SkeletonLines lines={3} />}>
        {(rows) =>
          rows.length === 0 ? (
            <Text c="dimmed">{say.noAdvice}</Text>
          ) : (
            <Stack gap="md">
              {rows.map((row) => (
                <OneAdvice key={`${row.offering} ${row.seat}`} row={row} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Panel>
  );
}

function OneAdvice({ row }: { row: Recommendation }) {
  return (
    <div>
      <Text fw={650}>{adviceOf(row)}</Text>
      <Text>{reasonOf(row)}</Text>
      <Text size="sm" c="dimmed">
        {words.plan.costs(money(row.on_tokens), money(row.seat_price))}
      </Text>
    </div>
  );
}
