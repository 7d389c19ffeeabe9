// The main ways in Firefox.

import { test } from './support/firefox.js';
import { walkMainWays } from './support/main-ways.js';

test('a day in Firefox', async ({ firefox, world }) => {
  test.setTimeout(180_000);
  await walkMainWays(firefox, world);
});
