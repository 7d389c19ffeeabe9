// A session that was closed too early is opened again, and its operator goes on writing.

import { pickedUp } from './support/picked-up.js';
import { expect, test } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');

test('a closed session is opened again within its service window', async ({ world, person }) => {
  const page = await person('jana');
  const { id } = await pickedUp(world, page);
  await page.goto(`/inbox/${id}?tab=all`);
  await page.getByRole('button', { name: inbox.thread.close, exact: true }).click();
  await page.getByRole('button', { name: inbox.confirm.yes }).click();
  const reopen = page.locator('.thread-head').getByRole('button', { name: inbox.thread.reopen });
  await reopen.click();
  await expect(page.locator('.composer textarea')).toBeFocused();
  await page.keyboard.type('One more thing');
  await page.keyboard.press('Enter');
  await expect(page.locator('.flow-line.ours')).toContainText('One more thing');
  await expect.poll(() => world.simulator.accepted()).toHaveLength(1);
  expect(new URL(page.url()).searchParams.get('tab')).toBe('mine');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('it is a form', async ({ world, person, troubles }) => {
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    const page = await person('jana');
    const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
    await world.simulator.says(karel, 'Dobrý den');
    const { id } = await world.sessionOf(karel);
    await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
    await world.api('POST', `sessions/${id}/close`);
    await page.goto(`/inbox/${id}?tab=all`);
    await page.locator('.thread-head').getByRole('button', { name: inbox.thread.reopen }).click();
    await expect(page.locator('.composer textarea')).toBeEditable();
    expect((await world.api<{ state: string }>('GET', `sessions/${id}`)).state).toBe('assigned');
  });
});
