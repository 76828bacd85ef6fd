// panva's oidc-provider on loopback, for the tests of tests/interop.
//
// The first line of standard input is {"clients": [...], "resources": {uri: {...}}, "scopes": [...]}; standard output
// answers each line with one of JSON. Later lines are words: "down" closes the port, "up" opens it again, and
// "clock SECONDS" sets the server's clock that far from the machine's. It ends when standard input does.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';

console.info = console.error; // its notices are not among the answers
const { default: Provider } = await import('oidc-provider');

const realNow = Date.now;
let ahead = 0;
Date.now = () => realNow() + ahead * 1000;

function signingKey(alg, type, options) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: alg };
}

const keys = [
  signingKey('RS256', 'rsa', { modulusLength: 2048 }),
  signingKey('PS256', 'rsa', { modulusLength: 2048 }),
  signingKey('ES256', 'ec', { namedCurve: 'P-256' }),
  signingKey('EdDSA', 'ed25519'),
  signingKey('Ed25519', 'ed25519'),
];

// A TLS terminator in front of such servers passes the client's certificate on in a header.
function certificateOf(ctx) {
  const header = ctx.get('x-client-certificate');
  return header ? decodeURIComponent(header) : undefined;
}

function configuration({ clients, resources, scopes, introspecting }) {
  return {
    clients,
    scopes,
    jwks: { keys },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    pkce: { required: () => true },
    responseTypes: ['code'],
    acrValues: ['urn:example:password'],
    clientAuthMethods: [
      'client_secret_basic', 'client_secret_post', 'private_key_jwt', 'self_signed_tls_client_auth', 'none',
    ],
    enabledJWA: { introspectionSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
    ttl: { AccessToken: 600, ClientCredentials: 600, AuthorizationCode: 60, Grant: 86400, Interaction: 600, Session: 86400, IdToken: 600 },
    findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    // Its development login page asks for a password, and takes any.
    extraTokenClaims(ctx) {
      const code = ctx.oidc.entities.AuthorizationCode;
      return code ? { auth_time: code.authTime, acr: 'urn:example:password' } : undefined;
    },
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (ctx, client) => introspecting.includes(client.clientId) },
      jwtIntrospection: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (ctx, client, token) => token.clientId === client.clientId },
      dPoP: {
        enabled: true,
        nonceSecret: randomBytes(32),
        requireNonce: (ctx) => ctx.oidc.client?.clientId === 'dpop-with-nonces',
      },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        selfSignedTlsClientAuth: true,
        getCertificate: certificateOf,
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (ctx, resource) => resources[resource],
        useGrantedResource: () => true,
      },
    },
  };
}

const say = (document) => process.stdout.write(`${JSON.stringify(document)}\n`);
const server = createServer();

async function listen(port) {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

async function down() {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

const port = await listen(0);
const issuer = `http://127.0.0.1:${port}`;
let isConfigured = false;

async function obey(line) {
  if (!isConfigured) {
    server.on('request', new Provider(issuer, configuration(JSON.parse(line))).callback());
    isConfigured = true;
    return { event: 'ready', issuer };
  }
  const [word, value] = line.split(' ');
  if (word === 'down') await down();
  else if (word === 'up') await listen(port);
  else if (word === 'clock') ahead = Number(value);
  else throw new Error(`unknown word: ${word}`);
  return { event: word };
}

for await (const line of createInterface({ input: process.stdin })) say(await obey(line));
process.exit(0);
