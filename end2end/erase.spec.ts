// Erasing a customer: it asks first, it is gone for everybody, and the audit log keeps that it was done.

import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { audit, inbox } = words('en');

test('an administrator erases a customer, and colleagues see them gone', async ({ world, person, troubles }) => {
  // Who has the thread on the screen asks for it.
  troubles.allow(/404/);
  const wide = { viewport: { width: 1440, height: 900 } };
  const [jana, admin] = [await person('jana', wide), await person('admin', wide)];
  const { id } = await pickedUp(world, jana);
  await visit(jana, '/inbox?tab=mine');
  const row = jana.getByRole('region', { name: inbox.list.label }).locator('a.row');
  await expect(row).toHaveCount(1);
  await visit(admin, `/inbox/${id}?tab=all`);
  const part = admin.locator('.details-erase');
  const dialog = part.getByRole('dialog');
  await part.getByRole('button', { name: inbox.erase.erase }).click();
  await expect(dialog).toContainText(inbox.erase.text);
  await dialog.getByRole('button', { name: inbox.transfer.no }).click();
  await expect(dialog).toBeHidden();
  await part.getByRole('button', { name: inbox.erase.erase }).click();
  await dialog.getByRole('checkbox', { name: inbox.erase.sure }).check();
  await dialog.getByRole('button', { name: inbox.erase.erase }).click();

  await expect(admin).toHaveURL(/\/security\/audit\?about=contact/);
  await expect(admin.locator('tbody tr').first()).toContainText(audit.did.contact_erased);
  await expect(admin.locator('tbody')).toContainText(audit.did.contact_erase);
  await expect(admin.locator('tbody')).toContainText('sessions=1');
  await expect(row).toHaveCount(0);
});

test.describe('without JavaScript', () => {
  test('erasing is a form on a page of its own address', async ({ world, person, troubles }) => {
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    troubles.allow(/404/);
    const jana = await person('jana');
    const { id } = await pickedUp(world, jana);
    const admin = await person('admin', { javaScriptEnabled: false });
    await admin.goto(`/inbox/${id}?tab=all&step=erase`);
    const dialog = admin.getByRole('dialog', { name: inbox.erase.title });
    await dialog.getByRole('checkbox', { name: inbox.erase.sure }).check();
    await dialog.getByRole('button', { name: inbox.erase.erase }).click();
    await expect(admin).toHaveURL(/\/security\/audit\?about=contact/);
    await admin.goto(`/inbox/${id}?tab=all`);
    await expect(admin.getByRole('main')).toContainText(inbox.thread.gone_title);
  });
});
