/**
 * How smooth the live list of decisions stays under load. No test: it prints figures, and judges nothing.
 *
 *   FAREGATE_URL=… FAREGATE_SIGN_IN=… FAREGATE_API_KEY=… node e2e/measure-live.mjs [DECISIONS_PER_SECOND] [SECONDS]
 *
 * It asks the gate itself, in four batches a second, while a browser shows `/gate`, and looks at the browser's frames.
 */
import { chromium } from '@playwright/test';

const [rate = '200', seconds = '10'] = process.argv.slice(2);
const BATCHES = 4;
const url = process.env.FAREGATE_URL;
const key = { Authorization: `Bearer ${process.env.FAREGATE_API_KEY}`, 'Content-Type': 'application/json' };
const ask = async (path) => (await fetch(`${url}${path}`, { headers: key })).json();

const people = (await ask('/v1/people?limit=200')).rows;
const products = (await ask('/v1/products?limit=20')).rows;
let asked = 0;
const next = () => {
  asked += 1;
  return {
    key: `measure-${Date.now()}-${asked}`,
    person: people[asked % people.length].key,
    product: products[asked % products.length].key,
    host: `WS-${asked % 50}`,
  };
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ baseURL: url, viewport: { width: 1440, height: 900 } });
await page.goto(process.env.FAREGATE_SIGN_IN);
await page.waitForURL((address) => !address.pathname.startsWith('/sign-in'));
await page.goto('/gate');
await page.getByRole('region', { name: 'Latest decisions' }).getByRole('table').waitFor();
await page.evaluate(() => {
  const seen = { frames: [], long: [], rows: new Set() };
  window.seen = seen;
  let last = performance.now();
  const frame = (now) => {
    seen.frames.push(now - last);
    last = now;
    const row = document.querySelector('[data-place="0"] a');
    if (row) seen.rows.add(row.getAttribute('href'));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => seen.long.push(...list.getEntries().map((it) => it.duration))).observe({
    type: 'longtask',
  });
});

// Time that the page's own thread took: what other programs take from the machine is not in it.
const devtools = await page.context().newCDPSession(page);
await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
const thread = async () => {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration').value;
};
const before = await thread();

const until = Date.now() + Number(seconds) * 1000;
let decided = 0;
while (Date.now() < until) {
  const began = Date.now();
  const body = JSON.stringify(Array.from({ length: Math.ceil(Number(rate) / BATCHES) }, next));
  const answer = await fetch(`${url}/v1/sessions/batch`, { method: 'POST', headers: key, body });
  if (!answer.ok) throw new Error(await answer.text());
  decided += (await answer.json()).length;
  await new Promise((wake) => setTimeout(wake, Math.max(0, 1000 / BATCHES - (Date.now() - began))));
}
const busy = (await thread()) - before;
const { frames, long, rows } = await page.evaluate(() => ({ ...window.seen, rows: window.seen.rows.size }));
await browser.close();

const sorted = frames.toSorted((one, other) => one - other);
const at = (share) => Math.round(sorted[Math.floor((sorted.length - 1) * share)]);
console.log(
  JSON.stringify({
    asked_per_second: Math.round(asked / Number(seconds)),
    decided_per_second: Math.round(decided / Number(seconds)),
    first_row_changed: rows,
    thread_busy_percent: Math.round((busy / Number(seconds)) * 100),
    frames_per_second: Math.round(frames.length / Number(seconds)),
    frame_ms: { median: at(0.5), p95: at(0.95), p99: at(0.99), longest: at(1) },
    long_tasks: { count: long.length, longest_ms: Math.round(Math.max(0, ...long)) },
  }),
);
