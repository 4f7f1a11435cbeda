//! Each route, and the right that it asks for.

/// Who may: the least that is asked of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    Spend,
    /// Reads balances and burn.
    Read,
    /// Reads people, seats and rules.
    Estate,
    /// Reads what is theirs.
    Own,
    /// Reads pace and forecasts.
    Outlook,
    /// Reads what to buy.
    Purchases,
    /// Asks for tokens.
    Tokens,
    /// Answers requests.
    Answer,
    /// Has reports made of what they see.
    Reports,
    /// Reports use.
    Report,
    /// Runs Faregate.
    Run,
    /// Reads who comes in.
    ReadAccess,
    /// Says who comes in.
    Access,
    /// Everybody with a key: for whom, is looked at in `foreign.rs`.
    Ask,
    BeSomebody,
    /// Anybody, from our own page.
    Anybody,
    /// Anybody, from any page.
    Open,
    /// Only what a device has signed: see `agents.rs`.
    Device,
}

/// Each route, the right that it asks for, and its status when all is well.
pub(crate) const ROUTES: [(&str, &str, Right, u16); 110] = [
    ("post", "/v1/sessions", Right::Spend, 201),
    ("get", "/v1/sessions", Right::Read, 200),
    ("post", "/v1/sessions/batch", Right::Spend, 200),
    ("post", "/v1/sessions/{id}/heartbeat", Right::Spend, 204),
    ("post", "/v1/sessions/{id}/close", Right::Spend, 200),
    ("get", "/v1/decisions", Right::Own, 200),
    ("get", "/v1/decisions/{id}", Right::Own, 200),
    ("get", "/v1/summary", Right::Read, 200),
    ("get", "/v1/burn", Right::Read, 200),
    ("get", "/v1/burn/daily", Right::Read, 200),
    ("get", "/v1/burn/periods", Right::Outlook, 200),
    ("get", "/v1/burn/pace", Right::Outlook, 200),
    ("get", "/v1/alerts", Right::Own, 200),
    ("get", "/v1/alerts/{id}", Right::Own, 200),
    ("get", "/v1/alert-rules", Right::Estate, 200),
    ("post", "/v1/alert-rules/trial", Right::Estate, 200),
    ("get", "/v1/forecasts", Right::Outlook, 200),
    ("post", "/v1/forecasts/what-if", Right::Outlook, 200),
    ("get", "/v1/occasions", Right::Estate, 200),
    ("get", "/v1/balances", Right::Read, 200),
    ("get", "/v1/sources", Right::Read, 200),
    ("get", "/v1/channels", Right::Read, 200),
    ("post", "/v1/channels/{name}/test", Right::Run, 200),
    ("get", "/v1/deliveries", Right::Read, 200),
    ("get", "/v1/events", Right::Read, 200),
    ("post", "/v1/quotes", Right::Ask, 200),
    ("post", "/v1/orders", Right::Tokens, 200),
    ("get", "/v1/requests", Right::Own, 200),
    ("post", "/v1/requests", Right::Tokens, 201),
    ("get", "/v1/requests/{id}", Right::Own, 200),
    ("post", "/v1/requests/{id}/answers", Right::Answer, 200),
    ("get", "/v1/buckets", Right::Own, 200),
    ("get", "/v1/buckets/{key}", Right::Own, 200),
    ("get", "/v1/people", Right::Own, 200),
    ("get", "/v1/people/{key}", Right::Own, 200),
    ("post", "/v1/people/merge", Right::Run, 200),
    ("get", "/v1/products", Right::BeSomebody, 200),
    ("get", "/v1/seats", Right::Own, 200),
    ("get", "/v1/groups", Right::Estate, 200),
    ("get", "/v1/sites", Right::Estate, 200),
    ("get", "/v1/policies", Right::Estate, 200),
    ("get", "/v1/caps", Right::Estate, 200),
    ("get", "/v1/terms", Right::Estate, 200),
    ("post", "/v1/estate", Right::Run, 200),
    ("get", "/v1/buckets/{key}/statement", Right::Own, 200),
    ("get", "/v1/statement", Right::Read, 200),
    ("get", "/v1/reports", Right::BeSomebody, 200),
    ("get", "/v1/reports/{name}", Right::Reports, 200),
    ("get", "/v1/report-schedules", Right::BeSomebody, 200),
    ("post", "/v1/report-schedules", Right::Reports, 201),
    // There is none of this key: whose they are is looked at in `schedules.rs`.
    ("put", "/v1/report-schedules/{key}", Right::BeSomebody, 404),
    ("delete", "/v1/report-schedules/{key}", Right::BeSomebody, 404),
    ("post", "/v1/report-schedules/{key}/send", Right::BeSomebody, 404),
    ("get", "/v1/reconciliation", Right::Read, 200),
    ("get", "/v1/chargeback", Right::Read, 200),
    ("get", "/v1/double-dips", Right::Read, 200),
    ("get", "/v1/findings", Right::Own, 200),
    ("post", "/v1/findings/{id}/judgement", Right::Run, 200),
    ("get", "/v1/places/use", Right::Estate, 200),
    ("get", "/v1/places/breaches", Right::Estate, 200),
    ("get", "/v1/places/sharing", Right::Estate, 200),
    ("post", "/v1/policies/check", Right::Estate, 200),
    ("post", "/v1/policies/diff", Right::Estate, 200),
    ("post", "/v1/policies/simulate", Right::Estate, 200),
    ("post", "/v1/what-ifs", Right::Estate, 200),
    ("get", "/v1/recommendations", Right::Estate, 200),
    ("get", "/v1/plans", Right::Estate, 200),
    ("post", "/v1/plans", Right::Run, 200),
    ("get", "/v1/plans/{id}", Right::Estate, 200),
    ("get", "/v1/plans/{id}/verification", Right::Estate, 200),
    ("post", "/v1/portfolio", Right::Purchases, 200),
    ("post", "/v1/sizing", Right::Purchases, 200),
    ("post", "/v1/renewal", Right::Purchases, 200),
    ("get", "/v1/uncharged", Right::Read, 200),
    ("get", "/v1/imports", Right::Read, 200),
    ("get", "/v1/imports/rejected", Right::Read, 200),
    // None was made here: what becomes of one is looked at in `imports.rs`.
    ("get", "/v1/imports/{number}", Right::Read, 404),
    ("post", "/v1/imports/{number}/undo", Right::Run, 404),
    ("post", "/v1/imports/token-usage", Right::Run, 200),
    ("post", "/v1/imports/log", Right::Run, 200),
    ("get", "/v1/first-run", Right::Read, 200),
    // There is something in the ledger.
    ("post", "/v1/first-run/demo", Right::Access, 409),
    ("post", "/api/v1/events", Right::Report, 204),
    ("get", "/v1/agents", Right::Estate, 200),
    ("post", "/v1/agents/codes", Right::Run, 200),
    ("post", "/v1/agent/enrol", Right::Device, 200),
    ("get", "/v1/agent/rules", Right::Device, 200),
    ("post", "/v1/agent/beat", Right::Device, 200),
    ("post", "/v1/agent/ask", Right::Device, 200),
    ("post", "/v1/agent/open", Right::Device, 200),
    ("post", "/v1/agent/close", Right::Device, 200),
    ("post", "/v1/agent/uses", Right::Device, 200),
    ("get", "/v1/refusals", Right::BeSomebody, 200),
    ("get", "/v1/me", Right::BeSomebody, 200),
    ("get", "/v1/rights", Right::BeSomebody, 200),
    ("get", "/v1/about", Right::BeSomebody, 200),
    ("get", "/v1/me/burn", Right::Own, 200),
    ("get", "/v1/me/caps", Right::Own, 200),
    ("post", "/v1/sign-in", Right::Anybody, 204),
    ("get", "/v1/sign-in/ways", Right::Open, 200),
    // There is no provider here.
    ("get", "/v1/sign-in/oidc", Right::Open, 404),
    ("get", "/v1/sign-in/oidc/callback", Right::Open, 404),
    ("get", "/v1/me/sign-ins", Right::BeSomebody, 200),
    // Nobody here has a password: a wrong one is 401, whoever asks.
    ("post", "/v1/me/password", Right::BeSomebody, 401),
    ("get", "/v1/accounts", Right::ReadAccess, 200),
    ("post", "/v1/accounts", Right::Access, 201),
    ("patch", "/v1/accounts/{name}", Right::Access, 404),
    ("get", "/v1/keys", Right::ReadAccess, 200),
    ("post", "/v1/keys", Right::Access, 201),
    ("delete", "/v1/keys/{id}", Right::Access, 204),
];
