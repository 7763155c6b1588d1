/** The form of a hostile case, and what must come back. */
import assert from 'node:assert/strict'
import type { Answer } from './program.ts'
import type { HostileWorld } from './world.ts'

export interface Target {
  readonly url: string
  readonly world: HostileWorld
}

export interface HostileCase {
  readonly name: string
  /** Attacks, and throws where anything but a coded refusal or a right answer comes back. */
  readonly attack: (target: Target) => Promise<void>
  /** Also part of the short form that `npm test` runs. */
  readonly isShort?: boolean
}

const shortened = (text: string) => (text.length > 600 ? `${text.slice(0, 600)}…` : text)

/** The request was refused as a whole, with one of the codes. */
export function expectRefusal(answer: Answer, ...codes: readonly string[]): void {
  const found = answer.errors.map(({ extensions }) => extensions?.code)
  const isCoded =
    found.length > 0 && found.every((code) => code !== undefined && codes.includes(code))
  assert.ok(
    isCoded && !answer.data,
    `expected ${codes.join(' or ')}, got ${shortened(answer.text)}`,
  )
  assert.ok(answer.status >= 400 && answer.status < 600, `refused with status ${answer.status}`)
}

/** The answer has exactly this data and no errors. */
export function expectData(answer: Answer, data: unknown): void {
  assert.deepEqual(answer.errors, [], shortened(answer.text))
  assert.deepEqual(answer.data, data, shortened(answer.text))
}

/** The answer has this data, and each error has a code of these. */
export function expectFailure(answer: Answer, data: unknown, ...codes: readonly string[]): void {
  assert.deepEqual(answer.data, data, shortened(answer.text))
  assert.ok(answer.errors.length > 0, `expected errors, got ${shortened(answer.text)}`)
  for (const { extensions } of answer.errors) {
    assert.ok(
      codes.includes(extensions?.code ?? ''),
      `expected ${codes.join(' or ')}, got ${shortened(answer.text)}`,
    )
  }
}
