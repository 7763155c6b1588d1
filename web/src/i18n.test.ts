import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { getCatalogs } from '@lingui/cli/api'
import { getConfig } from '@lingui/conf'
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage'

const folder = fileURLToPath(new URL('../', import.meta.url))
let messages: readonly string[] = []
let chinese: Readonly<Record<string, string>> = {}

beforeAll(async () => {
  const config = getConfig({ cwd: folder, configPath: `${folder}lingui.config.js` })
  const [catalog] = await getCatalogs(config)
  messages = Object.keys((await catalog?.collect()) ?? {})
  const stored = (await catalog?.read('zh-CN')) ?? {}
  chinese = Object.fromEntries(
    Object.entries(stored).map(([id, { translation }]) => [id, translation]),
  )
})

type Token = ReturnType<typeof compileMessageOrThrow>[number]

/** The values and the tags of a message, in all of its cases. */
function namesIn(message: string): readonly string[] {
  const names = new Set([...message.matchAll(/<\/?\d+\/?>/g)].map(([tag]) => tag))
  const visit = (token: Token | undefined): void => {
    if (!Array.isArray(token)) return
    const [name, , cases] = token
    names.add(name)
    if (typeof cases !== 'object' || cases === null) return
    for (const tokens of Object.values(cases)) if (Array.isArray(tokens)) tokens.forEach(visit)
  }
  compileMessageOrThrow(message).forEach(visit)
  return [...names].sort()
}

describe('the Chinese catalogue', () => {
  it('translates every message of the app', () => {
    expect(messages.length).toBeGreaterThan(1_000)
    expect(messages.filter((message) => !chinese[message])).toEqual([])
  })

  it('has no message that the app no longer shows', () => {
    const shown = new Set(messages)
    expect(Object.keys(chinese).filter((message) => !shown.has(message))).toEqual([])
  })

  it('names the values and the tags of each message', () => {
    const differing = Object.entries(chinese).filter(
      ([message, translation]) => namesIn(message).join() !== namesIn(translation).join(),
    )
    expect(differing).toEqual([])
  })

  it('addresses the reader formally', () => {
    expect(Object.values(chinese).filter((translation) => translation.includes('你'))).toEqual([])
  })
})
