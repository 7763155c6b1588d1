/** The response to a fake operation: data, or the code of a refusal with details and the service that refused. */
export type FakeAnswer =
  | { readonly data: object }
  | {
      readonly code: string
      readonly details?: Readonly<Record<string, unknown>>
      readonly serviceName?: string
      readonly data?: object
      /** The path of the failed field, which the router always returns. */
      readonly path?: readonly (string | number)[]
    }
  | 'unreachable'

type FakeCall = {
  readonly operation: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly hash: string | undefined
  readonly authorization: string | null
}

export type FakeOperations = Readonly<
  Record<string, FakeAnswer | ((variables: FakeCall['variables']) => FakeAnswer)>
>

type Body = {
  readonly operationName: string
  readonly variables?: FakeCall['variables']
  readonly extensions?: { readonly persistedQuery?: { readonly sha256Hash?: string } }
}

const fakeRequestId = 'req_test'

/** The part of `Response` that the app uses; jsdom has no `Response`. */
export function reply(
  status: number,
  body: object,
  extraHeaders: Readonly<Record<string, string>> = {},
): Response {
  const headers = new Map(
    Object.entries({
      'content-type': 'application/json',
      'x-request-id': fakeRequestId,
      ...extraHeaders,
    }),
  )
  const text = JSON.stringify(body)
  return {
    ok: status < 400,
    status,
    statusText: '',
    headers: { get: (name: string) => headers.get(name.toLowerCase()) ?? null },
    text: () => Promise.resolve(text),
    json: () => Promise.resolve(JSON.parse(text) as unknown),
  } as Response
}

function toResponse(answer: FakeAnswer): Response {
  if (answer === 'unreachable') throw new TypeError('Failed to fetch')
  if (!('code' in answer)) return reply(200, answer)
  const { code, details, serviceName, data, path } = answer
  const extensions = { code, details, serviceName, requestId: fakeRequestId }
  return reply(200, { data: data ?? null, errors: [{ message: code, path, extensions }] })
}

/** A fake platform behind `fetch`: session endpoints, and operations by name. */
export function createFakeApi(
  operations: FakeOperations = {},
  tokenSeconds = 600,
  username = 'ada_lovelace',
) {
  const calls: FakeCall[] = []
  const sessionCalls: string[] = []
  let grants = 0

  const answerDoor = (path: string): Response => {
    sessionCalls.push(path)
    if (path === '/auth/sign-out') return reply(204, {})
    grants += 1
    return reply(200, {
      accessToken: `token-${grants}`,
      expiresInSeconds: tokenSeconds,
      username,
    })
  }
  const answerOperation = (init: RequestInit): Response => {
    const body = JSON.parse(init.body as string) as Body
    const variables = body.variables ?? {}
    calls.push({
      operation: body.operationName,
      variables,
      hash: body.extensions?.persistedQuery?.sha256Hash,
      authorization: (init.headers as Record<string, string>)['authorization'] ?? null,
    })
    const answer = operations[body.operationName]
    if (answer === undefined) return toResponse({ code: 'PERSISTED_QUERY_NOT_FOUND' })
    return toResponse(typeof answer === 'function' ? answer(variables) : answer)
  }
  const fetchFake: typeof fetch = async (input, init = {}) => {
    await Promise.resolve()
    const path = input as string
    return path.startsWith('/auth/') ? answerDoor(path) : answerOperation(init)
  }
  return { fetch: fetchFake, calls, sessionCalls }
}

export type FakeApi = ReturnType<typeof createFakeApi>
