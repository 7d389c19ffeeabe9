// What the customer sees of the company: that a message was read once it was on the operator's screen, and that somebody
// types.

import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');

test('the customer sees blue ticks when Jana has the message on the screen, and that she types', async ({
  world,
  person,
  phone,
}) => {
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  const eva = await world.simulator.addCustomer('Eva Malá', '420800555202');
  await world.simulator.says(karel, 'Hello, is my order ready?');
  await world.simulator.says(eva, 'Hello');
  const [session, other] = await test.step('both are waiting for Jana', async () => {
    await expect.poll(async () => (await world.sessions()).length).toBe(2);
    const sessions = await world.sessions();
    const of = (name: string) => sessions.find((one) => one.contact.label === name)?.id ?? '';
    for (const id of [of(karel.name), of(eva.name)]) {
      await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
    }
    return [of(karel.name), of(eva.name)];
  });
  const customer = await phone(karel);
  const ticks = customer.locator('.bubble.own .ticks').last();
  await expect(ticks).toHaveClass(/arrived/);

  const page = await person('jana');
  await test.step('another thread is no reading', async () => {
    await visit(page, `/inbox/${other}?tab=mine`);
    await expect(page.getByRole('log', { name: inbox.thread.messages })).toContainText('Hello');
    await expect(ticks).toHaveClass(/arrived/);
  });
  await test.step('reading is', async () => {
    await visit(page, `/inbox/${session}?tab=mine`);
    await expect(ticks).toHaveClass(/read/);
  });
  await test.step('she types, and the phone shows it until her answer comes', async () => {
    await page.getByLabel(inbox.composer.label, { exact: true }).pressSequentially('It is');
    await expect(customer.locator('#presence')).toHaveText('typing…');
    await page.getByLabel(inbox.composer.label, { exact: true }).press('Enter');
    await expect(customer.locator('.bubble').last()).toContainText('It is');
    await expect(customer.locator('#presence')).not.toHaveText('typing…');
  });
});
