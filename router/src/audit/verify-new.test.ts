import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { createActivity } from '@cnop/kit/activity'
import { createLog } from '@cnop/kit/log'
import { fakeClock, type FakeClock } from '@cnop/kit/testing/fake-clock'
import { chainPath, verifiedPath } from './chain-file.ts'
import { type AuditTrail, openAuditTrail } from './trail.ts'
import { startAuditVerifier } from './verify-new.ts'

const log = createLog('router', { level: 'silent', filePath: undefined })

let directory: string
let clock: FakeClock
let trail: AuditTrail
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-verify-'))
  clock = fakeClock()
  trail = openAuditTrail({ directory, name: 'router', now: clock.now, log })
})
afterEach(async () => {
  await trail.close()
  rmSync(directory, { recursive: true, force: true })
})

const start = () => startAuditVerifier({ trail, activity: createActivity(), now: clock.now, log })
const signIn = (user: string) => trail.record({ action: 'user.sign_in', outcome: 'ok', user })
const path = () => chainPath(directory, trail.process)
const change = (from: string, to: string) =>
  writeFileSync(path(), readFileSync(path(), 'utf8').replace(from, to))
const verifiedTo = () =>
  (JSON.parse(readFileSync(verifiedPath(directory, trail.process), 'utf8')) as { sequence: number })
    .sequence

it('verifies what is new, and says how long it has waited', async () => {
  const verifier = start()
  await verifier.round()
  expect([verifiedTo(), await verifier.unverifiedSeconds()]).toEqual([1, 0])
  for (let index = 0; index < 500; index += 1) signIn(`adé_${index}`)
  clock.advance(7_000)
  expect(await verifier.unverifiedSeconds()).toBe(7)
  await verifier.round()
  expect([verifiedTo(), await verifier.unverifiedSeconds()]).toEqual([501, 0])
  expect(verifier.brokenChains()).toBe(0)
  await verifier.stop()
})

it('goes on where the process before it ended, without reading again what was verified', async () => {
  signIn('alice')
  const first = start()
  await first.round()
  await first.stop()
  change('alice', 'mallo')
  signIn('bob')
  const second = start()
  await second.round()
  expect([verifiedTo(), second.brokenChains()]).toEqual([3, 0])
  await second.stop()
})

it('reveals a new record that was altered, and an end that is missing', async () => {
  signIn('alice')
  change('alice', 'mallo')
  const altered = start()
  await altered.round()
  await altered.round()
  expect([verifiedTo(), altered.brokenChains()]).toEqual([1, 1])
  change('mallo', 'alice')
  await altered.round()
  expect([verifiedTo(), altered.brokenChains()]).toEqual([2, 0])
  await altered.stop()
  const cut = start()
  await cut.round()
  expect([verifiedTo(), cut.brokenChains()]).toEqual([2, 0])
  truncateSync(path(), 10)
  await cut.round()
  expect(cut.brokenChains()).toBe(1)
  await cut.stop()
})
