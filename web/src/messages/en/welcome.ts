import { count } from './count';

export const files = {
  orDrop: 'or drop it here',
  sending: (name: string) => `Sending ${name}`,
  sent: (part: string) => `${part} sent`,
  reading: (name: string) => `${name} is being read; that takes as long as it is large.`,
  another: 'Bring another file',
};

export const welcome = {
  title: 'Welcome to Faregate',
  lead: 'Bring the first data',
  intro: 'Nothing is in the books yet. Choose how to begin: each way ends on a filled overview.',
  more: 'More data can be brought at any time; what is there already adds nothing twice.',
  notYours: 'Nothing is in the books yet',
  notYoursDetail: 'Whoever runs Faregate brings the first log or export.',

  log: {
    title: 'A licence server’s log',
    detail:
      'The debug log of your FlexNet licence server: the file that `lmgrd -l` or `DEBUGLOG` names. The report log is encrypted and cannot be read.',
    zone: 'Zone in which its clock runs',
    choose: 'Choose a log',
    large: 'A log of many gigabytes is quicker on the server: `faregate import flexnet FILE`.',
  },
  export: {
    title: 'The vendor’s export',
    detail: 'The report Token Usage from your vendor’s account, as CSV, with the column of user names.',
    choose: 'Choose an export',
  },
  demo: {
    title: 'Look around first',
    detail: 'An estate that is made up: people, seats, buckets and a year of use. It is for an empty ledger only.',
    start: 'Fill it with demo data',
    filling: 'A year of use is being made up; that takes less than a minute.',
    warning: 'It cannot be taken out again: use another data directory for your own data afterwards.',
  },
  done: {
    title: 'That is in the books',
    toOverview: 'See the overview',
    kept: (n: number, shown: string) => count(n, shown, 'line could not be charged', 'lines could not be charged'),
  },
  estate: {
    title: 'People, buckets and seats',
    detail:
      'Files named after what is in them, such as `people.csv`, `buckets.csv` or `seats.csv`, or one TOML file with all of it.',
    choose: 'Choose a file of the estate',
    would: 'That would change',
    apply: 'Take it in',
    nothing: 'Nothing would change: all of it is there already.',
  },
  next: {
    title: 'What comes next',
    loading: 'Looking what is there',
    done: 'Done',
    open: 'Open',
    steps: {
      packs: { title: 'What you bought', why: 'Without packs all use counts as uncovered.', how: 'Take in a pack' },
      buckets: { title: 'Buckets', why: 'Each department or project with a budget of its own.', how: 'Bring a file below' },
      people: { title: 'People', why: 'Names, departments and who pays, beside the logins of a log.', how: 'Bring a file below' },
      seats: { title: 'Seats', why: 'Who holds a subscription costs no tokens.', how: 'Bring a file below' },
      accounts: { title: 'Who comes in', why: 'Accounts for your colleagues, each with a role.', how: 'Add an account' },
      rules: { title: 'What is watched', why: 'Alert rules, tried on the past before they are saved.', how: 'Add rules' },
      agents: { title: 'Workstations', why: 'An agent asks people before tokens are spent.', how: 'Make a code' },
    },
  },
};
