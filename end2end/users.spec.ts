// Users: an administrator adds one, and gives a link to whoever has forgotten the password.

import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';
import { PASSWORD } from './support/world.js';

const { account, auth, common, directory } = words('en');
const NEW = 'krtek jede na jih';

test('a user is added, gives themselves a new password by a link, and is disabled', async ({ person, stranger, troubles }) => {
  troubles.allow(/401|409|422/);
  const page = await person('admin');
  await visit(page, '/users');
  await expect(page.locator('tbody tr')).toHaveCount(3);
  await page.getByRole('link', { name: account.users.add }).click();
  await page.getByLabel(account.users.full_name, { exact: true }).fill('Eva Malá');
  await page.getByLabel(auth.login, { exact: true }).fill('eva');
  await page.getByLabel(auth.password, { exact: true }).fill('1234567890');
  const save = page.getByRole('button', { name: common.button.save, exact: true });
  await save.click();
  await expect(page.locator('#field-password-problem')).toHaveText(common.problem.guessable);
  await page.getByLabel(auth.password, { exact: true }).fill(PASSWORD);
  await save.click();
  await expect(page.getByRole('status').getByText(common.said.saved)).toBeVisible();
  await page.getByRole('link', { name: 'Eva Malá' }).click();

  await page.getByRole('button', { name: account.users.create_link }).click();
  const link = await page.getByLabel(account.users.link).inputValue();
  const eva = await stranger();
  await eva.goto(link);
  await eva.getByLabel(account.new_password, { exact: true }).fill(NEW);
  await eva.getByRole('button', { name: account.users.set }).click();
  await expect(eva).toHaveURL(/\/inbox/);
  const again = await stranger();
  await again.goto(link);
  await expect(again.getByText(account.users.link_used_text)).toBeVisible();

  await page.reload();
  await page.getByRole('button', { name: common.button.disable, exact: true }).click();
  await expect(page.getByText(common.state.disabled, { exact: true })).toBeVisible();
  await eva.goto('/inbox');
  await expect(eva).toHaveURL(/\/login/);
});

test('whoever has an extension is changed there, and the last administrator stays', async ({ person, troubles }) => {
  troubles.allow(/409/);
  const page = await person('admin');
  await visit(page, '/users');
  await page.getByRole('link', { name: 'Jana Nováková' }).click();
  await expect(page.getByText(account.users.at_extension)).toBeVisible();
  await page.getByRole('link', { name: account.users.to_extension.replace('{{ number }}', '201') }).click();
  await expect(page.getByLabel(directory.extensions.number, { exact: true })).toHaveValue('201');

  await visit(page, '/users');
  await page.getByRole('link', { name: 'Alena Správná' }).click();
  await page.getByRole('button', { name: common.button.disable, exact: true }).click();
  await expect(page.getByText(common.refusal.last_admin)).toBeVisible();
  await expect(page.getByText(common.state.enabled, { exact: true })).toBeVisible();
});
