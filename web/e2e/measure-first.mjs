/**
 * How soon each page can be used, in a browser that has never seen it. No test: it prints figures, and judges nothing.
 *
 *   FAREGATE_URL=… FAREGATE_SIGN_IN=… [PAGES=/,/burn] node e2e/measure-first.mjs [ROUNDS]
 *
 * A page can be used once its heading is there, nothing on it says that it loads, and its thread has been free of
 * long tasks since (the definition of "time to interactive", without its five seconds of quiet network: a live page
 * has none). Each round is a new context with an empty cache; the server's compression and the network are the
 * machine's own.
 */
import { chromium } from '@playwright/test';

const [rounds = '5'] = process.argv.slice(2);
const PAGES = (process.env.PAGES ?? '/,/burn,/buckets,/people,/seats,/plan,/gate,/places,/reports,/alerts,/sources,/settings,/me').split(',');
const url = process.env.FAREGATE_URL;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const first = await browser.newContext({ baseURL: url });
const signIn = await first.newPage();
await signIn.goto(process.env.FAREGATE_SIGN_IN);
await signIn.waitForURL((address) => !address.pathname.startsWith('/sign-in'));
const storageState = await first.storageState();

/** In the page: when it can be used, in milliseconds since it was asked for. */
function watch() {
  let busyUntil = 0;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) busyUntil = Math.max(busyUntil, startTime + duration);
  }).observe({ type: 'longtask', buffered: true });
  const isThere = () =>
    document.querySelector('main h1') && !document.querySelector('[role=status][aria-label^="Loading"], [aria-busy=true]');
  let since = 0;
  const look = () => {
    since = isThere() ? since || performance.now() : 0;
    // Whoever looks at once does not know yet of a task that is going on.
    if (since && performance.now() - since > 500) window.usable = Math.max(since, busyUntil < since + 500 ? busyUntil : since);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const of = (times, share) => Math.round(times.toSorted((one, other) => one - other)[Math.floor((times.length - 1) * share)]);
for (const path of PAGES) {
  const times = [];
  const sizes = [];
  for (let round = 0; round < Number(rounds); round += 1) {
    const context = await browser.newContext({ baseURL: url, storageState, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(watch);
    await page.goto(path, { waitUntil: 'commit' });
    await page.waitForFunction(() => window.usable !== undefined);
    times.push(await page.evaluate(() => window.usable));
    sizes.push(await page.evaluate(() => performance.getEntriesByType('resource').reduce((sum, it) => sum + it.transferSize, 0)));
    await context.close();
  }
  console.log(`${path.padEnd(10)} usable after ${of(times, 0.5)} ms (worst of ${rounds}: ${of(times, 1)}), ${Math.round(of(sizes, 0.5) / 1000)} kB in all`);
}
await browser.close();
