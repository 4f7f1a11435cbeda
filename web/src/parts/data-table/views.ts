/** What a reader keeps of a table in this browser: its hidden columns, and its filters under a name. */
import { useState } from 'react';

export type View = { name: string; search: Record<string, string>; hidden: string[] };

const key = (table: string, what: 'hidden' | 'views') => `faregate-table-${table}-${what}`;

/** A value that outlives the page; where storage is forbidden, it lives as long as the page. */
function useKept<T>(name: string, nothing: T, isValid: (value: unknown) => value is T) {
  const [value, setValue] = useState(() => read(name, nothing, isValid));
  const keep = (changed: T) => {
    setValue(changed);
    try {
      localStorage.setItem(name, JSON.stringify(changed));
    } catch {
      // It is kept for now, and forgotten later.
    }
  };
  return [value, keep] as const;
}

function read<T>(name: string, nothing: T, isValid: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(name) ?? 'null');
    return isValid(value) ? value : nothing;
  } catch {
    return nothing;
  }
}

export const useHidden = (table: string) => useKept<string[]>(key(table, 'hidden'), [], isTexts);

export const useViews = (table: string) => useKept<View[]>(key(table, 'views'), [], areViews);

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const areViews = (value: unknown): value is View[] => Array.isArray(value) && value.every(isView);

function isView(value: unknown): value is View {
  if (typeof value !== 'object' || value === null) return false;
  const { name, search, hidden } = value as Partial<View>;
  return typeof name === 'string' && typeof search === 'object' && search !== null && isTexts(hidden);
}
