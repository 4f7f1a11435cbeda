import { Button, Group } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { words } from '../../messages';
import { BarsIcon, TableIcon } from '../../parts/icons';

const route = getRouteApi('/burn');
const say = words.burn.daily;

type Labels = { viewAs: string; viewAsChart: string; viewAsTable: string };

/** A chart or its table; the address holds the choice, under a name for each chart. */
export function ViewToggle({ of, labels }: { of: 'view' | 'ahead'; labels: Labels }) {
  const asTable = route.useSearch()[of] === 'table';
  const navigate = route.useNavigate();
  const show = (view: 'table' | undefined) =>
    void navigate({ search: (rest) => ({ ...rest, [of]: view }), resetScroll: false, replace: true });
  return (
    <Group gap={4} role="group" aria-label={labels.viewAs} data-no-print>
      <Button
        size="xs"
        variant={asTable ? 'default' : 'filled'}
        aria-pressed={!asTable}
        aria-label={labels.viewAsChart}
        leftSection={<BarsIcon size={16} />}
        onClick={() => show(undefined)}
      >
        {say.chart}
      </Button>
      <Button
        size="xs"
        variant={asTable ? 'filled' : 'default'}
        aria-pressed={asTable}
        aria-label={labels.viewAsTable}
        leftSection={<TableIcon size={16} />}
        onClick={() => show('table')}
      >
        {say.table}
      </Button>
    </Group>
  );
}
