import { describe, expect, it } from '@jest/globals';
import { PROBLEMS } from './errors';
import { PROBLEM_HELP } from './problem-help';

describe('the page of every error', () => {
  it('says what it means and what to do: these codes have no text yet', () => {
    expect(Object.keys(PROBLEMS).filter((code) => !Object.hasOwn(PROBLEM_HELP, code))).toEqual([]);
  });

  it('says so in whole sentences, and more than the title', () => {
    for (const text of Object.values(PROBLEM_HELP)) expect(text).toMatch(/^[A-Z].{40,}\.$/);
    expect(new Set(Object.values(PROBLEM_HELP)).size).toBe(Object.keys(PROBLEM_HELP).length);
  });
});
