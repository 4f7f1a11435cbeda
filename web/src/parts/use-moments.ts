import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { summaryQuery } from '../api/queries';
import { dayOf, moment } from '../format';

/** Tells instants in the contract's zone, as on the other pages; today's without their day. */
export function useMoments(): (instant: string) => string {
  const summary = useQuery(summaryQuery).data;
  const zone = summary?.contract.zone ?? 'UTC';
  const today = summary && dayOf(summary.as_of, zone);
  return useCallback((instant) => moment(instant, zone, today), [zone, today]);
}
