// Security › Audit log: what was done and refused, filtered, and saved as a file.

import { readFile } from 'node:fs/promises';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { audit, auth } = words('en');

test('a wrong password is found by its filters and saved', async ({ person, stranger, troubles }) => {
  troubles.allow(/401/);
  const gate = await stranger({});
  await gate.goto('/login');
  await gate.getByLabel(auth.login, { exact: true }).fill('jana');
  await gate.getByLabel(auth.password, { exact: true }).fill('not it');
  await gate.getByRole('button', { name: auth.log_in }).click();
  await expect(gate.getByRole('alert')).toBeVisible();

  const page = await person('admin');
  await visit(page, '/security/audit');
  const rows = page.locator('tbody tr');
  await expect(rows.first()).toContainText(audit.did.person_log_in);
  await expect(rows.first()).toContainText('127.0.0.1');
  await page.getByRole('combobox', { name: audit.outcome }).selectOption('refused');
  await page.getByRole('combobox', { name: audit.about }).selectOption('log_ins');
  await page.getByRole('button', { name: audit.filter }).click();
  await expect(page).toHaveURL(/about=log_ins&outcome=refused/);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(audit.refused);
  await expect(rows).toContainText('jana');

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: audit.export }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  expect(text).toContain('person.log_in,refused,person,');

  await page.getByLabel(audit.address, { exact: true }).fill('here');
  await page.getByRole('button', { name: audit.filter }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByRole('link', { name: audit.clear }).click();
  await expect(rows.first()).toBeVisible();
  await page.getByLabel(audit.who, { exact: true }).fill('nobody at all');
  await page.getByRole('button', { name: audit.filter }).click();
  await expect(page.getByText(audit.empty, { exact: true })).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the log is a page and a form', async ({ person, troubles }) => {
    // The browser names the page's policy when it does not load a script because scripts are off.
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    const page = await person('admin');
    await page.goto('/security/audit');
    await page.getByRole('combobox', { name: audit.about }).selectOption('log_ins');
    await page.getByRole('button', { name: audit.filter }).click();
    await expect(page.locator('tbody tr').first()).toContainText(audit.did.person_log_in);
  });
});
