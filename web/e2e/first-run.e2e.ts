/** From an empty data directory to a filled overview: with a server of its own, by a log and by made-up data. */
import { expect, test, type Page } from '@playwright/test';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { given, SCREENSHOTS } from './given';
import { everyLook } from './look';

// Two days of last week, as a licence server writes them.
const day = new Date(Date.now() - 5 * 86_400_000);
const LOG = ` 8:00:00 (lmgrd) FlexNet Licensing (v11.18.0.0 build 275847 x64_n6) started on licsrv01 (IBM PC) (${day.getUTCMonth() + 1}/${day.getUTCDate()}/${day.getUTCFullYear()})
 8:42:45 (adskflex) OUT: "64300ACD_F" anna@ws01
 8:42:45 (adskflex) OUT: "87545ACD_2022_0F" anna@ws01
 9:10:00 (adskflex) OUT: "85950RVT_F" ben@ws02
 9:10:00 (adskflex) OUT: "87561RVT_2022_0F" ben@ws02
11:30:00 (adskflex) IN: "87545ACD_2022_0F" anna@ws01
11:30:00 (adskflex) IN: "64300ACD_F" anna@ws01
17:00:00 (adskflex) IN: "87561RVT_2022_0F" ben@ws02
17:00:00 (adskflex) IN: "85950RVT_F" ben@ws02
`;

type Running = { url: string; sign_in: string; end: () => void };

/** An empty contract, served; its first line says where. */
async function begin(): Promise<Running> {
  const binary = given('FAREGATE_BINARY');
  const data = mkdtempSync(join(tmpdir(), 'faregate-first-run-'));
  execFileSync(binary, ['init', '--data', data, '--zone', 'UTC'], { stdio: 'ignore' });
  const server: ChildProcess = spawn(binary, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const end = () => {
    server.kill();
    rmSync(data, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: server.stdout! })) {
    return { ...(JSON.parse(line) as { url: string; sign_in: string }), end };
  }
  end();
  throw new Error('the server did not say where it listens');
}

test.describe('an empty ledger', () => {
  test.use({ storageState: { cookies: [], origins: [] } });
  let running: Running;
  test.beforeEach(async () => {
    running = await begin();
  });
  test.afterEach(() => running.end());

  async function welcome(page: Page) {
    await page.goto(running.sign_in);
    await expect(page.getByRole('heading', { name: 'Welcome to Faregate', level: 1 })).toBeVisible();
  }

  async function isFilled(page: Page) {
    await page.getByRole('link', { name: 'See the overview' }).click();
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
    const burn = page.getByRole('region', { name: 'Burn by day against the plan' });
    await expect(burn.getByRole('list')).toBeVisible();
  }

  test('is filled by a log, and says what is missing next', async ({ page }) => {
    await welcome(page);
    const file = { name: 'adskflex.log', mimeType: 'text/plain', buffer: Buffer.from(LOG) };
    await page.getByLabel('Choose a file', { exact: true }).setInputFiles(file);
    await expect(page.getByText('That is in the books')).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: 'What you bought' })).toContainText('Open');
    await expect(page.getByRole('listitem').filter({ hasText: /^DoneUse/ })).toBeVisible();
    await page.screenshot({ path: `${SCREENSHOTS}/welcome-log.png`, fullPage: true });
    await isFilled(page);
    await expect(page.getByRole('link', { name: /^What the books lack next/ })).toBeVisible();
  });

  test('shows what a log did not charge or could not say, and takes it back', async ({ page }) => {
    await welcome(page);
    const more = `17:10:00 (adskflex) OUT: "99999OURS_2024_0F" ben@ws02
17:20:00 (adskflex) IN: "99999OURS_2024_0F" ben@ws02
17:30:00 (adskflex) OUT: nonsense
`;
    const file = { name: 'adskflex.log', mimeType: 'text/plain', buffer: Buffer.from(LOG + more) };
    await page.getByLabel('Choose a file', { exact: true }).setInputFiles(file);
    await page.getByRole('link', { name: 'See what is not charged, and why' }).click();
    const uncharged = page.getByRole('region', { name: 'Kept, not charged' });
    await expect(uncharged.getByRole('row').filter({ hasText: '99999OURS_2024_0F' })).toContainText('Unknown product');
    const rejected = page.getByRole('region', { name: 'Rejected lines' });
    await expect(rejected.getByText('nonsense')).toBeVisible();
    await page.getByRole('link', { name: 'Import 1, Licence server’s log' }).press('Enter');
    const one = page.getByRole('region', { name: 'Import 1' });
    await one.getByRole('button', { name: 'Take it back…' }).click();
    await expect(one.getByText('3 sessions that nobody else tells of go')).toBeVisible();
    await page.screenshot({ path: `${SCREENSHOTS}/sources-import.png`, fullPage: true });
    await one.getByRole('button', { name: 'Take import 1 back now' }).click();
    await expect(one.getByText('It was taken back', { exact: true })).toBeVisible();
    await expect(uncharged.getByText('All use that was taken in is charged or on a seat.')).toBeVisible();
    await expect(page.getByRole('region', { name: 'What was taken in' }).getByText('Taken back')).toBeVisible();
  });

  test('is filled with made-up data, by the keyboard alone', async ({ page }) => {
    await welcome(page);
    await page.getByRole('button', { name: 'Fill it with demo data' }).press('Enter');
    await expect(page.getByText('That is in the books')).toBeVisible({ timeout: 100_000 });
    await isFilled(page);
    // It is empty no longer: nobody is led away from the overview again.
    await page.goto(`${running.url}/`);
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  });

  test('takes a file of the estate once it was seen what that changes', async ({ page }) => {
    await welcome(page);
    const people = 'key,name,email\nanna,Anna Lopez,anna@acme.example\nben,Ben Hill,ben@acme.example\n';
    const panel = page.getByRole('region', { name: 'People, buckets and seats' });
    const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(people) };
    await panel.getByLabel('Choose a file of the estate').setInputFiles(file);
    await expect(panel.getByText('That would change')).toBeVisible();
    await panel.getByRole('button', { name: 'Take it in' }).click();
    await expect(panel.getByText('That is in the books')).toBeVisible();
    await page.goto(`${running.url}/people`);
    await expect(page.getByRole('link', { name: 'Anna Lopez' })).toBeVisible();
  });

  test('says so on every page, and leads to the first data', async ({ page }) => {
    await welcome(page);
    for (const path of ['burn', 'people', 'seats', 'plan', 'plan/sizing', 'sources']) {
      await page.goto(`${running.url}/${path}`);
      await expect(page.getByRole('link', { name: 'Bring the first data' }).first(), path).toBeVisible();
    }
  });
});

everyLook('welcome', '/welcome', (page) => page.getByRole('region', { name: 'What comes next' }));
