// panva's oidc-provider as one would run it: opaque tokens, an adapter of its owner, nothing that is not needed.
//
// The first line of standard input is {"clients": [...], "scopes": [...]}; it listens when it has written a line
// to standard output, and ends when standard input does.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

console.info = console.error; // its notices are not among the answers
const { default: Provider } = await import('oidc-provider');
const { version } = createRequire(import.meta.url)('oidc-provider/package.json');

// Its own adapter in memory is for development, and forgets all but the last 1,000 things.
class InMemory {
  stored = new Map();

  async upsert(id, payload, expiresIn) {
    this.stored.set(id, { payload, until: expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000 });
  }

  async find(id) {
    const found = this.stored.get(id);
    return found !== undefined && found.until > Date.now() ? found.payload : undefined;
  }

  async destroy(id) {
    this.stored.delete(id);
  }
}

const lines = createInterface({ input: process.stdin });
const settings = JSON.parse((await once(lines, 'line'))[0]);
const server = createServer({ keepAliveTimeout: 600_000 });
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const provider = new Provider(issuer, {
  adapter: InMemory,
  clients: settings.clients,
  scopes: settings.scopes,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'one' }] },
  cookies: { keys: [randomBytes(16).toString('hex')] },
  ttl: { ClientCredentials: 86400 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: (ctx, client) => client.clientId === settings.introspecting },
  },
});
server.on('request', provider.callback());
process.stdout.write(`${JSON.stringify({ event: 'ready', issuer, version, node: process.versions.node })}\n`);
lines.on('close', () => process.exit(0));
