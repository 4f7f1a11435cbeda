/** Decisions as they are made: the list of the server, and before it what the event stream told since. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { decisionsQuery, type DecisionsAsked } from '../../api/gate';
import { watchDecisions } from '../../api/live';
import type { DecisionRow, NewDecisions } from '../../api/types';

/** So many are kept beyond the list; whoever wants more asks for the list again. */
const FRESH_MAX = 500;

type Come = {
  rows: DecisionRow[];
  /** The oldest decision of the last time that some before it were left out; 0 when none were. */
  gap: number;
};
const NOTHING: Come = { rows: [], gap: 0 };

/** Whether the list would have it: the stream tells of all. */
export function isWanted(row: DecisionRow, { outcome, reason, person, product, from, to }: DecisionsAsked): boolean {
  return (
    // Days that are over have no more decisions.
    !to &&
    (!from || row.at.slice(0, 10) >= from) &&
    (!outcome || row.outcome === outcome) &&
    (!reason || row.code === reason) &&
    (!person || row.person === person || row.asked_as === person) &&
    (!product || row.product === product)
  );
}

/** Those that came, before those that are known; each once, the latest first. */
export function withFresh(known: readonly DecisionRow[], come: readonly DecisionRow[]): DecisionRow[] {
  const newest = known[0]?.decision ?? 0;
  return [...come.filter(({ decision }) => decision > newest), ...known];
}

/** What came, and now this. */
export function withTold(before: Come, { rows, more }: NewDecisions, asked: DecisionsAsked): Come {
  const all = withFresh(before.rows, rows.filter((row) => isWanted(row, asked)));
  const gap = more ? (rows.at(-1)?.decision ?? before.gap) : before.gap;
  const isCut = all.length > FRESH_MAX;
  return { rows: all.slice(0, FRESH_MAX), gap: isCut ? (all[FRESH_MAX - 1]?.decision ?? gap) : gap };
}

/** The decisions asked for; while `isHeld`, what is shown stays as it is, and what comes is counted. */
export function useDecisions(asked: DecisionsAsked, isHeld: boolean) {
  const list = useInfiniteQuery(decisionsQuery(asked));
  const [come, setCome] = useState(NOTHING);
  const [held, setHeld] = useState<Come | null>(null);
  const question = JSON.stringify(asked);
  const [answered, setAnswered] = useState(question);
  if (question !== answered) {
    setAnswered(question);
    setCome(NOTHING);
    setHeld(null);
  } else if (isHeld !== (held !== null)) {
    setHeld(isHeld ? come : null);
  }
  useEffect(() => {
    const wanted = JSON.parse(question) as DecisionsAsked;
    return watchDecisions((told) => setCome((before) => withTold(before, told, wanted)));
  }, [question]);

  const [first, ...rest] = list.data?.pages ?? [];
  const shown = held ?? come;
  const rows = first && withFresh(first.rows, shown.rows);
  const data = first && rows && { pages: [{ ...first, rows }, ...rest], pageParams: list.data?.pageParams ?? [] };
  const newest = rows?.[0]?.decision ?? 0;
  return {
    list: { ...list, data } as typeof list,
    /** How many came that are held back. */
    waiting: come.rows.filter(({ decision }) => decision > newest).length,
    /** Whether more was decided than is shown. */
    hasGap: shown.gap > (first?.rows[0]?.decision ?? Infinity),
    renew: () => {
      setCome(NOTHING);
      void list.refetch();
    },
  };
}
