// A sensitive change asks for the password again, and goes on after it.

import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';
import { PASSWORD } from './support/world.js';

const { account, auth, common, system } = words('en');
const { again } = account;

test('a change waits for the password, and is made once it is typed', async ({ person, troubles }) => {
  troubles.allow(/401|422/);
  const page = await person('admin');
  await visit(page, '/system/tokens');
  // The process asks after ten minutes: two calls come to it late.
  const refused = { status: 401, json: { Refused: { reason: 'reauthenticate' } } };
  await page.route('**/rpc/tokens/create', (route) => route.fulfill(refused), { times: 2 });
  const create = page.getByRole('button', { name: system.tokens.create, exact: true });
  await page.getByLabel(system.tokens.name, { exact: true }).fill('CRM');
  await create.click();
  const dialog = page.getByRole('dialog', { name: again.title });
  const password = dialog.getByLabel(auth.password, { exact: true });
  await expect(password).toBeFocused();

  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByText(common.refusal.reauthenticate)).toBeVisible();
  await expect(page.getByLabel(system.tokens.name, { exact: true })).toHaveValue('CRM');

  await create.click();
  await password.fill('not it');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText(common.problem.wrong_password)).toBeVisible();
  await password.fill(PASSWORD);
  await dialog.getByRole('button', { name: again.go }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByLabel(system.tokens.token, { exact: true })).toHaveValue(/^swb_/);
  await expect(page.getByRole('row', { name: /CRM/ })).toHaveCount(1);

  // Once is enough for the next ten minutes.
  await page.getByLabel(system.tokens.name, { exact: true }).fill('ERP');
  await create.click();
  await expect(page.getByRole('row', { name: /ERP/ })).toHaveCount(1);
});

test('the page that asks leads nowhere else, and back', async ({ person }) => {
  const page = await person('admin');
  for (const [next, to] of [
    ['https://evil.example/', /\/inbox/],
    ['//evil.example/', /\/inbox/],
    ['/users', /\/users$/],
  ] as const) {
    await visit(page, `/account/reauthenticate?next=${encodeURIComponent(next)}`);
    await page.getByRole('main').getByLabel(auth.password, { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: again.go }).click();
    await expect(page).toHaveURL(to);
  }
});
