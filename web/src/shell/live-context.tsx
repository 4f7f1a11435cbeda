import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { keepAsking, openLiveLink, type LiveState } from '../api/live';
import { useRight } from '../parts/use-right';

const LiveContext = createContext<LiveState>('connecting');

/** Holds the one event stream of the page open while someone is signed in; who may not hear it asks now and then. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  const mayHear = useRight('read-burn');
  useEffect(() => {
    if (mayHear === undefined) return;
    return mayHear ? openLiveLink(client, setState) : keepAsking(client, setState);
  }, [client, mayHear]);
  return <LiveContext value={state}>{children}</LiveContext>;
}

export const useLiveState = () => useContext(LiveContext);
