import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { isForbidden } from '../api/client';
import { summaryQuery } from '../api/queries';
import { dayOf, moment } from '../format';

/** The reader's own zone, for those who may not read what the contract's is. */
const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Tells instants in the contract's zone, as on the other pages; today's without their day. */
export function useMoments(): (instant: string) => string {
  const { data: summary, error } = useQuery(summaryQuery);
  const zone = summary?.contract.zone ?? (isForbidden(error) ? OWN_ZONE : 'UTC');
  const now = summary?.as_of ?? (isForbidden(error) ? new Date().toISOString() : undefined);
  const today = now && dayOf(now, zone);
  return useCallback((instant) => moment(instant, zone, today), [zone, today]);
}

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g;

/** Tells a sentence of the server with its instants as on the other pages. */
export function useToldMoments(): (sentence: string) => string {
  const when = useMoments();
  return useCallback((sentence) => sentence.replace(INSTANT, (instant) => when(instant)), [when]);
}
