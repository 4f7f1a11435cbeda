import { Stack, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { refusalsQuery } from '../../api/gate';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { SearchIcon } from '../../parts/icons';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';

const say = words.gate.refusals;

const route = getRouteApi('/gate/refusals');

/** Every refusal that the gate knows, and what helps against it. */
export function RefusalsPart() {
  const { q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const refusals = useQuery(refusalsQuery);
  const wanted = q.trim().toLocaleLowerCase();
  return (
    <Panel title={say.title}>
      <Stack gap="md">
        <TextInput
          type="search"
          label={say.search}
          leftSection={<SearchIcon />}
          value={q}
          maxLength={100}
          maw="22rem"
          onChange={(event) => {
            const text = event.currentTarget.value;
            void navigate({ search: { q: text || undefined }, replace: true, resetScroll: false });
          }}
          data-no-print
        />
        <Loaded of={refusals} waiting={say.loading} skeleton={<SkeletonLines lines={6} />}>
          {({ rows }) => {
            const found = rows.filter(({ code, detail }) => `${code} ${detail}`.toLocaleLowerCase().includes(wanted));
            return found.length === 0 ? <Text c="dimmed">{words.table.noMatch}</Text> : <Catalogue refusals={found} />;
          }}
        </Loaded>
      </Stack>
    </Panel>
  );
}

type Refusal = { code: string; detail: string; transient: boolean; remedies: string[] };

function Catalogue({ refusals }: { refusals: Refusal[] }) {
  return (
    <ScrollRegion label={say.title} maxHeight={560}>
      <Table className={styles.table} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {[say.columns.code, say.columns.detail, say.columns.transient, say.columns.remedies].map((column) => (
              <Table.Th key={column} scope="col">
                {column}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {refusals.map(({ code, detail, transient, remedies }) => (
            <Table.Tr key={code}>
              <Table.Th scope="row">{code}</Table.Th>
              <Table.Td className={styles.words}>{detail}</Table.Td>
              <Table.Td>
                <Badge>{transient ? say.passes : say.stays}</Badge>
              </Table.Td>
              <Table.Td className={styles.words}>{remedies.join('; ')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}
