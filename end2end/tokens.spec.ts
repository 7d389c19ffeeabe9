// System › API tokens: a token is created, works, is bound to a queue, and is revoked; without the choices there is no form.

import { expect, test, visit } from './support/test.js';
import { filled, words } from './support/words.js';

const { common, system } = words('en');

test('a token is created, shown once, used and revoked', async ({ world, person, troubles }) => {
  troubles.allow(/422/);
  const page = await person('admin');
  await visit(page, '/system/tokens');
  const rows = page.locator('tbody tr');
  const before = await rows.count();
  const create = page.getByRole('button', { name: system.tokens.create });
  await page.getByLabel(system.tokens.days, { exact: true }).fill('soon');
  await create.click();
  await expect(page.locator('#field-name-problem')).toHaveText(common.problem.required);
  await page.getByLabel(system.tokens.name, { exact: true }).fill('CRM');
  await page.getByLabel(system.tokens.days, { exact: true }).fill('30');
  await create.click();
  const token = await page.getByLabel(system.tokens.token, { exact: true }).inputValue();
  const crm = rows.filter({ hasText: 'CRM' });
  await expect(crm).toContainText(system.tokens.never);

  const call = () => fetch(new URL('/api/v1/sessions', world.url), { headers: { authorization: `Bearer ${token}` } });
  expect((await call()).status).toBe(200);
  await page.reload();
  await expect(page.getByLabel(system.tokens.token, { exact: true })).toHaveCount(0);
  await expect(crm).toContainText(common.time.now);
  await crm.getByRole('button').click();
  await expect(rows).toHaveCount(before);
  expect((await call()).status).toBe(401);
});

test('a token that is bound to a queue reaches nothing else', async ({ world, person, troubles }) => {
  troubles.allow(/422/);
  const page = await person('admin');
  await visit(page, '/system/tokens');
  const create = page.getByRole('button', { name: system.tokens.create });
  const queue = filled(system.tokens.bound_queue, { name: 'Podpora' });
  await page.getByLabel(system.tokens.bound, { exact: true }).selectOption(queue);
  await page.getByLabel(system.tokens.name, { exact: true }).fill('Orders');
  await page.getByLabel(system.tokens.scopes.administer, { exact: true }).check();
  await create.click();
  await expect(page.locator('#field-scope-problem')).toHaveText(common.problem.not_bound);
  await page.getByLabel(system.tokens.scopes.operate, { exact: true }).check();
  await create.click();
  const token = await page.getByLabel(system.tokens.token, { exact: true }).inputValue();
  await expect(page.locator('tbody tr').filter({ hasText: 'Orders' })).toContainText(queue);

  const status = async (path: string) => {
    const answer = await fetch(new URL(path, world.url), { headers: { authorization: `Bearer ${token}` } });
    return answer.status;
  };
  expect(await status('/api/v1/sessions')).toBe(200);
  expect(await status('/api/v1/extensions')).toBe(403);
});

test('where the choices do not come, no token is made that reaches everything', async ({ person, troubles }) => {
  troubles.allow(/tokens\/bounds|status of 503/);
  const page = await person('admin');
  await visit(page, '/system/deliveries');
  await page.route('**/rpc/tokens/bounds*', (route) => route.fulfill({ status: 503, body: '' }));
  const menu = page.getByRole('navigation', { name: common.nav.label });
  await menu.getByRole('link', { name: common.nav.tokens }).click();
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: common.button.retry }) });
  await expect(form).toBeVisible();
  const create = page.getByRole('button', { name: system.tokens.create });
  await expect(create).toHaveCount(0);
  await page.unroute('**/rpc/tokens/bounds*');
  await form.getByRole('button', { name: common.button.retry }).click();
  await expect(create).toBeVisible();
});
