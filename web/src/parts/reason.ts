/** What a recommendation says, in a sentence; the numbers are the server's. */
import type { Recommendation } from '../api/types';
import { estimate, roundShare } from '../format';
import { words } from '../messages';

const say = words.plan;

/** What is to be done with somebody. */
export function adviceOf({ advice, stays, offering_name, has_left }: Recommendation): string {
  const thing = offering_name ?? '';
  if (has_left) return say.advice.left;
  if (stays !== null && stays !== undefined) return say.advice.stay;
  return advice === 'seat' ? say.advice.seat(thing) : advice === 'tokens' ? say.advice.tokens(thing) : say.advice.stay;
}

/** Why: how much use there is, and how sure that is. */
export function reasonOf({ days, break_even, p_saves, stays }: Recommendation): string {
  const use =
    break_even === null || break_even === undefined
      ? say.use(days, estimate(days))
      : say.useAgainst(days, estimate(days), estimate(break_even));
  return `${use} ${stays ? (say.stays[stays] ?? stays) : say.odds(roundShare(p_saves))}`;
}
