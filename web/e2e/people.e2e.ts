import { expect, test, type APIRequestContext } from '@playwright/test';
import { ask, shown } from './api';
import { everyLook } from './look';

/** Somebody who would be better off otherwise. */
async function somebodyAdvised(request: APIRequestContext) {
  const { rows } = await ask(request, '/v1/recommendations', { moves: 'true', limit: '1' });
  if (!rows[0]) throw new Error('the demonstration recommends nothing');
  return rows[0];
}

test('from the list to a person and to what speaks for a change', async ({ page, request }) => {
  const advised = await somebodyAdvised(request);
  await page.goto('/people');
  await page.getByRole('searchbox').fill(advised.name);
  await expect(page).toHaveURL(/q=/);
  await page.getByRole('link', { name: advised.name }).click();
  await expect(page.getByRole('heading', { name: advised.name, level: 1 })).toBeFocused();
  await expect(page.getByRole('region', { name: 'Recommendation' }).getByText(/a year on tokens/)).toBeVisible();
});

test('a filter of the seats is a view that is found again', async ({ page }) => {
  await page.goto('/seats');
  await page.getByRole('combobox', { name: 'Held' }).selectOption('free');
  await expect(page).toHaveURL(/state=free/);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('textbox', { name: 'Name of this view' }).fill('Spare');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.goto('/seats');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('button', { name: 'Spare', exact: true }).click();
  await expect(page).toHaveURL(/state=free/);
});

test('the arrow keys go through the rows', async ({ page }) => {
  await page.goto('/people');
  await page.locator('tbody a').first().focus();
  for (let row = 1; row <= 20; row += 1) await page.keyboard.press('ArrowDown');
  await expect(page.locator('tbody tr[aria-rowindex="22"] a')).toBeFocused();
  await expect(page.locator('tbody tr[aria-rowindex="22"] a')).toBeInViewport();
});

const addressOfAdvised = async (request: APIRequestContext) => `/people/${(await somebodyAdvised(request)).person}`;

test('people are sorted by their heads, and taken along as shown', async ({ page, request }) => {
  await page.goto('/people?q=a');
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await expect(page).toHaveURL(/sort=-name/);
  await expect(page.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'descending');
  const { rows } = await ask(request, '/v1/people', { q: 'a', sort: '-name', limit: '1' });
  await expect(page.locator('tbody [data-place="0"] a')).toHaveText(rows[0]?.name ?? '');
  for (const [name, ending] of [['Table (CSV)', /\.csv$/], ['Workbook (XLSX)', /\.xlsx$/]] as const) {
    await page.getByRole('button', { name: 'Take along' }).click();
    const arrived = page.waitForEvent('download');
    await page.getByRole('button', { name }).click();
    expect((await arrived).suggestedFilename()).toMatch(ending);
    await page.keyboard.press('Escape');
  }
});

test('people are grouped by the server, and the open group is in the address', async ({ page, request }) => {
  await page.goto('/people');
  await page.getByRole('combobox', { name: 'Group by' }).selectOption('Bucket');
  const { groups } = await ask(request, '/v1/people', { group: 'bucket' });
  const group = groups?.[1];
  if (!group) throw new Error('the demonstration has people in too few buckets');
  const head = page.getByRole('button', { name: `${group.name} ${shown(group.rows)} row` });
  await head.click();
  const { rows } = await ask(request, '/v1/people', { group: 'bucket', in: group.in });
  await expect(page.getByRole('link', { name: rows[0]?.name ?? '' }).first()).toBeVisible();
  await page.reload();
  await expect(head).toHaveAttribute('aria-expanded', 'true');
  await head.focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('tbody tr[data-place="2"] a')).toBeFocused();
});

test('on paper are all rows that are loaded, below the filters', async ({ page, request }) => {
  const { rows, next } = await ask(request, '/v1/people', { q: 'a', limit: '200' });
  await page.goto('/people?q=a');
  const table = page.getByRole('table');
  await expect(table.getByRole('row').nth(5)).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  await expect(table.getByRole('row')).toHaveCount(rows.length + 1);
  await expect(page.getByText('Search by name or key: a')).toBeVisible();
  expect(next).toBeNull();
  await page.emulateMedia({ media: 'screen' });
  await expect(table.getByRole('row')).not.toHaveCount(rows.length + 1);
});

test('paper ends with the last row, and not with a blank page', async ({ page }) => {
  const pages = async () => {
    const paper = (await page.pdf({ format: 'A4' })).toString('latin1');
    return paper.match(/\/Type\s*\/Page\b(?!s)/g)?.length;
  };
  await page.goto('/people');
  await expect(page.getByRole('table').getByRole('row').nth(5)).toBeVisible();
  // As a person prints: the page learns of it while the browser lays out the paper.
  const printed = await pages();
  // And as it is where there is nothing left to learn.
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByText(/^\d+ rows$/).last()).toBeVisible();
  expect(printed).toBe(await pages());
});

everyLook('people', '/people', (page) => page.getByRole('table'));
everyLook('seats', '/seats', (page) => page.getByRole('table'));
everyLook('person', addressOfAdvised, (page) => page.getByText(/a year on tokens/).first());

test('the last of a million rows is reached, and few of them are drawn', async ({ page }) => {
  // No demonstration has a million people: the answer is made up, the layout is the browser's.
  await page.addInitScript(() => {
    const ask = window.fetch;
    const person = (number: number) => ({ key: `k${number}`, name: `Person ${number}`, groups: [], contractor: false });
    window.fetch = async (url, init) =>
      String(url).startsWith('/v1/people')
        ? ({ ok: true, json: async () => ({ rows: Array.from({ length: 1_000_000 }, (_, at) => person(at)) }) } as Response)
        : ask(url, init);
  });
  await page.goto('/people');
  const table = page.getByRole('table');
  await expect(table).toHaveAttribute('aria-rowcount', '1000001');
  await page.locator('tbody a').first().focus();
  await page.keyboard.press('End');
  const last = page.getByRole('link', { name: 'Person 999999' });
  await expect(last).toBeFocused();
  await expect(last).toBeInViewport();
  expect(await table.getByRole('row').count()).toBeLessThan(60);
  await page.keyboard.press('Home');
  await expect(page.getByRole('link', { name: 'Person 0', exact: true })).toBeInViewport();
});
everyLook('people-grouped', '/people?group=bucket', (page) => page.getByRole('button', { name: /\d rows?$/ }).first());
