import { describe, expect, it } from '@jest/globals';
import { isAccepted } from './taxii-media';

describe('the Accept header of TAXII 2.1', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/taxii+json',
    'application/taxii+json;version=2.1',
    'application/taxii+json; version=2.1',
    'application/taxii+json;version="2.1"',
    'APPLICATION/TAXII+JSON;VERSION=2.1',
    'text/html, application/taxii+json;version=2.1;q=0.5',
  ])('%j is served', (accept) => expect(isAccepted(accept)).toBe(true));

  it.each([
    'application/json',
    'application/taxii+json;version=2.0',
    'application/vnd.oasis.taxii+json',
    'application/taxii+json;version=2.1;q=0',
    '*/*;q=0.0',
    'text/html,application/xhtml+xml',
  ])('%j is not', (accept) => expect(isAccepted(accept)).toBe(false));
});
