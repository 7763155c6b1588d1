import type { Attack } from '../attack.ts'
import type { GuardWorld, Letter, Sent, Target } from './world.ts'

interface Plan {
  readonly name: string
  /** The platform to attack. Default: `open`. */
  readonly at?: 'open' | 'closed'
  readonly letter: Letter | ((target: Target, world: GuardWorld) => Letter | Promise<Letter>)
  /** The accepted error codes. Without codes, any 4xx is accepted. */
  readonly codes?: readonly string[]
  readonly status?: number
}

/** Throws with `seen` unless the condition holds. */
export function expectThat(isSo: boolean, seen: unknown): asserts isSo {
  if (!isSo) throw new Error(typeof seen === 'string' ? seen : JSON.stringify(seen))
}

/** Every response contains the rate-limit headers, a refusal too. */
export function expectHeaders({ headers }: Sent): void {
  const names = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'ratelimit']
  const missing = names.filter((name) => headers[name] === undefined)
  expectThat(missing.length === 0, `headers are missing: ${missing.join(', ')}`)
}

/** Expects a 4xx with one of the codes, rate-limit headers, and no subgraph call. */
export async function expectRefusal(
  target: Target,
  letter: Letter,
  { codes, status }: Pick<Plan, 'codes' | 'status'> = {},
): Promise<Sent> {
  const before = await target.countCalls()
  const sent = await target.send(letter)
  const calls = (await target.countCalls()) - before
  target.leaked += calls
  const seen = `${sent.status} ${sent.text.slice(0, 200)}`
  expectThat(calls === 0, `${calls} subgraph calls were made; ${seen}`)
  expectThat(sent.status >= 400 && sent.status < 500, seen)
  expectThat(status === undefined || sent.status === status, seen)
  expectThat(codes === undefined || codes.includes(sent.codes[0] ?? ''), seen)
  expectHeaders(sent)
  return sent
}

/** An attack of one request that must be refused before planning. */
export function refusedLetter({
  name,
  at = 'open',
  letter,
  ...expected
}: Plan): Attack<GuardWorld> {
  return {
    name,
    run: async (world) => {
      const target = world[at]
      const written = typeof letter === 'function' ? await letter(target, world) : letter
      await expectRefusal(target, written, expected)
    },
  }
}
