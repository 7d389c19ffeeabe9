// The main ways in WebKit, the engine of Safari.

import { walkMainWays } from './support/main-ways.js';
import { test } from './support/webkit.js';

test('a day in WebKit', async ({ webkit, world }) => {
  test.setTimeout(180_000);
  await walkMainWays(webkit, world);
});
