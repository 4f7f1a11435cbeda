import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { isForbidden } from '../api/client';
import { summaryQuery } from '../api/queries';
import type { Summary } from '../api/types';
import { dayOf, moment } from '../format';

const UTC = { zone: 'UTC', today: undefined };

const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The reader's own zone and day, for those who may not read what the contract's are. */
const OWN = { zone: OWN_ZONE, today: dayOf(new Date().toISOString(), OWN_ZONE) };

/** Tells instants in the contract's zone, as on the other pages; today's without their day. */
export function useMoments(): (instant: string) => string {
  // The summary changes with each commit, where and which day it is does not: who asks is not drawn anew.
  const { data, error } = useQuery({ ...summaryQuery, select: whereAndWhen });
  const { zone, today } = data ?? (isForbidden(error) ? OWN : UTC);
  return useCallback((instant) => moment(instant, zone, today), [zone, today]);
}

function whereAndWhen({ as_of, contract: { zone } }: Summary) {
  return { zone, today: dayOf(as_of, zone) as string | undefined };
}

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g;

/** Tells a sentence of the server with its instants as on the other pages. */
export function useToldMoments(): (sentence: string) => string {
  const when = useMoments();
  return useCallback((sentence) => sentence.replace(INSTANT, (instant) => when(instant)), [when]);
}
