import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { meQuery, summaryQuery } from '../api/queries';
import type { Summary } from '../api/types';
import { dayOf, moment } from '../format';

/** Tells instants in the contract's zone, as on the other pages; today's without their day. */
export function useMoments(): (instant: string) => string {
  // The summary changes with each commit, where and which day it is does not: who asks is not drawn anew.
  const told = useQuery({ ...summaryQuery, select: whereAndWhen }).data;
  // Whoever may not read the summary has the day of their own clock.
  const zone = useQuery(meQuery).data?.zone ?? 'UTC';
  const today = told?.today ?? dayOf(new Date().toISOString(), zone);
  return useCallback((instant) => moment(instant, zone, today), [zone, today]);
}

function whereAndWhen({ as_of, contract: { zone } }: Summary) {
  return { today: dayOf(as_of, zone) };
}

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g;

/** Tells a sentence of the server with its instants as on the other pages. */
export function useToldMoments(): (sentence: string) => string {
  const when = useMoments();
  return useCallback((sentence) => sentence.replace(INSTANT, (instant) => when(instant)), [when]);
}
