// Everything that a browser complains about. A journey that ends with a complaint has failed, even if all its
// expectations were met: hydration warnings, script errors and failed requests show in no locator.

import { type BrowserContext, expect } from '@playwright/test';

export class Troubles {
  private readonly seen: string[] = [];
  private readonly allowed: RegExp[] = [];

  /** Complaints that the journey causes on purpose. */
  allow(...troubles: RegExp[]): void {
    this.allowed.push(...troubles);
  }

  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        this.seen.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on('weberror', (error) => this.seen.push(`page error: ${error.error().stack}`));
    context.on('response', (response) => {
      if (response.status() >= 400) this.seen.push(`${response.status()} ${response.url()}`);
    });
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      // The browser itself aborts a page's requests when the page is left.
      if (why !== 'net::ERR_ABORTED') this.seen.push(`request failed: ${why} ${request.url()}`);
    });
  }

  check(): void {
    const left = this.seen.filter((trouble) => !this.allowed.some((allowed) => allowed.test(trouble)));
    expect(left, 'what the browser complained about').toEqual([]);
  }
}
