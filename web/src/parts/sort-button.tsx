import { UnstyledButton } from '@mantine/core';
import type { MouseEventHandler, ReactNode } from 'react';
import { SortAscendingIcon, SortDescendingIcon, SortIcon } from './icons';
import styles from './sort-button.module.css';

/** As `aria-sort` says it; nothing where rows stand in another order. */
export type Sorted = 'ascending' | 'descending' | undefined;

const ICONS = { ascending: SortAscendingIcon, descending: SortDescendingIcon };

type Props = { sorted: Sorted; title?: string; onClick: MouseEventHandler | undefined; children: ReactNode };

/** The name of a column by which rows are sorted, with the way they stand. */
export function SortButton({ sorted, title, onClick, children }: Props) {
  const Icon = sorted ? ICONS[sorted] : SortIcon;
  return (
    <UnstyledButton className={styles.sort} data-active={sorted !== undefined} title={title} onClick={onClick}>
      {children}
      <Icon size={14} />
    </UnstyledButton>
  );
}
