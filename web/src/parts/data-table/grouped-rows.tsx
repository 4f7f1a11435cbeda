import { Text, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Group } from '../../api/types';
import { counted, money } from '../../format';
import { words } from '../../messages';
import { ChevronRightIcon } from '../icons';
import { Loaded, SkeletonLines } from '../loaded';
import { ProblemNotice } from '../problem-notice';
import styles from './data-table.module.css';
import type { DataTableProps, Grouping } from './data-table';
import { grouped } from './lines';
import { Rows } from './rows';

const say = words.table;

type Props<Row> = DataTableProps<Row> & { grouping: Grouping; nothing: ReactNode };

/** A table in groups: their heads, and below the open one its rows. The address says which is open. */
export function GroupedRows<Row>({ grouping, nothing, ...props }: Props<Row>) {
  const { label, of, search, onSearch } = props;
  const nameOf = ({ key, name }: Group) =>
    grouping.nameOf?.(search.group ?? '', key ?? undefined) ?? name ?? say.ungroupedRows;
  // What was shown before is of another group.
  const found = of.isPlaceholderData ? undefined : of.data?.pages.flatMap((page) => page.rows);
  const toggle = (group: Group) => onSearch({ ...search, in: search.in === group.in ? undefined : group.in });
  return (
    <Loaded of={grouping.of} waiting={say.loading(label)} skeleton={<SkeletonLines lines={8} height={28} />}>
      {(groups) => {
        const open = groups.find((group) => group.in === search.in);
        if (groups.length === 0) return nothing;
        return (
          <>
            {open && of.error && <ProblemNotice error={of.error} onRetry={() => void of.refetch()} busy={of.isFetching} />}
            <Rows
              {...props}
              lines={grouped(groups, open?.in, found ?? [])}
              group={(group) => (
                <GroupHead
                  group={group}
                  name={nameOf(group)}
                  isOpen={group === open}
                  isWaiting={group === open && found === undefined && !of.error}
                  onToggle={() => toggle(group)}
                />
              )}
            />
            <Text size="sm" c="dimmed" role="status">
              {open && !found && !of.error ? say.waitingFor(nameOf(open)) : say.groups(groups.length, counted(groups.length))}
            </Text>
          </>
        );
      }}
    </Loaded>
  );
}

type HeadProps = { group: Group; name: string; isOpen: boolean; isWaiting: boolean; onToggle: () => void };

function GroupHead({ group: { rows, saving }, name, isOpen, isWaiting, onToggle }: HeadProps) {
  const told = [say.all(rows, counted(rows)), saving && say.saves(money(saving))].filter(Boolean).join(', ');
  return (
    <UnstyledButton className={styles.groupHead} aria-expanded={isOpen} aria-busy={isWaiting} onClick={onToggle}>
      <ChevronRightIcon size={16} />
      <span>{name}</span>{' '}
      <span className={styles.groupCount}>{told}</span>
    </UnstyledButton>
  );
}
