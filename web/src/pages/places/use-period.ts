import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Period } from '../../api/places';
import { summaryQuery } from '../../api/queries';
import { dayOf } from '../../format';
import { periodOf } from './search';

const route = getRouteApi('/places');

/** The days that the address means. The page shows no part before the contract's own today is known. */
export function usePeriod(): Period {
  const search = route.useSearch();
  const { as_of, contract } = useQuery(summaryQuery).data!;
  return periodOf(search, dayOf(as_of, contract.zone));
}
