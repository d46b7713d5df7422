import { createHash } from 'node:crypto';
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

/** System fonts, both colour schemes, readable at any width; no script and nothing from elsewhere. */
const STYLE = `
:root{color-scheme:light dark;--ink:#15212b;--soft:#4a5a67;--line:#d5dde3;--paper:#fff;--accent:#0b6e7f}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf2;--soft:#a9b8c3;--line:#31404b;--paper:#10181e;--accent:#58c3d4}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:52rem;margin:0 auto;padding:2rem 1.25rem 4rem}a{color:var(--accent)}h1{font-size:1.7rem;line-height:1.2}
.soft{color:var(--soft)}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.45rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
code{font-size:.92em}header{border-bottom:1px solid var(--line)}header div{max-width:52rem;margin:0 auto;padding:.8rem 1.25rem;font-weight:600}
header a{text-decoration:none;color:inherit}`;

interface PageProps {
  readonly title: string;
  readonly lang?: string;
  /** Of this page, after the common one; without `<`, `&` and double quotes. */
  readonly style?: string;
  readonly children: ComponentChildren;
}

/** A whole page that works without JavaScript. */
export function Page({ title, lang = 'en', style = '', children }: PageProps): VNode {
  return (
    <html lang={lang}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · Clepsydra`}</title>
        <style>{STYLE + style}</style>
      </head>
      <body>
        <header>
          <div>
            <a href="/">Clepsydra</a>
          </div>
        </header>
        <main>{children}</main>
      </body>
    </html>
  );
}

/** A page that runs nothing, loads nothing and posts to this address alone. */
export const pagePolicy = (style = ''): string =>
  [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256')
      .update(STYLE + style)
      .digest('base64')}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join(';');

export const renderPage = (page: VNode): string => `<!doctype html>${renderToString(page)}`;
