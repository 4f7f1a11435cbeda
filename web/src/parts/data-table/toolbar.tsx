import { Button, Checkbox, Group, NativeSelect, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type { Query } from '../../api/client';
import { words } from '../../messages';
import { SearchIcon } from '../icons';
import styles from './data-table.module.css';
import { shapeOf, type Column, type Filter, type Grouping, type TableSearch } from './data-table';
import { Export } from './export';
import { SavedViews } from './saved-views';

const say = words.table;
const ASK_AFTER_MS = 250;

export type ToolbarProps<Row> = {
  name: string;
  columns: Column<Row>[];
  search: TableSearch;
  onSearch: (search: TableSearch) => void;
  searchLabel?: string;
  filters?: readonly Filter[];
  grouping?: Grouping;
  exported?: { path: string; query: Query };
  hidden: string[];
  onHidden: (hidden: string[]) => void;
  isFiltered: boolean;
};

/** What narrows the table and what of it is shown. On paper only the filters remain. */
export function Toolbar<Row>(props: ToolbarProps<Row>) {
  const { search, onSearch, searchLabel, filters = [], grouping, isFiltered } = props;
  return (
    <>
      <Group gap="sm" align="end" className={styles.toolbar} data-no-print>
        {searchLabel && (
          <SearchField label={searchLabel} value={search.q ?? ''} onChange={(q) => onSearch({ ...search, q })} />
        )}
        {filters.map((filter) => (
          <FilterField key={filter.key} filter={filter} search={search} onSearch={onSearch} />
        ))}
        {grouping && <GroupField grouping={grouping} search={search} onSearch={onSearch} />}
        {isFiltered && (
          <Button variant="subtle" onClick={() => onSearch(shapeOf(search))}>
            {say.clear}
          </Button>
        )}
        <Group gap="sm" ms="auto" className={styles.choices}>
          <ColumnChoice {...props} />
          <SavedViews {...props} />
          {props.exported && <Export {...props.exported} />}
        </Group>
      </Group>
      {isFiltered && (
        <Text size="sm" data-print-only>
          {printed(props)}
        </Text>
      )}
    </>
  );
}

type SearchFieldProps = { label: string; value: string; onChange: (q: string | undefined) => void };

/** Asks once the reader pauses, and follows the address when that changes by other means. */
function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  const tell = useDebouncedCallback((q: string) => {
    told.current = q.trim();
    onChange(told.current || undefined);
  }, ASK_AFTER_MS);
  useEffect(() => {
    if (value !== told.current) setText(value);
    told.current = value;
  }, [value]);
  return (
    <TextInput
      type="search"
      label={label}
      leftSection={<SearchIcon />}
      value={text}
      maxLength={100}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
    />
  );
}

type FilterFieldProps = { filter: Filter; search: TableSearch; onSearch: (search: TableSearch) => void };

function FilterField({ filter: { key, label, options }, search, onSearch }: FilterFieldProps) {
  return (
    <NativeSelect
      label={label}
      value={search[key] ?? ''}
      data={[{ value: '', label: say.any }, ...options.map(([value, shown]) => ({ value, label: shown }))]}
      onChange={(event) => onSearch({ ...search, [key]: event.currentTarget.value || undefined })}
    />
  );
}

type GroupFieldProps = { grouping: Grouping; search: TableSearch; onSearch: (search: TableSearch) => void };

function GroupField({ grouping, search, onSearch }: GroupFieldProps) {
  return (
    <NativeSelect
      label={say.groupBy}
      value={search.group ?? ''}
      data={[{ value: '', label: say.ungrouped }, ...grouping.by.map(([value, label]) => ({ value, label }))]}
      onChange={(event) => onSearch({ ...search, group: event.currentTarget.value || undefined, in: undefined })}
    />
  );
}

function ColumnChoice<Row>({ columns, hidden, onHidden }: ToolbarProps<Row>) {
  const choose = (id: string, isShown: boolean) =>
    onHidden(isShown ? hidden.filter((each) => each !== id) : [...hidden, id]);
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default">{say.columns}</Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={say.columns}>
        <Stack gap="sm">
          {columns.slice(1).map(({ id, header }) => (
            <Checkbox
              key={id}
              label={header}
              checked={!hidden.includes(id)}
              onChange={(event) => choose(id, event.currentTarget.checked)}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The filters in words, for paper. */
function printed<Row>({ search, searchLabel, filters = [] }: ToolbarProps<Row>): string {
  const chosen = filters.map(({ key, label, options }) => {
    const shown = options.find(([value]) => value === search[key])?.[1];
    return shown && say.filtered(label, shown);
  });
  return [search.q && searchLabel && say.filtered(searchLabel, search.q), ...chosen].filter(Boolean).join(' · ');
}
