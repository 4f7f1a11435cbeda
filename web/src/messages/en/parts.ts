import { count } from './count';

export const problem = {
  title: 'The request failed',
  unreachable: {
    title: 'Faregate cannot be reached',
    detail: 'The server does not answer from this browser.',
    help: 'Check that Faregate is running and that the network is up, then try again.',
  },
  unreadable: {
    title: 'The answer cannot be read',
    detail: 'The server answered with something that is not JSON.',
    help: 'A proxy between this browser and Faregate may have replaced the answer.',
  },
  status: (status: number) => `The server answered with status ${status}.`,
  code: (code: string) => `Code: ${code}`,
  retry: 'Try again',
  stale: 'These numbers could not be refreshed just now.',
  unexpected: 'Something unexpected happened',
};

export const units = {
  tokens: (n: number, shown: string) => count(n, shown, 'token', 'tokens'),
  charges: (n: number, shown: string) => count(n, shown, 'charge', 'charges'),
  days: (n: number, shown: string) => count(n, shown, 'day', 'days'),
};

export const copying = {
  copy: 'Copy the command',
  copied: 'Copied',
};
