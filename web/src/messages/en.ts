/** Every word the pages say in English. Amounts and dates arrive formatted. */
const plural = new Intl.PluralRules('en');
const count = (n: number, shown: string, one: string, many: string) =>
  `${shown} ${plural.select(n) === 'one' ? one : many}`;

/** The one way by which tokens that were bought become known. */
const enterTokens =
  'begin the contract with `faregate init --tokens N --from DATE` in a fresh data directory and import again.';

export const en = {
  product: 'Faregate',

  shell: {
    skip: 'Skip to the content',
    navigation: 'Pages',
    burn: 'Burn',
    sources: 'Sources',
    contract: 'Contract',
    menu: (name: string) => `Account: ${name}`,
    signOut: 'Sign out',
    roles: (roles: string) => `Signed in as ${roles}`,
    documentTitle: (page: string) => `${page} · Faregate`,
    loading: 'Loading Faregate',
    notFoundTitle: 'There is no such page',
    notFoundDetail: 'The address may be mistyped, or the page may belong to another version.',
    notFoundAction: 'Go to Burn',
    errorTitle: 'This page has stopped working',
    errorDetail: 'Reloading usually helps. If it happens again, please report what you did before.',
    reload: 'Reload',
  },

  live: {
    connecting: 'Connecting',
    connected: 'Live',
    reconnecting: 'Reconnecting',
    connectedHelp: 'The numbers move as soon as something is committed.',
    connectingHelp: 'Opening the live link to the server.',
    reconnectingHelp: 'The live link is broken. The numbers on this page may be out of date; Faregate keeps trying.',
  },

  scheme: {
    label: 'Colours',
    light: 'Light',
    dark: 'Dark',
    auto: 'As the system',
    current: (scheme: string) => `Colours: ${scheme}`,
  },

  signIn: {
    title: 'Sign in to Faregate',
    how: 'When Faregate starts, it prints a link that works once. Open that link in this browser, or paste it here.',
    where: 'In the terminal it looks like this:',
    example: (origin: string) => `${origin}/sign-in?token=…`,
    another: 'Is the link used or lost? On the server, `faregate sign-in` prints a new one.',
    staleTitle: 'This link was used or has expired',
    staleDetail: 'Each link works once, and not for long. On the server, `faregate sign-in` prints a new one.',
    label: 'Link or code',
    description: 'The whole link, or only the part after “token=”',
    submit: 'Sign in',
    empty: 'Paste the link or the code first.',
    documentTitle: 'Sign in · Faregate',
  },

  problem: {
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
  },

  units: {
    tokens: (n: number, shown: string) => count(n, shown, 'token', 'tokens'),
    charges: (n: number, shown: string) => count(n, shown, 'charge', 'charges'),
    days: (n: number, shown: string) => count(n, shown, 'day', 'days'),
  },

  burn: {
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
      detail: (n: number) =>
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
  },

  sources: {
    title: 'Sources',
    loading: 'Loading the sources',
    table: 'Sources of use',
    columns: {
      source: 'Source',
      lastData: 'Last data',
      lag: 'Lag',
      state: 'State',
      lastImport: 'Last receipt',
      why: 'Why',
    },
    kinds: {
      'licence-server-log': 'Licence server’s log',
      'licence-server-polls': 'Polls of the licence server',
      vendor: 'Vendor',
      table: 'Table',
      staff: 'List of people',
    } as Record<string, string>,
    states: {
      importing: 'Importing',
      stable: 'Stable',
      warning: 'Warning',
      ended: 'Ended',
    } as Record<string, string>,
    stale: 'stale',
    none: '–',
    receipt: (number: string, when: string) => `${number}, ${when}`,
    emptyTitle: 'No source tells of use yet',
    emptyDetail:
      'Import a file once with `faregate import`, or write a file of sources and start the server with `faregate serve --sources FILE`.',
  },

  copy: 'Copy the command',
  copied: 'Copied',
};
