import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { sourcesQuery } from '../../api/queries';
import type { Source, Sources } from '../../api/types';
import { counted, dayOf, moment } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { Prose } from '../../parts/prose';
import { ScrollRegion } from '../../parts/scroll-region';
import styles from './sources-page.module.css';

const say = words.sources;

/** Up to when each source tells, and whether somebody should look at it. */
export function HealthPanel({ zone }: { zone: string }) {
  const sources = useQuery(sourcesQuery);
  return (
    <Panel title={say.table}>
      <Loaded of={sources} waiting={say.loading} skeleton={<SkeletonLines lines={4} height={34} />}>
        {(data) =>
          data.sources.length === 0 ? (
            <EmptyNote first title={say.emptyTitle} detail={say.emptyDetail} />
          ) : (
            <SourcesTable told={data} zone={zone} />
          )
        }
      </Loaded>
    </Panel>
  );
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
      <AtWork sources={told.sources} />
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

/** What is taken in just now; figures change when it is done, all at once. */
function AtWork({ sources }: { sources: Source[] }) {
  const names = sources.filter(({ state }) => state === 'importing').map(({ name }) => name);
  return (
    <div role="status">
      {names.length > 0 && (
        <Text size="sm" mb="xs">
          {say.atWork(names.join(', '))}
        </Text>
      )}
    </div>
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
