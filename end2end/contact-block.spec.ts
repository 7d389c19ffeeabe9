// Blocking a customer: it asks first, colleagues see it at once, and the reply says why nobody can write.

import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { common, inbox } = words('en');

test('a supervisor blocks a customer and takes it back', async ({ world, person }) => {
  const wide = { viewport: { width: 1440, height: 900 } };
  const [jana, boss] = [await person('jana', wide), await person('admin', wide)];
  const { id } = await pickedUp(world, jana);
  await visit(boss, `/inbox/${id}?tab=all`);
  const part = boss.locator('.details-block');
  const dialog = part.getByRole('dialog');
  await expect(jana.locator('.details-block').getByRole('button')).toHaveCount(0);

  await part.getByRole('button', { name: inbox.block.block }).click();
  await expect(dialog).toContainText(inbox.block.text);
  await dialog.getByRole('button', { name: inbox.transfer.no }).click();
  await expect(dialog).toBeHidden();
  await part.getByRole('button', { name: inbox.block.block }).click();
  await dialog.getByRole('button', { name: inbox.block.block }).click();
  await expect(jana.locator('.thread-who')).toContainText(inbox.block.blocked);
  await expect(jana.locator('.composer-help')).toContainText(common.refusal.customer_blocked);

  await part.getByRole('button', { name: inbox.block.unblock }).click();
  await dialog.getByRole('button', { name: inbox.block.unblock }).click();
  await expect(jana.locator('.thread-who')).not.toContainText(inbox.block.blocked);
  await expect(jana.locator('.composer-help')).toHaveCount(0);
});
