import { acceptsPage } from './accepts-page';

describe('what a request wants', () => {
  it('is a page where HTML weighs more than JSON, and JSON otherwise', () => {
    const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    for (const page of [browser, 'text/html', 'TEXT/HTML; q=0.5, application/json;q=0.4', 'text/*'])
      expect(acceptsPage(page)).toBe(true);
    for (const json of [undefined, '', '*/*', 'application/json', 'text/html, application/json', 'text/html;q=0, */*'])
      expect(acceptsPage(json)).toBe(false);
  });
});
