import { Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { refusalsQuery } from '../../api/gate';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { SearchIcon } from '../../parts/icons';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';

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
  const { columns } = say;
  return (
    <PlainTable
      label={say.title}
      maxHeight={560}
      rows={refusals}
      rowKey={({ code }) => code}
      columns={[
        { head: columns.code, cell: ({ code }) => code },
        { head: columns.detail, kind: 'words', cell: ({ detail }) => detail },
        { head: columns.transient, cell: ({ transient }) => <Badge>{transient ? say.passes : say.stays}</Badge> },
        { head: columns.remedies, kind: 'words', cell: ({ remedies }) => remedies.join('; ') },
      ]}
    />
  );
}
