import type { ClientConfig } from 'pg';

/** A connection as one address, for libraries that take nothing else. A socket folder stands, escaped, where the host does. */
export function connectionUrl(config: ClientConfig): string {
  const { user = '', password, host = '127.0.0.1', port = 5432, database = 'postgres' } = config;
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : '';
  const place = host.includes(':') ? `[${host}]` : encodeURIComponent(host);
  return `postgres://${encodeURIComponent(user)}${secret}@${place}:${port}/${encodeURIComponent(database)}`;
}
