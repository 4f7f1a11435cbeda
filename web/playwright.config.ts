import { defineConfig } from '@playwright/test';

/**
 * Runs against a real server. FAREGATE_URL, FAREGATE_SIGN_IN (the printed link) and FAREGATE_API_KEY
 * are set by whoever started it; the link works once, so one set-up signs in and the tests share the cookie.
 */
const SIGNED_IN = 'test-results/signed-in.json';

export default defineConfig({
  testDir: 'e2e',
  // The tests share one ledger: in order, none sees another's session half open.
  workers: 1,
  fullyParallel: false,
  // A machine that builds beside the tests is slow; what never comes still fails.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // Tried once more; what passes only then is told as flaky, and `cargo xtask ci` says so at its end.
  retries: 1,
  reporter: [['list']],
  use: {
    baseURL: process.env.FAREGATE_URL ?? 'http://127.0.0.1:8080',
    locale: 'en-GB',
    launchOptions: {
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'sign-in', testMatch: 'sign-in.setup.ts' },
    { name: 'pages', testMatch: '*.e2e.ts', dependencies: ['sign-in'], use: { storageState: SIGNED_IN } },
  ],
});
