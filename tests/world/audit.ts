import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditRecord } from '@cnop/router/operator'
import { createAdmin } from './admin.ts'
import { newKey, startWorld } from './world.ts'

export interface AuditedRequest {
  readonly path?: string
  readonly method?: string
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly ip?: string
}

export const graphql = (query: string, variables: object = {}) => ({ body: { query, variables } })

/** `action outcome CODE`, a summary in one line. */
export const summarize = ({ action, outcome, code, count }: AuditRecord): string =>
  [action, outcome, code, count > 1 ? `×${count}` : undefined].filter(Boolean).join(' ')

/** All records in the chains of a directory. */
const readRecords = (directory: string): AuditRecord[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(join(directory, file), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as AuditRecord)

/** Addresses of different clients behind a trusted proxy. */
function createAddresses(): () => string {
  let last = 0
  return () => `198.51.100.${(last += 1)}`
}

/** Sends one request and returns the records that the trail contains when its response arrives. */
async function sendAudited(
  origin: string,
  directory: string,
  { path = '/graphql', method = 'POST', token, body, headers, ip }: AuditedRequest,
) {
  const requestId = `req-audit-${newKey()}`
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      'x-request-id': requestId,
      ...(ip !== undefined && { 'x-forwarded-for': ip }),
      'user-agent': 'audit-test/1',
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const answer = await response.text()
  const events = readRecords(directory).filter((record) => record.request_id === requestId)
  return { answer, events }
}

/** The data of a user without an account. */
export const newPerson = () => {
  const username = `audit_${newKey().slice(-12)}`
  const names = { firstName: 'Ada', lastName: 'Auditor' }
  return { username, email: `${username}@example.com`, password: 'Correct-Horse-2026', ...names }
}

export const wrong = 'Wrong-Password-26'

export const signIn = (username: string, password: string) =>
  graphql('mutation ($i: SignInInput!) { signIn(input: $i) { refreshToken } }', {
    i: { username, password },
  })

export type AuditedWorld = Awaited<ReturnType<typeof startAuditedWorld>>

/** A platform with a separate audit trail, an administrator and a trader. */
export async function startAuditedWorld() {
  const parent = mkdtempSync(join(tmpdir(), 'cnop-audit-'))
  const directory = join(parent, 'audit')
  const world = await startWorld({
    AUDIT_PATH: parent,
    TRUSTED_PROXIES: '127.0.0.1',
    RATE_LIMIT_PER_MINUTE: '400',
    EXPORTS_PER_MINUTE: '1',
  })
  const newAddress = createAddresses()
  /** From a separate address, unless the request names one. */
  const send = (request: AuditedRequest) =>
    sendAudited(world.origin, directory, { ip: newAddress(), ...request })
  return {
    world,
    directory,
    admin: await createAdmin(world),
    trader: await world.trader(),
    newAddress,
    send,
    recordsOf: async (request: AuditedRequest): Promise<string[]> =>
      (await send(request)).events.map(summarize),
    records: () => readRecords(directory),
    stop: async () => {
      rmSync(parent, { recursive: true, force: true })
      await world.stop()
    },
  }
}
