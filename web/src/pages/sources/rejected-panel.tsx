import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { rejectedQuery } from '../../api/taken-in';
import type { RejectedLine } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { DataTable, type Column } from '../../parts/data-table/data-table';
import { Panel } from '../../parts/panel';

const route = getRouteApi('/sources');
const say = words.imports.rejected;

/** Lines that imports did not take in, and why. */
export function RejectedPanel() {
  const { lines: q } = route.useSearch();
  const navigate = route.useNavigate();
  const rejected = useInfiniteQuery(rejectedQuery(q));
  const count = rejected.data?.pages[0]?.count;
  return (
    <Panel
      title={say.title}
      busy={rejected.isPlaceholderData}
      id="rejected"
      aside={count !== undefined && <Text c="dimmed">{say.count(count, counted(count))}</Text>}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {say.detail}
        </Text>
        <DataTable
          name="rejected"
          label={say.title}
          columns={COLUMNS}
          rowKey={({ file, line, code, text }) => `${file} ${line} ${code} ${text}`}
          of={rejected}
          search={{ q }}
          onSearch={(changed) =>
            void navigate({ search: (rest) => ({ ...rest, lines: changed.q }), replace: true, resetScroll: false })
          }
          searchLabel={say.search}
          exported={{ path: '/v1/imports/rejected', query: { q } }}
          empty={say.empty}
        />
      </Stack>
    </Panel>
  );
}

const COLUMNS: Column<RejectedLine>[] = [
  { id: 'file', header: say.columns.file, width: 12, cell: ({ file }) => file },
  { id: 'line', header: say.columns.line, width: 5, numeric: true, cell: ({ line }) => counted(line) },
  { id: 'reason', header: say.columns.reason, width: 16, cell: ({ reason }) => reason },
  { id: 'text', header: say.columns.text, width: 24, cell: ({ text }) => text },
];
