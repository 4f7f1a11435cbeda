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

  use: {
    title: 'A log, or the vendor’s export',
    detail:
      'The debug log of your FlexNet licence server (the file that `lmgrd -l` or `DEBUGLOG` names), the report Token Usage from your vendor’s account, or another file of use. Faregate tells by what is in it. The report log is encrypted and cannot be read.',
    zone: 'Zone of the clock that wrote it',
    zoneHelp: 'Logs of licence servers do not say.',
    choose: 'Choose a file',
    large: 'A log of many gigabytes is quicker on the server: `faregate import FILE`.',
    kind: 'Read as',
    kinds: {
      flexnet: 'FlexNet log',
      lmstat: 'Output of lmstat',
      cloudevents: 'CloudEvents',
      vendor: 'Vendor’s report',
    } as Record<string, string>,
    sessions: 'New sessions',
    duplicates: 'There already',
    quarantined: 'Kept, not charged',
    toDays: (from: string, to: string) => `See the burn from ${from} to ${to}`,
    toUncharged: 'See what is not charged, and why',
    toImport: (number: string) => `See the receipt, import ${number}`,
    toRejected: 'See all rejected lines',
    unlisted: (why: string) => `The rejected lines could not be listed: ${why}`,
  },
  demo: {
    title: 'Or look around first',
    detail: 'An estate that is made up: people, seats, buckets and their use. For an empty ledger only.',
    size: 'How large',
    small: 'A department: some dozens of people, a few months',
    large: 'A company: some hundreds of people, a year',
    start: 'Fill it with demo data',
    filling: 'People and their use are being made up.',
    filled: (people: string, seats: string, sessions: string) =>
      `${people} people with ${seats} seats and ${sessions} sessions were made up.`,
    warning: 'It cannot be taken out again: use another data directory for your own data afterwards.',
  },
  done: {
    title: 'That is in the books',
    nothing: 'Nothing of that is use',
    toOverview: 'See the overview',
    kept: (n: number, shown: string) => count(n, shown, 'line was left out', 'lines were left out'),
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
    count: (shown: string) => `${shown} there`,
    steps: {
      contract: { title: 'Contract', why: 'When its term begins, and where its days are counted.' },
      prices: { title: 'Prices', why: 'The tariff says what products cost in tokens.' },
      packs: { title: 'What you bought', why: 'Without packs all use counts as uncovered.', how: 'Take in a pack' },
      buckets: {
        title: 'Buckets',
        why: 'Each department or project with a budget of its own.',
        how: 'Bring a file',
      },
      people: { title: 'People', why: 'Names, departments and who pays, beside the logins of a log.', how: 'Bring a file' },
      seats: { title: 'Seats', why: 'Who holds a subscription costs no tokens.', how: 'Bring a file' },
      deciders: {
        title: 'Who decides',
        why: 'Who answers requests for tokens where no bucket’s owner does.',
        how: 'Name them',
      },
      use: { title: 'Use', why: 'Without use there is no burn, no forecast and no advice.', how: 'Bring a log' },
      sources: {
        title: 'Sources',
        why: 'Bring use by themselves: a log that is followed, a watched folder, the vendor’s API. They are written in `sources.toml`.',
      },
      accounts: { title: 'Who comes in', why: 'Accounts for your colleagues, each with a role.', how: 'Add an account' },
      rules: { title: 'What is watched', why: 'Alert rules, tried on the past before they are saved.', how: 'Add rules' },
      agents: { title: 'Workstations', why: 'An agent asks people before tokens are spent.', how: 'Make a code' },
    } as Record<string, { title: string; why: string; how?: string }>,
  },
};
