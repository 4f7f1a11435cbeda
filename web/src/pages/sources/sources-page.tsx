import { Group, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { sourcesQuery, summaryQuery } from '../../api/queries';
import type { Source, Sources } from '../../api/types';
import { counted, dayOf, moment } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import page from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { Prose } from '../../parts/prose';
import { ScrollRegion } from '../../parts/scroll-region';
import { useRight } from '../../parts/use-right';
import styles from './sources-page.module.css';

const say = words.sources;

/** Where use comes from: up to when each source tells, and whether somebody should look at it. */
export function SourcesPage() {
  const sources = useQuery(sourcesQuery);
  const mayBring = useRight('run-faregate');
  // Times are told in the contract's zone, as on the other pages.
  const zone = useQuery(summaryQuery).data?.contract.zone ?? 'UTC';
  useEffect(() => {
    document.title = words.shell.documentTitle(say.title);
  }, []);
  return (
    <div className={styles.page}>
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          {say.title}
        </Title>
        {sources.data && (
          <Text size="sm" c="dimmed">
            {words.burn.asOf(moment(sources.data.as_of, zone), zone)}
          </Text>
        )}
        {mayBring && (
          <Link to="/welcome" className={page.link}>
            {say.bring}
          </Link>
        )}
      </Group>
      <Panel title={say.table}>
        <Loaded of={sources} waiting={say.loading} skeleton={<SkeletonLines lines={4} height={34} />}>
          {(data) => (data.sources.length === 0 ? <NoSources /> : <SourcesTable told={data} zone={zone} />)}
        </Loaded>
      </Panel>
    </div>
  );
}

function NoSources() {
  return <EmptyNote first title={say.emptyTitle} detail={say.emptyDetail} />;
}

// The state stands beside the name: on a narrow page it is what is in sight.
const COLUMNS = ['source', 'state', 'lastData', 'lag', 'lastImport', 'why'] as const;

function SourcesTable({ told, zone }: { told: Sources; zone: string }) {
  const today = dayOf(told.as_of, zone);
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">
        {told.text}
      </Text>
      <ScrollRegion label={say.table}>
        <Table className={styles.table}>
          <Table.Thead>
            <Table.Tr>
              {COLUMNS.map((column) => (
                <Table.Th key={column} scope="col">
                  {say.columns[column]}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {told.sources.map((source) => (
              <SourceRow key={`${source.name} ${source.kind}`} source={source} zone={zone} today={today} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </>
  );
}

function SourceRow({ source, zone, today }: { source: Source; zone: string; today: string }) {
  const { name, kind, state, stale, last_data, lag, last_import, why } = source;
  return (
    <Table.Tr>
      <Table.Th scope="row">
        {name}
        <span className={styles.kind}>{say.kinds[kind] ?? kind}</span>
      </Table.Th>
      <Table.Td>
        <span className={styles.state} data-state={state}>
          {say.states[state] ?? state}
        </span>
        {stale && <span className={styles.kind}>{say.stale}</span>}
      </Table.Td>
      <Table.Td>{last_data ? moment(last_data, zone, today) : say.none}</Table.Td>
      <Table.Td>{lag ?? say.none}</Table.Td>
      <Table.Td>
        {last_import
          ? say.receipt(counted(last_import.number), moment(last_import.at, zone, today))
          : say.none}
      </Table.Td>
      <Table.Td className={styles.why}>
        <Prose>{why}</Prose>
      </Table.Td>
    </Table.Tr>
  );
}
