import { Button, Group } from '@mantine/core';
import { words } from '../messages';
import { BarsIcon, TableIcon } from './icons';

type Props = { of: string; asTable: boolean; onShow: (view: 'table' | undefined) => void };

/** A chart, or its twin as a table; the address holds the choice. */
export function Twin({ of, asTable, onShow }: Props) {
  const say = words.twin;
  return (
    <Group gap={4} role="group" aria-label={say.label(of)} data-no-print>
      <Button
        size="xs"
        variant={asTable ? 'default' : 'filled'}
        aria-pressed={!asTable}
        leftSection={<BarsIcon size={16} />}
        onClick={() => onShow(undefined)}
      >
        {say.chart}
      </Button>
      <Button
        size="xs"
        variant={asTable ? 'filled' : 'default'}
        aria-pressed={asTable}
        leftSection={<TableIcon size={16} />}
        onClick={() => onShow('table')}
      >
        {say.table}
      </Button>
    </Group>
  );
}
