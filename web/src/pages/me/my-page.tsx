/** One's own use: what it cost, what one holds, what the next launch would cost, and how to get more. One chunk. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { personQuery } from '../../api/people';
import { meQuery } from '../../api/queries';
import type { OnePerson } from '../../api/types';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { SeatsOf, SessionsOf } from '../../parts/holdings';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { AskForm } from '../../parts/order-form';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { CapsPanel } from './caps-panel';
import { MyRequests } from './my-requests';
import { QuotePanel } from './quote-panel';
import { RefusedPanel } from './refused-panel';
import { Standing } from './standing';
import { UsedPanel } from './used-panel';

const say = words.me;

export function MyPage() {
  const me = useQuery(meQuery).data;
  const person = useQuery({ ...personQuery(me?.person?.key ?? ''), enabled: Boolean(me?.person) });
  if (me && !me.person) {
    return <EmptyNote heading="h1" title={say.nobody(me.name)} detail={say.nobodyDetail} />;
  }
  return (
    <div className={styles.page}>
      <PageHead title={say.title} aside={person.data?.name} />
      <Loaded of={person} waiting={say.loading} skeleton={<SkeletonLines lines={8} />}>
        {(data) => <Mine person={data} />}
      </Loaded>
    </div>
  );
}

function Mine({ person }: { person: OnePerson }) {
  return (
    <>
      <div className={styles.pair}>
        <Standing person={person}>
          <CapsPanel />
        </Standing>
        <QuotePanel person={person} />
      </div>
      <UsedPanel />
      <div className={styles.pair}>
        <Panel title={say.seats}>
          {person.seats.length === 0 ? (
            <Text c="dimmed">{say.noSeats}</Text>
          ) : (
            <SeatsOf label={say.seats} seats={person.seats} />
          )}
        </Panel>
        <Panel title={say.sessions}>
          {person.sessions.length === 0 ? (
            <Text c="dimmed">{say.noSessions}</Text>
          ) : (
            <SessionsOf label={say.sessions} sessions={person.sessions} />
          )}
        </Panel>
      </div>
      <RefusedPanel person={person.key} />
      {person.bucket && (
        <div className={styles.pair} data-no-print>
          <AskForm bucket={person.bucket} />
          <MyRequests person={person.key} />
        </div>
      )}
    </>
  );
}
