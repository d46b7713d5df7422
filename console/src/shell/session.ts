import { createContext, useContext } from 'react';
import type { Session } from '../api';

export const SessionContext = createContext<Session | null>(null);

/** Who is signed in. Only within screens that are not drawn without. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('this screen is drawn for nobody');
  return session;
}

/** The screen on which somebody's work waits. */
export function homeOf({ permissions }: Session): '/board' | '/inbox' | '/figures' {
  if (permissions.includes('notice.answer')) return '/inbox';
  return permissions.includes('notice.send') ? '/board' : '/figures';
}
