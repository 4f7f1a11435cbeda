import { Button, Text, TextInput } from '@mantine/core';
import { useId, useRef } from 'react';
import { flushSync } from 'react-dom';
import { counted } from '../../format';
import { words } from '../../messages';
import { numbers } from '../../numbers';
import { columnsOf, tidied, type ListName, type Row } from './offer';
import type { Known } from './offer-fields';
import { KeyField } from './offer-keys';
import styles from './plan.module.css';

const say = words.plan.offer;

type Props = {
  list: ListName;
  rows: readonly Row[];
  onRows: (rows: Row[]) => void;
  faults: Record<string, string>;
  offerings: Known;
};

/** A small list, a row beneath the other; the focus goes to the row that was added, or beside the one that was removed. */
export function OfferRows({ list, rows, onRows, faults, offerings }: Props) {
  const { title, help, row: named, add } = say.lists[list];
  const heading = useId();
  const box = useRef<HTMLDivElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  const change = (changed: Row[], focused: number) => {
    flushSync(() => onRows(changed));
    const row = box.current?.querySelectorAll('[data-row]')[focused];
    (row?.querySelector<HTMLElement>('input, select') ?? more.current)?.focus();
  };
  const without = (at: number) => change(rows.filter((_, other) => other !== at), Math.min(at, rows.length - 2));
  return (
    <div role="group" aria-labelledby={heading} className={styles.list} ref={box}>
      <div>
        <Text fw={600} size="sm" id={heading}>
          {title}
        </Text>
        <Text size="xs" c="dimmed">
          {help}
        </Text>
      </div>
      {rows.map((row, at) => (
        <div key={at} role="group" aria-label={named(counted(at + 1))} className={styles.row} data-row>
          {columnsOf(list).map(([column, kind]) => (
            <Cell
              key={column}
              list={list}
              column={column}
              kind={kind}
              text={row[column] ?? ''}
              fault={faults[`${list}.${at}.${column}`]}
              onText={(text) => onRows(rows.map((each, other) => (other === at ? { ...each, [column]: text } : each)))}
              offerings={offerings}
            />
          ))}
          <Button
            variant="default"
            className={styles.remove}
            aria-label={say.removeNamed(named(counted(at + 1)))}
            onClick={() => without(at)}
          >
            {say.remove}
          </Button>
        </div>
      ))}
      <Button ref={more} size="xs" variant="default" className={styles.add} onClick={() => change([...rows, {}], rows.length)}>
        {add}
      </Button>
    </div>
  );
}

type CellProps = {
  list: ListName;
  column: string;
  kind: ReturnType<typeof columnsOf>[number][1];
  text: string;
  fault: string | undefined;
  onText: (text: string) => void;
  offerings: Known;
};

function Cell({ list, column, kind, text, fault, onText, offerings }: CellProps) {
  const columns: Record<string, string> = say.lists[list].columns;
  const label = columns[column] ?? column;
  if (kind === 'key') {
    return <KeyField of={column} label={label} value={text} error={fault} onValue={onText} offerings={offerings} />;
  }
  const tidy = tidied(kind, text, numbers);
  return (
    <TextInput
      label={label}
      inputMode={kind === 'whole' ? 'numeric' : 'decimal'}
      autoComplete="off"
      value={text}
      error={fault}
      onChange={(event) => onText(event.currentTarget.value)}
      onBlur={() => tidy !== text && onText(tidy)}
    />
  );
}
