/** Every word the pages say in English, one file a page. Amounts and dates arrive formatted. */
import { access } from './en/access';
import { alerts } from './en/alerts';
import { buckets } from './en/buckets';
import { burn } from './en/burn';
import { copying, heatMap, problem, table, units } from './en/parts';
import { gate } from './en/gate';
import { home } from './en/home';
import { me } from './en/me';
import { people, seats } from './en/people';
import { places } from './en/places';
import { plan, twin } from './en/plan';
import { reports } from './en/reports';
import { settings } from './en/settings';
import { files, welcome } from './en/welcome';
import { live, palette, scheme, shell, shortcuts } from './en/shell';
import { signIn } from './en/sign-in';
import { imports } from './en/imports';
import { sources } from './en/sources';

export const en = {
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
