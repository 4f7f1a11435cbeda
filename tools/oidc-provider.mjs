// An identity provider on loopback, run by tools/oidc-provider.sh: it signs in whom `login_hint` names, unasked.
import http from 'node:http';
import Provider from 'oidc-provider';

const [client_id, client_secret, redirect] = process.argv.slice(2);
const groups = { ana: ['designers'], lena: ['designers', 'licence managers'], root: ['it'] };

const findAccount = (_, id) => ({
  accountId: id,
  claims: async () => ({ sub: id, preferred_username: id, groups: groups[id] ?? [] }),
});

const signIn = (provider) => async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  const accountId = params.login_hint;
  ctx.respond = false;
  if (accountId === 'refused') {
    const error = { error: 'access_denied', error_description: 'not today' };
    return provider.interactionFinished(ctx.req, ctx.res, error);
  }
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId }, consent });
};

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id, client_secret, redirect_uris: [redirect] }],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a key for tests'] },
    features: { devInteractions: { enabled: false } },
    findAccount,
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
  });
  provider.use(signIn(provider));
  server.on('request', provider.callback());
  console.log(issuer);
});
