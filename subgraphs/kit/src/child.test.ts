import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from '@jest/globals'
import { startChild, stopChild, type Child } from './child.ts'

const module = fileURLToPath(new URL('child.ts', import.meta.url))
// Out of 17,000 ports, 1,400 random ones repeat with near certainty.
const takePorts = `
  import { freeLoopbackPort } from '${module}'
  const ports = []
  while (ports.length < 700) ports.push(await freeLoopbackPort())
  console.log('ports ' + JSON.stringify(ports))
  setInterval(() => {}, 1_000)
`

const children: Child[] = []
afterEach(async () => {
  for (const child of children.splice(0)) await stopChild(child)
})

/** Starts a process that takes ports, listens on none, and does not end. */
async function portsOfProcess(): Promise<number[]> {
  let output = ''
  let resolve = (_ports: number[]): void => undefined
  const taken = new Promise<number[]>((done) => (resolve = done))
  const onLine = (line: string): void => {
    output += line
    const list = /ports (\[.*\])/.exec(output)?.[1]
    if (list) resolve(JSON.parse(list) as number[])
  }
  const child = await startChild(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', takePorts],
    { onLine },
  )
  children.push(child)
  const ended = child.ended.then((how): never => {
    throw new Error(`The process ended with ${how}: ${child.lastOutput()}`)
  })
  return Promise.race([taken, ended])
}

describe('freeLoopbackPort', () => {
  it('returns no port twice, in one process or in two, although nothing listens yet', async () => {
    const ports = (await Promise.all([portsOfProcess(), portsOfProcess()])).flat()
    expect(ports).toHaveLength(1_400)
    expect(new Set(ports).size).toBe(1_400)
  })
})
