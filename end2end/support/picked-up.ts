// The session that most journeys of an operator begin with.

import { expect, type Page } from '@playwright/test';
import type { Customer } from './simulator.js';
import { visit } from './test.js';
import type { World } from './world.js';

/** Karel has written, Jana has picked up, and the thread is on her screen. */
export async function pickedUp(
  world: World,
  page: Page,
  text = 'Dobrý den',
): Promise<{ karel: Customer; id: string }> {
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, text);
  const { id } = await world.sessionOf(karel);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  await visit(page, `/inbox/${id}`);
  await expect(page.locator('.composer textarea')).toBeEditable();
  return { karel, id };
}
