/**
 * The answers of the API under the domain's names.
 * Taken from the paths, not from the schema names, so that a renamed schema breaks nothing.
 */
import type { components, paths } from './schema';

export type GetPath = keyof paths & `/v1/${string}`;

type Get<P extends keyof paths> = paths[P] extends { get: infer G } ? G : never;

export type Answer<P extends keyof paths> =
  Get<P> extends { responses: { 200: { content: { 'application/json': infer Body } } } } ? Body : never;

type Post<P extends keyof paths> = paths[P] extends { post: infer G } ? G : never;

export type PostPath = { [P in keyof paths]: paths[P] extends { post: object } ? P : never }[keyof paths];

type Responses<P extends keyof paths> = Post<P> extends { responses: infer R } ? R : never;

export type PostAnswer<P extends keyof paths> =
  Responses<P> extends { 200: { content: { 'application/json': infer Body } } }
    ? Body
    : Responses<P> extends { 201: { content: { 'application/json': infer Body } } }
      ? Body
      : never;

export type PatchPath = { [P in keyof paths]: paths[P] extends { patch: object } ? P : never }[keyof paths];

export type DeletePath = { [P in keyof paths]: paths[P] extends { delete: object } ? P : never }[keyof paths];

export type PostBody<P extends keyof paths> =
  Post<P> extends { requestBody: { content: { 'application/json': infer Body } } } ? Body : never;

/** Rows of a list that have the same in a column. */
export type Group = NonNullable<Answer<'/v1/people'>['groups']>[number];
export type Me = Answer<'/v1/me'>;
export type SignInWays = Answer<'/v1/sign-in/ways'>;
export type SignedIn = Answer<'/v1/me/sign-ins'>['rows'][number];
export type Summary = Answer<'/v1/summary'>;
export type Usage = NonNullable<Summary['usage']>;
export type Amount = Summary['burn']['today'];
export type Estimate = Summary['burn']['projected_month'];
export type Money = NonNullable<Amount['money']>;
export type DailyBurn = Answer<'/v1/burn/daily'>;
export type Burn = Answer<'/v1/burn'>;
export type BurnRow = Burn['rows'][number];
export type Stale = DailyBurn['stale'][number];
export type Sources = Answer<'/v1/sources'>;
export type Source = Sources['sources'][number];
export type Import = Answer<'/v1/imports/{number}'>;
export type ImportUndo = PostAnswer<'/v1/imports/{number}/undo'>;
export type Uncharged = Answer<'/v1/uncharged'>['rows'][number];
export type RejectedLine = Answer<'/v1/imports/rejected'>['rows'][number];
export type Balances = Answer<'/v1/balances'>;
export type Bucket = Balances['buckets'][number];
export type Pack = Balances['packs'][number];
export type SessionPage = Answer<'/v1/sessions'>;
export type Session = SessionPage['rows'][number];
export type Periods = Answer<'/v1/burn/periods'>;
export type Forecast = Answer<'/v1/forecasts'>;
export type PastForecasts = Forecast['past'][number];
export type Alerts = Answer<'/v1/alerts'>;
export type Alert = Answer<'/v1/alerts/{id}'>;
export type RunbookStep = Alert['steps'][number];
export type Handled = Alert['handled'][number];
export type AlertRules = Answer<'/v1/alert-rules'>;
export type AlertRule = AlertRules['rows'][number];
export type TriedRule = PostAnswer<'/v1/alert-rules/trial'>['rows'][number];
export type Channels = Answer<'/v1/channels'>;
export type Channel = Channels['channels'][number];
export type Deliveries = Answer<'/v1/deliveries'>;
export type Delivery = Deliveries['deliveries'][number];
export type Order = PostBody<'/v1/orders'>;
export type OrderDone = PostAnswer<'/v1/orders'>;

/** What a range's burn is broken down by. */
export type BurnBy = Burn['by'];
export type People = Answer<'/v1/people'>;
export type PersonRow = People['rows'][number];
export type OnePerson = Answer<'/v1/people/{key}'>;
export type Seats = Answer<'/v1/seats'>;
export type Seat = Seats['rows'][number];
export type Recommendations = Answer<'/v1/recommendations'>;
export type Recommendation = Recommendations['rows'][number];
export type Plans = Answer<'/v1/plans'>;
export type PlanHead = Plans['rows'][number];
export type PlanShown = Answer<'/v1/plans/{id}'>;
export type PlanMove = PlanShown['rows'][number];
export type PlanVerification = Answer<'/v1/plans/{id}/verification'>;
export type Buckets = Answer<'/v1/buckets'>;
export type BucketNode = Buckets['rows'][number];
export type OneBucket = Answer<'/v1/buckets/{key}'>;
export type Statement = Answer<'/v1/buckets/{key}/statement'>;
export type StatementLine = Statement['lines'][number];
export type TokenRequests = Answer<'/v1/requests'>;
export type TokenRequest = TokenRequests['rows'][number];
export type Sizing = PostAnswer<'/v1/sizing'>;
export type Portfolio = PostAnswer<'/v1/portfolio'>;
export type Renewal = PostAnswer<'/v1/renewal'>;
export type Decision = Answer<'/v1/decisions/{id}'>;
export type Refusals = Answer<'/v1/refusals'>;
export type PlacesUsed = Answer<'/v1/places/use'>;
export type PlaceUse = PlacesUsed['rows'][number];
export type RegionsShared = Answer<'/v1/places/sharing'>;
export type PlaceBreach = Answer<'/v1/places/breaches'>['rows'][number];
export type Sites = Answer<'/v1/sites'>;
export type Territory = Sites['territories'][number];
export type ReportKnown = Answer<'/v1/reports'>['rows'][number];
export type PolicySet = Answer<'/v1/policies'>['rows'][number];
export type PolicyCheck = PostAnswer<'/v1/policies/check'>;
export type PolicyDiff = PostAnswer<'/v1/policies/diff'>;
export type PolicySimulation = PostAnswer<'/v1/policies/simulate'>;
export type ChangedAnswer = PolicyDiff['rows'][number];
export type Decisions = Answer<'/v1/decisions'>;
export type DecisionRow = Decisions['rows'][number];
export type NewDecisions = components['schemas']['NewDecisions'];
export type Cap = Answer<'/v1/me/caps'>['rows'][number];
export type Quoted = PostAnswer<'/v1/quotes'>;
export type Account = Answer<'/v1/accounts'>['rows'][number];
export type NewAccount = PostBody<'/v1/accounts'>;
export type AccountChange = paths['/v1/accounts/{name}']['patch']['requestBody']['content']['application/json'];
export type ApiKey = Answer<'/v1/keys'>['rows'][number];
export type NewKey = PostBody<'/v1/keys'>;
export type MadeKey = PostAnswer<'/v1/keys'>;
export type Terms = Answer<'/v1/terms'>;
export type RoleRights = Answer<'/v1/rights'>;
export type Agent = Answer<'/v1/agents'>['rows'][number];
export type EstateTaken = PostAnswer<'/v1/estate'>;
export type UnsettledLine = PostAnswer<'/v1/imports/token-usage'>['rejected'][number];
export type ReportSchedules = Answer<'/v1/report-schedules'>;
export type ReportSchedule = ReportSchedules['rows'][number];
export type NewSchedule = components['schemas']['NewSchedule'];
export type FirstRun = Answer<'/v1/first-run'>;
export type FirstStep = FirstRun['steps'][number];
export type LogTaken = PostAnswer<'/v1/imports/log'>;
export type LogBatch = LogTaken['imports'][number];
