// A browser that Playwright cannot drive, by what the main ways need of it.

/** Keys that are no letters, by their names in the browser. */
export type Key = 'Enter' | 'Escape' | 'Control';

export interface Tab {
  open(url: string): Promise<void>;
  /** Calls a function in the page; it and its arguments cross as text. */
  run<A extends unknown[], T>(what: (...args: A) => T, ...args: A): Promise<T>;
  /** Clicks one of the elements. */
  click(selector: string, place: number): Promise<void>;
  /** Types with real keys, wherever the focus is. */
  type(text: string): Promise<void>;
  /** Presses keys together. */
  press(...keys: (Key | string)[]): Promise<void>;
}

export interface OtherBrowser {
  /** A tab with cookies of its own. */
  newTab(): Promise<Tab>;
  /** What the pages complained about. */
  complaints(): Promise<string[]>;
}
