// The command bar: by keys alone, from any page.

import { axe } from './support/axe.js';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { LOCALE, words } from './support/words.js';

const { common, inbox } = words('cs');

test.use({ locale: LOCALE.cs });

test('a few letters lead to a place, press a button, and open a session', async ({ world, person }) => {
  const jana = await person('jana');
  const { id } = await pickedUp(world, jana);
  const eva = await world.simulator.addCustomer('Čeněk Malý', '420800555202');
  await world.simulator.says(eva, 'Dobrý den');
  const other = await world.sessionOf(eva);
  const bar = jana.getByRole('dialog', { name: common.commands.title });
  const field = bar.getByRole('combobox');
  const options = bar.getByRole('option');
  const open = async (text: string) => {
    await jana.keyboard.press('Control+k');
    await expect(field).toBeFocused();
    await jana.keyboard.type(text);
  };

  await open('cekaj');
  await expect(options.first()).toContainText(inbox.list.waiting);
  const { violations } = await axe(jana).include('.commands').analyze();
  expect(violations).toEqual([]);
  await jana.keyboard.press('Enter');
  await expect(jana).toHaveURL(/tab=waiting/);
  await expect(bar).toBeHidden();

  await open('cenek');
  await expect(options.first()).toContainText('Čeněk Malý');
  await jana.keyboard.press('Enter');
  await expect(jana).toHaveURL(new RegExp(other.id));

  await visit(jana, `/inbox/${id}`);
  await open('ukonc');
  await expect(options.first()).toContainText(inbox.thread.close);
  await jana.keyboard.press('Enter');
  await expect(jana.getByRole('dialog')).toBeVisible();
  await jana.keyboard.press('Escape');

  await open('zzzz');
  await expect(bar.getByText(common.commands.none)).toBeVisible();
  await jana.keyboard.press('Escape');
  await expect(bar).toBeHidden();
});
