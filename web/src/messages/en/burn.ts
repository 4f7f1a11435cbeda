import { count, plural } from './count';

/** The one way by which tokens that were bought become known. */
const enterTokens =
  'begin the contract with `faregate init --tokens N --from DATE` in a fresh data directory and import again.';

export const burn = {
  title: 'Burn',
  asOf: (when: string, zone: string) => `As of ${when} · times in ${zone}`,
  price: (price: string) => `${price} a token`,

  tiles: {
    label: 'Key figures',
    left: 'Tokens left',
    nonePurchased: 'none entered; “Packs” says how',
    ofPurchased: (purchased: string) => `of ${purchased} purchased`,
    held: (held: string) => `${held} held`,
    available: (available: string) => `${available} available`,
    meter: 'Tokens left of those purchased',
    meterValue: (left: string, purchased: string) => `${left} of ${purchased}`,
    today: 'Burned today',
    usual: (mean: string, low: string, high: string) => `usually ${mean} by this hour (${low} – ${high})`,
    beforeMonth: (shown: string) => `${shown} last month up to the same point`,
    yesterday: 'Yesterday',
    month: 'This month',
    projected: 'Projected to month end',
    range: (low: string, high: string) => `${low} – ${high} likely`,
    method: 'How this is projected',
    sessions: 'Sessions open now',
    sessionsLink: 'See who',
    unclosed: (shown: string) => `${shown} not closed in the log`,
    loading: 'Loading the key figures',
  },

  uncovered: {
    title: (shown: string, n: number) => `${count(n, shown, 'token is', 'tokens are')} not covered`,
    detail:
      `This usage was charged although no bucket or pack could cover it. If you own tokens that Faregate does not know of, ${enterTokens}`,
    tile: (shown: string) => `${shown} not covered`,
  },

  quarantined: {
    title: (shown: string, n: number) => `${count(n, shown, 'session is', 'sessions are')} kept but not charged`,
    detail: (n: number): string =>
      plural.select(n) === 'one'
        ? 'Its product is unknown or the tariff has no rate for it. The import named it.'
        : 'Their product is unknown or the tariff has no rate for it. The import named them.',
  },

  stale: 'These figures are not complete',

  range: {
    label: 'Days shown',
    printed: (from: string, to: string) => `Days shown: ${from} to ${to}`,
    presets: {
      '7d': '7 days',
      '28d': '28 days',
      '90d': '90 days',
      '365d': '365 days',
      mtd: 'Month to date',
    },
    from: 'From',
    to: 'To',
    backwards: 'The first day must not be after the last.',
    tooLong: (days: string) => `At most ${days} days can be shown at once.`,
  },

  daily: {
    title: 'Burn by day',
    total: 'in this range',
    loading: 'Loading the burn by day',
    viewAs: 'View as',
    viewAsChart: 'View as chart',
    viewAsTable: 'View as table',
    chart: 'Chart',
    table: 'Table',
    plan: 'Plan',
    totalColumn: 'Total',
    day: 'Day',
    chartLabel: (from: string, to: string) => `Chart of tokens burned by day and product, ${from} to ${to}`,
    chartKeys: 'Use the left and right arrow keys to read one day after another.',
    tableLabel: (from: string, to: string) => `Tokens burned by day and product, ${from} to ${to}`,
    axis: 'tokens',
    legend: 'Products in the chart',
    readOut: (day: string, parts: string[]) => `${day}: ${parts.length === 0 ? 'nothing burned' : parts.join(', ')}`,
    part: (name: string, shown: string) => `${name} ${shown}`,
    emptyTitle: (from: string, to: string) => `No usage between ${from} and ${to}`,
    emptyDetail:
      'Faregate shows usage once it has read a licence log, or once a session was opened through it. To read the log of a FlexNet server, or to fill a demo contract, run one of these:',
    emptyImport: 'faregate import flexnet FILE --zone Europe/Madrid',
    emptyDemo: 'make demo',
    usageDetail: (from: string, to: string) =>
      from === to ? `Your usage is on ${from}.` : `Your usage is from ${from} to ${to}.`,
    usageShow: (from: string, to: string) => (from === to ? `Show ${from}` : `Show ${from} to ${to}`),
  },

  forecast: {
    title: 'What is to come',
    viewAs: 'View the days ahead as',
    viewAsChart: 'View the days ahead as chart',
    viewAsTable: 'View the days ahead as table',
    loading: 'Loading the forecast',
    withheld: 'The forecast of the contract is for those who own it and for those who run it.',
    emptyTitle: 'Nothing can be said yet',
    emptyDetail: 'A forecast stands on days of use. It appears here once some use was taken in.',
    monthEnd: 'This month will end at',
    usedUp: 'Tokens are used up on',
    notInTerm: 'Not before the term ends',
    termEnd: (last: string) => `Still to come until ${last}`,
    left: (left: string) => `${left} are left, if nothing is bought`,
    fourInFive: (low: string, high: string) => `4 cases in 5: ${low} – ${high}`,
    later: 'after the term',
    chartLabel: (from: string, to: string) => `Chart of tokens expected by day, ${from} to ${to}`,
    tableLabel: (from: string, to: string) => `Tokens expected by day, ${from} to ${to}`,
    expected: 'Expected',
    history: (days: number, shown: string) => `Learned from ${count(days, shown, 'day', 'days')} of use.`,
    past: 'How good past forecasts were',
    pastOf: (n: number, shown: string, span: string) =>
      `${count(n, shown, 'past forecast', 'past forecasts')} of ${span}`,
    pastError: (error: string) => `mean error ${error}`,
    pastHeld: (held: string) => `the range of 4 in 5 held ${held}`,
    noPast: 'No forecast is old enough yet to be compared with what came.',
  },

  ranking: {
    persons: 'Top persons',
    products: 'Top products',
    loadingPersons: 'Loading the top persons',
    loadingProducts: 'Loading the top products',
    emptyPersons: 'Nobody burned tokens in this range.',
    emptyProducts: 'No product burned tokens in this range.',
    name: { person: 'Person', product: 'Product' },
    tokens: 'Tokens',
    share: 'Share',
    charges: 'Charges',
  },

  buckets: {
    title: 'Buckets',
    loading: 'Loading the buckets',
    unallocated: (shown: string) => `${shown} unallocated`,
    empty: 'The pool is not divided into buckets. All usage is charged to the unallocated tokens.',
    spent: 'spent',
    held: 'held',
    available: 'available',
    overdrawn: 'overdrawn',
    uncovered: 'not covered',
    row: (available: string, allocated: string) => `${available} of ${allocated} available`,
  },

  packs: {
    title: 'Packs',
    loading: 'Loading the packs',
    empty: `No pack has been entered. Without one, every charge stays uncovered. To enter your tokens, ${enterTokens}`,
    remaining: (remaining: string, bought: string) => `${remaining} of ${bought} left`,
    expires: (when: string, relative: string) => `Expires ${when}, ${relative}`,
    expired: (when: string) => `Expired ${when}`,
    starts: (when: string) => `Starts ${when}`,
    soon: 'Expires soon',
    over: 'Expired',
    meter: (name: string) => `Tokens left of ${name}`,
  },

  sessions: {
    title: 'Sessions open now',
    loading: 'Loading the open sessions',
    filter: 'Filter the sessions',
    filterPlaceholder: 'Person, product, host or bucket',
    columns: {
      person: 'Person',
      product: 'Product',
      host: 'Host',
      opened: 'Opened',
      seen: 'Last seen',
      paid: 'Paid by',
      tokens: 'Tokens',
    },
    seat: 'Seat',
    pool: 'Tokens',
    log: 'Licence server’s log',
    unclosed: 'not closed in the log',
    unclosedCount: (shown: string) => `${shown} not closed in the log`,
    tokensOf: (bucket: string) => `Tokens of ${bucket}`,
    emptyTitle: 'No session is open',
    emptyDetail: 'A session appears here as soon as a product is opened and Faregate is told of it.',
    noMatch: (filter: string) => `No open session matches “${filter}”.`,
    clear: 'Clear the filter',
    shown: (shown: string, n: number, total: string) => `${shown} of ${count(n, total, 'session', 'sessions')}`,
    loadedOnly: (loaded: string) => `The filter searches the ${loaded} sessions loaded so far.`,
    matching: (shown: string, n: number, total: string) =>
      `${shown} of ${count(n, total, 'session', 'sessions')} match the filter`,
    printed: (filter: string) => `Filter: ${filter}`,
    more: 'Show more',
  },
};
