import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../api/queries';

/** A right by the name that `faregate rights` prints. */
type Right =
  | 'run-faregate'
  | 'read-estate'
  | 'read-burn'
  | 'read-access'
  | 'give-orders'
  | 'manage-access'
  | 'act-for-others'
  | 'buy-packs';

/** Whether the reader has a right; `undefined` until that is known. It spares refusals: the server decides. */
export function useRight(right: Right): boolean | undefined {
  return useQuery(meQuery).data?.rights.includes(right);
}
