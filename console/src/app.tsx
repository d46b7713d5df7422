import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate } from '@tanstack/react-router'; // prettier-ignore
import { OwnFigures } from './figures';
import { Shell } from './shell/shell';
import { homeOf, useSession } from './shell/session';
import { Empty } from './shell/states';
import { t } from './texts';

const Home = () => <Navigate to={homeOf(useSession())} replace />;
const Nothing = () => <Empty says={t.shell.notFound} />;

const root = createRootRoute({ component: Shell, notFoundComponent: Nothing });
const at = <const Path extends string>(path: Path) => ({ getParentRoute: () => root, path });
const routes = [
  createRoute({ ...at('/'), component: Home }),
  createRoute({ ...at('/figures'), component: OwnFigures }),
  createRoute({ ...at('/refer'), component: lazyRouteComponent(() => import('./refer/refer-page'), 'ReferPage') }),
  createRoute({ ...at('/board'), component: lazyRouteComponent(() => import('./board/board-page'), 'BoardPage') }),
  createRoute({ ...at('/inbox'), component: lazyRouteComponent(() => import('./inbox/inbox-page'), 'InboxPage') }),
  createRoute({
    ...at('/cases/$id/order'),
    validateSearch: ({ from }: Record<string, unknown>): { from?: string } =>
      typeof from === 'string' ? { from } : {},
    component: lazyRouteComponent(() => import('./order/order-page'), 'OrderPage'),
  }),
  createRoute({
    ...at('/notices/$id'),
    component: lazyRouteComponent(() => import('./notice/notice-page'), 'NoticePage'),
  }),
] as const;

/** Places stand behind `#`: the service serves one page, and its own addresses (`/figures`, `/docs`) stay its own. */
export const router = createRouter({
  routeTree: root.addChildren(routes),
  history: createHashHistory(),
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
