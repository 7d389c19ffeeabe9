// A user's own account: a new password, and the browsers that are logged in.

import { expect, test, visit } from './support/test.js';
import { filled, words } from './support/words.js';
import { PASSWORD } from './support/world.js';

const { account, common } = words('en');
const NEW = 'krtek jede na jih';

test('somebody changes their password, and is logged out everywhere else', async ({ person, troubles }) => {
  troubles.allow(/422|401/);
  const [page, other] = [await person('jana'), await person('jana')];
  await visit(page, '/inbox');
  await page.getByLabel(filled(common.frame.person, { name: 'Jana Nováková' })).click();
  await page.getByRole('link', { name: account.title }).click();
  await expect(page.getByRole('heading', { name: account.title, level: 1 })).toBeVisible();

  const [old, fresh] = [page.getByLabel(account.old_password, { exact: true }), page.getByLabel(account.new_password, { exact: true })];
  const change = page.getByRole('button', { name: account.change, exact: true });
  // What is typed wrongly is told, and stays.
  await old.fill('not my password');
  await fresh.fill(NEW);
  await change.click();
  await expect(page.locator('#field-old-problem')).toHaveText(common.problem.wrong_password);
  await expect(fresh).toHaveValue(NEW);
  await old.fill(PASSWORD);
  await fresh.fill('aaaaaaaaaa');
  await change.click();
  await expect(page.locator('#field-new-problem')).toHaveText(common.problem.guessable);
  await fresh.fill(NEW);
  await change.click();
  await expect(page.getByRole('status').getByText(account.changed)).toBeVisible();
  await expect(old).toHaveValue('');
  await expect(fresh).toHaveValue('');
  await page.reload();
  await expect(old).toBeVisible();

  await other.goto('/inbox');
  await expect(other).toHaveURL(/\/login/);
  const form = { login: 'jana', password: NEW };
  expect((await other.request.post('/rpc/auth/log-in', { form })).ok()).toBe(true);
});

test('somebody sees where they are logged in, and logs one browser out', async ({ person }) => {
  const [page, other] = [await person('jana'), await person('jana')];
  await visit(page, '/account');
  const rows = page.locator('tbody tr');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText(account.current);
  await expect(rows.last()).toContainText('127.0.0.1');
  await rows.last().getByRole('button').click();
  await expect(page.getByRole('status').getByText(account.ended)).toBeVisible();
  await expect(rows).toHaveCount(1);
  await other.goto('/inbox');
  await expect(other).toHaveURL(/\/login/);
  await visit(page, '/inbox');
});
