/** The pages and their addresses. A new page is one route here and one link in `shell/header.tsx`. */
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { BurnPage } from './pages/burn/burn-page';
import { readBurnSearch } from './pages/burn/search';
import { SourcesPage } from './pages/sources/sources-page';
import { NotFoundPage } from './pages/not-found-page';
import { CrashedPage } from './pages/crashed-page';
import { Shell } from './shell/shell';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });

const burn = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readBurnSearch,
  component: BurnPage,
});

const sources = createRoute({ getParentRoute: () => root, path: '/sources', component: SourcesPage });

export const routeTree = root.addChildren([burn, sources]);

export const router = createRouter({
  routeTree,
  defaultErrorComponent: CrashedPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
