/** Every word the pages say in German, one file a page. Amounts and dates arrive formatted. */
import { access } from './de/access';
import { alerts } from './de/alerts';
import { buckets } from './de/buckets';
import { burn } from './de/burn';
import { copying, heatMap, problem, table, units } from './de/parts';
import { gate } from './de/gate';
import { home } from './de/home';
import { me } from './de/me';
import { people, seats } from './de/people';
import { places } from './de/places';
import { plan, twin } from './de/plan';
import { reports } from './de/reports';
import { settings } from './de/settings';
import { files, welcome } from './de/welcome';
import { live, palette, scheme, shell, shortcuts } from './de/shell';
import { signIn } from './de/sign-in';
import { imports } from './de/imports';
import { sources } from './de/sources';
import type { Messages } from './index';

export const de: Messages = {
  product: 'Faregate',
  shell,
  live,
  scheme,
  palette,
  shortcuts,
  signIn,
  access,
  problem,
  units,
  table,
  heatMap,
  burn,
  sources,
  imports,
  buckets,
  me,
  people,
  seats,
  plan,
  gate,
  places,
  reports,
  home,
  twin,
  alerts,
  settings,
  files,
  welcome,
  copying,
};
