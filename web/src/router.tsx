/** The pages and their addresses. A new page is one route here and one link in `shell/pages.ts`. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect, retainSearchParams } from '@tanstack/react-router';
import { readAlertsSearch } from './pages/alerts/search';
import { readBurnSearch } from './pages/burn/search';
import { HomePage } from './pages/home/home-page';
import { readMySearch } from './pages/me/search';
import { readPlacesSearch } from './pages/places/search';
import { readPlanSearch } from './pages/plan/search';
import { NotFoundPage } from './pages/not-found-page';
import { CrashedPage } from './pages/crashed-page';
import { readTableSearch } from './parts/data-table/search';
import { Shell } from './shell/shell';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  // Burn was here once: links that say which days it shows still lead to it.
  beforeLoad: ({ search: raw }) => {
    const search = readBurnSearch(raw);
    if (Object.keys(search).length > 0) throw redirect({ to: '/burn', search });
  },
  component: HomePage,
});

const overview = createRoute({
  getParentRoute: () => root,
  path: '/overview',
  beforeLoad: () => {
    throw redirect({ to: '/' });
  },
});

const me = createRoute({
  getParentRoute: () => root,
  path: '/me',
  validateSearch: readMySearch,
  component: lazyRouteComponent(() => import('./pages/me/my-page'), 'MyPage'),
});

const burn = createRoute({
  getParentRoute: () => root,
  path: '/burn',
  validateSearch: readBurnSearch,
  component: lazyRouteComponent(() => import('./pages/burn/burn-page'), 'BurnPage'),
});

const sources = createRoute({
  getParentRoute: () => root,
  path: '/sources',
  validateSearch: readTableSearch(['import', 'q', 'lines']),
  component: lazyRouteComponent(() => import('./pages/sources/sources-page'), 'SourcesPage'),
});

// Monitoring comes in a chunk of its own: the home page must not wait for it.
const monitoring = () => import('./pages/alerts/alerts-page');

const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  component: lazyRouteComponent(monitoring, 'AlertsPage'),
});

// The list stays as it is while one alert after another is opened beside it.
const alertList = createRoute({
  getParentRoute: () => alerts,
  id: 'list',
  validateSearch: readAlertsSearch,
  component: lazyRouteComponent(monitoring, 'AlertList'),
});

const noAlert = createRoute({
  getParentRoute: () => alertList,
  path: '/',
  component: lazyRouteComponent(monitoring, 'NoAlert'),
});

const oneAlert = createRoute({
  getParentRoute: () => alertList,
  path: '$id',
  component: lazyRouteComponent(monitoring, 'OneAlert'),
});

const alertRules = createRoute({
  getParentRoute: () => alerts,
  path: 'rules',
  component: lazyRouteComponent(monitoring, 'RulesPanel'),
});

const channels = createRoute({
  getParentRoute: () => alerts,
  path: 'channels',
  component: lazyRouteComponent(monitoring, 'ChannelsPanel'),
});

const bucketPages = () => import('./pages/buckets/buckets-page');

const buckets = createRoute({
  getParentRoute: () => root,
  path: '/buckets',
  validateSearch: readTableSearch(['q', 'requests', 'flow']),
  component: lazyRouteComponent(bucketPages, 'BucketsPage'),
});

const oneBucket = createRoute({
  getParentRoute: () => root,
  path: '/buckets/$key',
  validateSearch: readTableSearch(['from', 'to', 'requests']),
  component: lazyRouteComponent(bucketPages, 'OneBucketPage'),
});

const peoplePages = () => import('./pages/people/people-page');

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  validateSearch: readTableSearch(['q', 'sort', 'group', 'in']),
  component: lazyRouteComponent(peoplePages, 'PeoplePage'),
});

const onePerson = createRoute({
  getParentRoute: () => root,
  path: '/people/$key',
  component: lazyRouteComponent(peoplePages, 'OnePersonPage'),
});

const seats = createRoute({
  getParentRoute: () => root,
  path: '/seats',
  validateSearch: readTableSearch(['q', 'state', 'sort', 'group', 'in']),
  component: lazyRouteComponent(peoplePages, 'SeatsPage'),
});

const planPages = () => import('./pages/plan/plan-page');

// Its parts share what the vendor offers.
const plan = createRoute({
  getParentRoute: () => root,
  path: '/plan',
  validateSearch: readPlanSearch,
  search: { middlewares: [retainSearchParams(['offer'])] },
  component: lazyRouteComponent(planPages, 'PlanPage'),
});

const recommendations = createRoute({
  getParentRoute: () => plan,
  path: '/',
  validateSearch: readTableSearch(['q', 'rule', 'moves', 'sort', 'group', 'in']),
  component: lazyRouteComponent(planPages, 'Recommendations'),
});

const plans = createRoute({
  getParentRoute: () => plan,
  path: 'plans',
  component: lazyRouteComponent(planPages, 'Plans'),
});

const onePlan = createRoute({
  getParentRoute: () => plan,
  path: 'plans/$id',
  component: lazyRouteComponent(planPages, 'OnePlan'),
});

const sizing = createRoute({
  getParentRoute: () => plan,
  path: 'sizing',
  validateSearch: readTableSearch(['view']),
  component: lazyRouteComponent(planPages, 'SizingPart'),
});

const portfolio = createRoute({
  getParentRoute: () => plan,
  path: 'portfolio',
  component: lazyRouteComponent(planPages, 'PortfolioPart'),
});

const renewal = createRoute({
  getParentRoute: () => plan,
  path: 'renewal',
  component: lazyRouteComponent(planPages, 'RenewalPart'),
});

const reports = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  validateSearch: readTableSearch(['report', 'format', 'from', 'to', 'bucket', 'currency']),
  component: lazyRouteComponent(() => import('./pages/reports/reports-page'), 'ReportsPage'),
});

const placesPages = () => import('./pages/places/places-page');

// Its parts share a month, and each has a few words of its own in the address.
const places = createRoute({
  getParentRoute: () => root,
  path: '/places',
  validateSearch: readPlacesSearch,
  component: lazyRouteComponent(placesPages, 'PlacesPage'),
});

const placeUse = createRoute({
  getParentRoute: () => places,
  path: '/',
  component: lazyRouteComponent(placesPages, 'UsePart'),
});

const breaches = createRoute({
  getParentRoute: () => places,
  path: 'breaches',
  component: lazyRouteComponent(placesPages, 'BreachesPart'),
});

const sharing = createRoute({
  getParentRoute: () => places,
  path: 'sharing',
  component: lazyRouteComponent(placesPages, 'SharingPart'),
});

const sites = createRoute({
  getParentRoute: () => places,
  path: 'sites',
  component: lazyRouteComponent(placesPages, 'SitesPart'),
});

const gatePages = () => import('./pages/gate/gate-page');

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('./pages/welcome/welcome-page'), 'WelcomePage'),
});

const settingsPages = () => import('./pages/settings/settings-page');

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(settingsPages, 'SettingsPage'),
});

const accounts = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: lazyRouteComponent(settingsPages, 'AccountsPart'),
});

const apiKeys = createRoute({
  getParentRoute: () => settings,
  path: 'keys',
  component: lazyRouteComponent(settingsPages, 'KeysPart'),
});

const contract = createRoute({
  getParentRoute: () => settings,
  path: 'contract',
  component: lazyRouteComponent(settingsPages, 'ContractPart'),
});

const workstations = createRoute({
  getParentRoute: () => settings,
  path: 'workstations',
  component: lazyRouteComponent(settingsPages, 'WorkstationsPart'),
});

const rights = createRoute({
  getParentRoute: () => settings,
  path: 'rights',
  component: lazyRouteComponent(settingsPages, 'RightsPart'),
});

const about = createRoute({
  getParentRoute: () => settings,
  path: 'about',
  component: lazyRouteComponent(settingsPages, 'AboutPart'),
});

const gate = createRoute({
  getParentRoute: () => root,
  path: '/gate',
  component: lazyRouteComponent(gatePages, 'GatePage'),
});

const gateNow = createRoute({
  getParentRoute: () => gate,
  path: '/',
  validateSearch: readTableSearch(['decision', 'outcome', 'reason', 'person', 'product', 'from', 'to']),
  component: lazyRouteComponent(gatePages, 'GateNow'),
});

const policies = createRoute({
  getParentRoute: () => gate,
  path: 'policies',
  validateSearch: readTableSearch(['set', 'from', 'to']),
  component: lazyRouteComponent(gatePages, 'PoliciesPart'),
});

const refusals = createRoute({
  getParentRoute: () => gate,
  path: 'refusals',
  validateSearch: readTableSearch(['q']),
  component: lazyRouteComponent(gatePages, 'RefusalsPart'),
});

export const routeTree = root.addChildren([
  home,
  overview,
  me,
  welcome,
  burn,
  sources,
  buckets,
  oneBucket,
  people,
  onePerson,
  seats,
  gate.addChildren([gateNow, policies, refusals]),
  reports,
  settings.addChildren([accounts, apiKeys, contract, workstations, rights, about]),
  plan.addChildren([recommendations, plans, onePlan, sizing, portfolio, renewal]),
  places.addChildren([placeUse, breaches, sharing, sites]),
  alerts.addChildren([alertList.addChildren([noAlert, oneAlert]), alertRules, channels]),
]);

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
