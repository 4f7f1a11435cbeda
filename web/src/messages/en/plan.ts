import { count } from './count';

export const plan = {
  advice: {
    left: 'Take the seat back',
    stay: 'Leave as it is',
    seat: (offering: string) => `Give a seat of ${offering}`,
    tokens: (offering: string) => `Move to tokens for ${offering}`,
  },
  use: (days: number, shown: string) => `Opens it on ${count(days, shown, 'day', 'days')} a year.`,
  useAgainst: (days: number, shown: string, even: string) =>
    `Opens it on ${count(days, shown, 'day', 'days')} a year; a seat pays from ${even}.`,
  odds: (share: string) => `The other way is cheaper in ${share} of cases.`,
  idle: (days: number, shown: string) => `Last opened ${count(days, shown, 'day', 'days')} ago.`,
  stays: {
    'as-it-is': 'What they have is the cheaper way.',
    unsure: 'It is not sure enough that the other way is cheaper.',
    'not-worth-it': 'The saving does not pay for the move.',
    'too-little-known': 'Too little use is known to say more.',
    kept: 'They are to stay what they are.',
    'not-on-tokens': 'It cannot be opened on tokens.',
    'shared-login': 'Several people share this login.',
    'service-account': 'It is no person’s account.',
    contractor: 'Contractors stay on tokens.',
    region: 'Seats may not be used where they are.',
  } as Record<string, string>,
  costs: (tokens: string, seat: string) => `${tokens} a year on tokens, ${seat} a year for a seat.`,
};
