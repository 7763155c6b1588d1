import { randomBytes } from 'node:crypto'
import { internalHeaders, signCall } from '@cnop/kit/identity'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import type { Attack } from '../attack.ts'
import { expectThat, type IdentityWorld } from './world.ts'

const body = JSON.stringify({ query: '{ __typename }' })

interface SignedCall {
  readonly headers: Record<string, string>
  readonly body: string
}

/** Signs a call as the router does, in the name of the owner. */
export function signFor(
  { subgraph, owner }: IdentityWorld,
  name: SubgraphName,
  options: { body?: string; username?: string | undefined; signedAt?: number } = {},
): SignedCall {
  const text = options.body ?? body
  const username = 'username' in options ? options.username : owner.username
  const actor =
    username === undefined ? undefined : { username, role: 'customer' as const, sessionId: 'ses' }
  const identity = { requestId: 'req-attack', actor, clientIp: '127.0.0.1', userAgent: undefined }
  const headers = signCall(
    subgraph(name).signingKey,
    { subgraph: name, body: text, identity },
    options.signedAt ?? new Date().getTime(),
  )
  return { headers, body: text }
}

export async function callSubgraph(
  { subgraph }: IdentityWorld,
  name: SubgraphName,
  { headers, body: text }: SignedCall,
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${subgraph(name).url}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: text,
  })
  return { status: response.status, text: await response.text() }
}

type Tamper = (signed: SignedCall, world: IdentityWorld, name: SubgraphName) => SignedCall

const change =
  (headers: Record<string, string>): Tamper =>
  (signed) => ({ ...signed, headers: { ...signed.headers, ...headers } })

const without =
  (...names: string[]): Tamper =>
  (signed) => ({
    ...signed,
    headers: Object.fromEntries(
      Object.entries(signed.headers).filter(([name]) => !names.includes(name)),
    ),
  })

const shifted =
  (byMs: number): Tamper =>
  (_signed, world, name) =>
    signFor(world, name, { signedAt: new Date().getTime() + byMs })

const tamperings: Readonly<Record<string, Tamper>> = {
  'no signature at all': () => ({ headers: {}, body }),
  'no signature, only the source name': () => ({ headers: { 'x-source': 'gateway' }, body }),
  'the identity without a signature': without('x-seal', 'x-seal-key'),
  'a signature without X-Source': without('x-source'),
  'a signature with another key': (_signed, world, name) => {
    const signingKey = { id: 'remote', secret: randomBytes(32).toString('base64url') }
    const forged = { ...world, subgraph: () => ({ ...world.subgraph(name), signingKey }) }
    return signFor(forged, name)
  },
  'an unknown key': change({ 'x-seal-key': 'nobody' }),
  'the key of another subgraph': (_signed, world, name) =>
    signFor(world, name === 'user' ? 'order' : 'user'),
  'another body': (signed) => ({ ...signed, body: JSON.stringify({ query: '{ a: __typename }' }) }),
  'another user': change({ 'x-user-id': 'somebody_else' }),
  'another role': change({ 'x-user-role': 'admin' }),
  'another session': change({ 'x-session-id': 'ses_other' }),
  'another client address': change({ 'x-client-ip': '10.0.0.1' }),
  'another request id': change({ 'x-request-id': 'req-other' }),
  'another nonce': change({ 'x-seal-nonce': 'AAAAAAAAAAAAAAAA' }),
  'another time': change({ 'x-seal-time': '1' }),
  'a signature that is a minute old': shifted(-60_000),
  'a signature of the future': shifted(60_000),
  'a time that is not a number': shifted(NaN),
  'an empty signature': change({ 'x-seal': '' }),
}

const everySubgraph = (
  run: (world: IdentityWorld, name: SubgraphName) => Promise<void>,
): ((world: IdentityWorld) => Promise<void>) => {
  return async (world) => {
    for (const name of subgraphNames) await run(world, name)
  }
}

/** Headers that would authenticate an anonymous caller if the router forwarded them. */
const spoofed = (username: string): Record<string, string> => ({
  ...Object.fromEntries(internalHeaders.map((name) => [name, 'gateway'])),
  'x-source': 'gateway',
  'x-auth-service': 'router',
  'x-user-id': username,
  'x-user-role': 'admin',
  'x-session-id': 'ses_spoofed',
  'x-client-ip': '10.1.2.3',
})

export const signatureAttacks: readonly Attack<IdentityWorld>[] = [
  ...Object.entries(tamperings).map(([name, tamper]) => ({
    name: `signature: ${name}`,
    run: everySubgraph(async (world, subgraph) => {
      const call = tamper(signFor(world, subgraph), world, subgraph)
      const { status, text } = await callSubgraph(world, subgraph, call)
      expectThat(status === 403 && !text.includes('"data"'), { subgraph, status, text })
    }),
  })),
  {
    name: 'signature: the same call twice',
    run: everySubgraph(async (world, subgraph) => {
      const call = signFor(world, subgraph)
      const first = await callSubgraph(world, subgraph, call)
      expectThat(first.status === 200, { subgraph, ...first })
      const second = await callSubgraph(world, subgraph, call)
      expectThat(second.status === 403, { subgraph, ...second })
    }),
  },
  ...Object.entries(spoofed('x')).map(([header]) => ({
    name: `edge: ${header} from outside`,
    run: async ({ strangers, owner, other }: IdentityWorld) => {
      const value = spoofed(owner.username)[header] ?? ''
      const stranger = await strangers[0]!.ask('{ me { username } }', {}, { [header]: value })
      expectThat(stranger.status === 401, { status: stranger.status, data: stranger.data })
      const mixed = await strangers[0]!.ask(
        '{ me { username } market { feed } }',
        {},
        { [header.toUpperCase()]: value },
      )
      expectThat(mixed.data?.['me'] === null, mixed.data)
      const { data } = await other.ask('{ me { username } }', {}, { [header]: value })
      const me = data?.['me'] as { username?: string } | null | undefined
      expectThat(me?.username === other.username, { data })
    },
  })),
  {
    name: 'edge: all internal headers at once, with a valid signature',
    run: async (world) => {
      const { headers } = signFor(world, 'user')
      const spoof = { ...spoofed(world.owner.username), ...headers }
      const { status, data } = await world.strangers[0]!.ask('{ me { username } }', {}, spoof)
      expectThat(status === 401, { status, data })
    },
  },
  {
    name: 'edge: an invalid request id',
    run: async ({ strangers }) => {
      for (const id of [
        'short',
        'a'.repeat(65),
        'has spaces in it',
        '{"json":1234}',
        '<script>x',
      ]) {
        const { headers } = await strangers[0]!.ask('{ __typename }', {}, { 'x-request-id': id })
        expectThat(headers.get('x-request-id') !== id, { id })
      }
    },
  },
]
