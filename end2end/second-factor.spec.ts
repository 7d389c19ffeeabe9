// The second factor: set up in one's own account, asked for at the log-in, and removed by an administrator.

import type { Page } from '@playwright/test';
import { App, turnOn } from './support/second-factor.js';
import { expect, test, visit } from './support/test.js';
import { filled, words } from './support/words.js';
import { PASSWORD } from './support/world.js';

const { account, auth, common } = words('en');
const { factor } = account;

const code = (page: Page) => page.getByLabel(factor.code, { exact: true });

async function logIn(page: Page, path = '/login'): Promise<void> {
  await page.goto(path);
  await page.getByLabel(auth.login, { exact: true }).fill('jana');
  await page.getByLabel(auth.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: auth.log_in, exact: true }).click();
  await expect(page.getByRole('heading', { name: factor.title, level: 1 })).toBeVisible();
}

test('a second factor is set up, asked for, and removed by an administrator', async ({ person, stranger, troubles }) => {
  troubles.allow(/422/);
  // Her pages are open when she is logged out.
  troubles.allow(/401.*(events|auth\/me)/);
  const page = await person('jana');
  await visit(page, '/account');
  await page.getByRole('link', { name: factor.manage }).click();
  await page.getByRole('button', { name: factor.begin, exact: true }).click();
  await expect(page.getByRole('img', { name: factor.qr })).toBeVisible();
  const recovery = await page.locator('.recovery-codes li').allTextContents();
  expect(recovery).toHaveLength(10);
  const first = await page.getByLabel(factor.secret, { exact: true }).inputValue();
  await page.getByRole('button', { name: factor.begin_anew }).click();
  await expect(page.getByLabel(factor.secret, { exact: true })).not.toHaveValue(first);
  const app = new App(await page.getByLabel(factor.secret, { exact: true }).inputValue());
  const codes = await page.locator('.recovery-codes li').allTextContents();
  expect(codes).not.toEqual(recovery);

  await code(page).fill('000000');
  await page.getByRole('button', { name: factor.turn_on, exact: true }).click();
  await expect(page.locator('#field-code-problem')).toHaveText(common.problem.wrong_code);
  await code(page).fill(app.code());
  await page.getByRole('button', { name: factor.turn_on, exact: true }).click();
  await expect(page.getByRole('status').getByText(factor.turned_on)).toBeVisible();
  await expect(page.getByText(filled(factor.codes_left, { count: '10' }))).toBeVisible();
  await expect(page.locator('.recovery-codes')).toHaveCount(0);

  const other = await stranger();
  await logIn(other, '/login?next=/account');
  await expect(code(other)).toBeFocused();
  await code(other).fill('123');
  await other.keyboard.press('Enter');
  await expect(other.locator('#field-code-problem')).toHaveText(common.problem.wrong_code);
  await code(other).fill(app.code(1));
  await other.keyboard.press('Enter');
  await expect(other).toHaveURL(/\/account$/);

  const third = await stranger();
  await logIn(third);
  await code(third).fill(codes[0] ?? '');
  await third.getByRole('button', { name: auth.log_in, exact: true }).click();
  await expect(third).toHaveURL(/\/inbox/);

  const admin = await person('admin');
  await visit(admin, '/users');
  await admin.getByRole('link', { name: 'Jana Nováková' }).click();
  await admin.getByRole('button', { name: factor.remove }).click();
  await expect(admin.getByRole('status').getByText(common.said.saved)).toBeVisible();
  await expect(admin.getByRole('button', { name: factor.remove })).toHaveCount(0);
  await page.goto('/inbox');
  await expect(page).toHaveURL(/\/login/);
});

test('a second factor is turned off with a recovery code', async ({ person }) => {
  const page = await person('jana');
  await page.request.post('/rpc/account/begin-second-factor');
  await visit(page, '/account/second-factor');
  const codes = await page.locator('.recovery-codes li').allTextContents();
  const app = new App(await page.getByLabel(factor.secret, { exact: true }).inputValue());
  await code(page).fill(app.code());
  await page.getByRole('button', { name: factor.turn_on, exact: true }).click();
  await expect(page.getByText(filled(factor.codes_left, { count: '10' }))).toBeVisible();
  await code(page).fill(codes[5] ?? '');
  await page.getByRole('button', { name: factor.turn_off, exact: true }).click();
  await expect(page.getByRole('status').getByText(factor.turned_off)).toBeVisible();
  await expect(page.getByRole('button', { name: factor.begin, exact: true })).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('both steps are forms', async ({ person, stranger, troubles }) => {
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    const app = await turnOn(await person('jana'));
    const page = await stranger();
    await logIn(page, '/login?next=/account');
    await code(page).fill('000000');
    await page.getByRole('button', { name: auth.log_in, exact: true }).click();
    await expect(page.locator('#field-code-problem')).toHaveText(common.problem.wrong_code);
    await code(page).fill(app.code(1));
    await page.getByRole('button', { name: auth.log_in, exact: true }).click();
    await expect(page).toHaveURL(/\/account$/);
    await page.goto('/account/second-factor');
    await expect(page.getByRole('button', { name: factor.turn_off, exact: true })).toBeVisible();
  });
});
