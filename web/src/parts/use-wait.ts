import { useEffect, useState } from 'react';
import { Problem } from '../api/client';

const TICK_MS = 250;

/** How many seconds are left of the wait that a refusal asks for; 0 when one may try again. */
export function useWait(error: Error | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const seconds = error instanceof Problem ? (error.retrySeconds ?? 0) : 0;
    const until = performance.now() + seconds * 1_000;
    const look = () => setLeft(Math.max(0, Math.ceil((until - performance.now()) / 1_000)));
    look();
    if (seconds === 0) return;
    const timer = setInterval(look, TICK_MS);
    return () => clearInterval(timer);
  }, [error]);
  return left;
}
