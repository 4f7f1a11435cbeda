/**
 * The agent's questions in a browser: three of them, asked by an example program that stands in for the agent.
 * `cargo build --release -p faregate-agent --example prompt` first.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { SCREENSHOTS } from './given';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = `${process.env.CARGO_TARGET_DIR ?? `${ROOT}target`}/release/examples/prompt`;

type Said = { url?: string; id?: number; choice?: string; bucket?: string | null };

/** The program that asks, and what it says, line by line. */
class Asker {
  private readonly said: AsyncIterator<string>;
  private readonly process: ChildProcessWithoutNullStreams;

  constructor() {
    this.process = spawn(PROGRAM);
    this.process.on('error', (error) => console.error(`prompt: ${PROGRAM}: ${error.message}`));
    this.said = createInterface(this.process.stdout)[Symbol.asyncIterator]();
  }

  async says(): Promise<Said> {
    const { value, done } = await this.said.next();
    if (done) throw new Error(`${PROGRAM} said nothing: build it first`);
    return JSON.parse(value) as Said;
  }

  end() {
    this.process.kill();
  }
}

// Nobody signs in here.
test.use({ storageState: { cookies: [], origins: [] } });

let asker: Asker;
let faults: string[];

test.beforeEach(async ({ page }) => {
  faults = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('dialog', (dialog) => faults.push(`a dialog: ${dialog.message()}`));
  asker = new Asker();
  const { url } = await asker.says();
  await page.goto(url ?? '');
});

test.afterEach(() => {
  asker.end();
  expect(faults.filter((fault) => !fault.includes('favicon'))).toEqual([]);
});

const title = (page: Page) => page.getByRole('heading', { level: 1 });

async function sound(page: Page, name: string) {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const);
  expect(width[0], 'nothing overflows sideways').toBeLessThanOrEqual(width[1]);
  await page.screenshot({ path: `${SCREENSHOTS}/prompt-${name}.png`, fullPage: true });
}

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${scheme}, ${width} px`, () => {
      test.use({ colorScheme: scheme, viewport: { width, height: 760 } });

      test('three questions are answered with the mouse', async ({ page }) => {
        await expect(title(page)).toContainText('Revit will use 10 tokens (about 30.00 USD) of Bridge West (412 left)');
        await expect(page.getByText('1 of 3 questions')).toBeVisible();
        await expect(page.getByRole('radio', { name: 'Bridge West' })).toBeChecked();
        await sound(page, `spend-${scheme}-${width}`);
        await page.getByRole('radio', { name: 'Tender 2026/14' }).check();
        await page.getByRole('button', { name: 'Use the tokens' }).click();
        expect(await asker.says()).toEqual({ id: 1, choice: 'spend', bucket: 'tender' });

        await expect(title(page)).toContainText('AutoCAD needs 7 tokens');
        await expect(page.getByRole('timer')).toContainText(/^\d+:\d\d/);
        await sound(page, `refused-${scheme}-${width}`);
        await page.getByLabel('Project that pays').selectOption('harbour');
        await page.getByRole('button', { name: 'Ask again' }).click();
        expect(await asker.says()).toEqual({ id: 2, choice: 'retry', bucket: 'harbour' });

        await expect(title(page)).toContainText("<script>document.title='broken'</script>");
        await sound(page, `hostile-${scheme}-${width}`);
        await page.getByRole('button', { name: 'Understood' }).click();
        expect(await asker.says()).toEqual({ id: 3, choice: 'read', bucket: null });

        await expect(title(page)).toHaveText('Nothing to answer');
        await sound(page, `nothing-${scheme}-${width}`);
      });
    });
  }
}

test('three questions are answered with the keyboard alone', async ({ page }) => {
  await expect(title(page)).toBeFocused();
  // Enter and space, meant for another window, answer nothing.
  await page.keyboard.press('Enter');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('radio', { name: 'Bridge West' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Use the tokens' })).toBeFocused();
  await page.keyboard.press('Enter');
  expect(await asker.says()).toEqual({ id: 1, choice: 'spend', bucket: 'bridge-east' });

  await expect(title(page)).toContainText('AutoCAD needs 7 tokens');
  await expect(title(page)).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Project that pays')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Close the product' })).toBeFocused();
  await page.keyboard.press('Space');
  expect(await asker.says()).toEqual({ id: 2, choice: 'close', bucket: null });

  await expect(title(page)).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await asker.says()).toEqual({ id: 3, choice: 'read', bucket: null });
  await expect(title(page)).toHaveText('Nothing to answer');
});

test('two pages of one person show the same, and an answer in one counts in both', async ({ page, context }) => {
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(title(second)).toContainText('Revit will use 10 tokens');
  await second.getByRole('button', { name: 'Close the product' }).click();
  await expect(title(page)).toContainText('AutoCAD needs 7 tokens');
  await expect(title(second)).toContainText('AutoCAD needs 7 tokens');
});

test('it says so when the agent has gone', async ({ page }) => {
  await expect(title(page)).toContainText('Revit will use 10 tokens');
  asker.end();
  await expect(page.getByRole('status')).toContainText('The agent does not answer');
  faults = [];
});
