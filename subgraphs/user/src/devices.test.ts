import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLocalJWKSet, decodeJwt, jwtVerify, SignJWT } from 'jose'
import { startUserWorld, goodPassword, type Tokens, type UserWorld } from './testing/user-world.ts'
import { callSessions, codeOf, wrongPassword } from './testing/session-calls.ts'
import { newDevice, openDeviceTokens } from './tokens/device-token.ts'
import { readJwks } from './tokens/jwks.ts'
import { generateSigningKey } from './tokens/signing-keys.ts'

let world: UserWorld
beforeAll(async () => {
  world = await startUserWorld()
})
afterAll(() => world.stop())

const { trySignIn, refresh, refreshed, listDenied } = callSessions(() => world)

async function signedIn(username: string, deviceToken?: string | null): Promise<Tokens> {
  const { data, errors } = await trySignIn(username, goodPassword, {
    deviceToken: deviceToken ?? null,
  })
  if (!data) throw new Error(`The sign-in was refused: ${JSON.stringify(errors)}`)
  return data['signIn'] as Tokens
}

async function guess(username: string, times: number, deviceToken?: string | null) {
  for (let count = 1; count <= times; count += 1) {
    await trySignIn(username, wrongPassword, { deviceToken: deviceToken ?? null })
  }
}

const phone = { clientIp: '192.0.2.7', userAgent: 'phone' }

describe('a device that signed in before', () => {
  it('is not delayed by failures of other clients', async () => {
    await world.signUp('held_owner')
    const { deviceToken } = await signedIn('held_owner')
    await guess('held_owner', 12)
    expect(codeOf(await trySignIn('held_owner'))).toBe('SIGN_IN_DELAYED')
    const again = await signedIn('held_owner', deviceToken)
    // Its success does not reset the counters of other devices.
    expect(codeOf(await trySignIn('held_owner'))).toBe('SIGN_IN_DELAYED')
    expect((await signedIn('held_owner', again.deviceToken)).deviceToken).not.toBeNull()
  })

  it('is delayed by its own failures, which do not delay other devices', async () => {
    await world.signUp('own_guesses')
    const { deviceToken } = await signedIn('own_guesses')
    await guess('own_guesses', 5, deviceToken)
    const delayed = await trySignIn('own_guesses', goodPassword, { deviceToken })
    expect(delayed.errors?.[0]?.extensions).toMatchObject({
      code: 'SIGN_IN_DELAYED',
      details: { retryAfterSeconds: '1' },
    })
    expect(codeOf(await trySignIn('own_guesses'))).toBeUndefined()
    world.clock.advance(1_000)
    await signedIn('own_guesses', deviceToken)
    await guess('own_guesses', 4, deviceToken)
    await signedIn('own_guesses', deviceToken)
  })

  it('is unrecognised by every other account, existing or not', async () => {
    await world.signUp('device_owner')
    await world.signUp('other_owner')
    const { deviceToken } = await signedIn('device_owner')
    for (const username of ['other_owner', 'nobody_at_all']) {
      await guess(username, 5)
      const answer = await trySignIn(username, goodPassword, { deviceToken })
      expect(codeOf(answer)).toBe('SIGN_IN_DELAYED')
    }
  })

  it('is known to the last ten accounts that signed in from it', async () => {
    let deviceToken: string | null = null
    for (let place = 0; place <= 10; place += 1) {
      await world.signUp(`family_${place}`)
      deviceToken = (await signedIn(`family_${place}`, deviceToken)).deviceToken
    }
    expect(decodeJwt(deviceToken!)['acc']).toHaveLength(10)
    for (const username of ['family_0', 'family_1']) await guess(username, 5)
    expect(codeOf(await trySignIn('family_0', goodPassword, { deviceToken }))).toBe(
      'SIGN_IN_DELAYED',
    )
    expect(codeOf(await trySignIn('family_1', goodPassword, { deviceToken }))).toBeUndefined()
  })

  it('may change its password despite failures of other clients', async () => {
    await world.signUp('safe_changer')
    const { actor } = await world.signIn('safe_changer')
    await guess('safe_changer', 12)
    const input = { currentPassword: goodPassword, newPassword: 'Battery-Staple-77' }
    const change =
      'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { sessionsEnded } }'
    expect(await world.refusal(change, { input }, actor)).toBeUndefined()
  })
})

describe('a device token', () => {
  it('names no account, and is no access token', async () => {
    await world.signUp('private_owner')
    const { deviceToken } = await signedIn('private_owner')
    const claims = decodeJwt(deviceToken!)
    expect(JSON.stringify(claims)).not.toContain('private_owner')
    const keys = createLocalJWKSet(readJwks(world.config.keys))
    const asAccess = jwtVerify(deviceToken!, keys, {
      issuer: 'cnop',
      audience: 'cnop-api',
      currentDate: new Date(world.clock.now()),
    })
    await expect(asAccess).rejects.toMatchObject({ claim: 'aud' })
  })

  it('that is altered, foreign, expired or absent makes the device unrecognised, without an error', async () => {
    await world.signUp('forged_owner')
    const { deviceToken, accessToken } = await signedIn('forged_owner')
    const [header, payload] = deviceToken!.split('.')
    const stranger = generateSigningKey()
    const forged = new SignJWT(decodeJwt(deviceToken!))
      .setProtectedHeader({ alg: 'ES256', kid: world.config.keys.signingKey!.keyId })
      .sign(stranger.privateKey)
    await guess('forged_owner', 5)
    const tokens = [
      `${header}.${payload}.${'A'.repeat(86)}`,
      await forged,
      accessToken,
      'anything',
      'a.'.repeat(5_000),
      '',
    ]
    for (const token of tokens) {
      expect(codeOf(await trySignIn('forged_owner', goodPassword, { deviceToken: token }))).toBe(
        'SIGN_IN_DELAYED',
      )
    }
    world.clock.advance(365 * 86_400_000)
    await guess('forged_owner', 5)
    expect(codeOf(await trySignIn('forged_owner', goodPassword, { deviceToken }))).toBe(
      'SIGN_IN_DELAYED',
    )
  })

  it('outlives a rotation of the key that signed it, while that is published', async () => {
    const [before, after] = [generateSigningKey(), generateSigningKey()]
    const open = (signingKey: typeof before, otherKeys: readonly (typeof before)[]) =>
      openDeviceTokens({
        key: signingKey,
        jwks: readJwks({ signingKey, otherKeys, keyDirectory: '' }),
        issuer: 'cnop',
        lifetimeSeconds: 60,
        now: world.clock.now,
      })
    const device = { ...newDevice(), accounts: ['tag'] }
    const token = await open(before, []).sign(device)
    const rotated = open(after, [before])
    expect(await rotated.read(token)).toEqual(device)
    const renewed = await rotated.sign(device)
    expect(await open(after, []).read(token)).toBeUndefined()
    expect(await open(after, []).read(renewed)).toEqual(device)
  })
})

describe('a spent refresh token within its grace', () => {
  it('gives any number of tabs of one device the same successor', async () => {
    await world.signUp('cookie_tabs')
    const { refreshToken, deviceToken } = await signedIn('cookie_tabs')
    const tabs = await Promise.all(
      ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((clientIp) =>
        refreshed(refreshToken, { deviceToken, client: { clientIp } }),
      ),
    )
    expect(new Set(tabs.map((tab) => tab.refreshToken)).size).toBe(1)
    expect(tabs[0]?.deviceToken).not.toBeNull()
  })

  it.each([
    ['without the device token', () => Promise.resolve(null)],
    ['with the device token of another', async () => (await signedIn('thief_itself')).deviceToken],
  ])('ends the session when another device presents it %s', async (_how, steal) => {
    const username = `robbed_${_how.length}`
    await world.signUp('thief_itself')
    await world.signUp(username)
    const { refreshToken, deviceToken } = await signedIn(username)
    const next = await refreshed(refreshToken, { deviceToken })
    expect(await refresh(refreshToken, { deviceToken: await steal() })).toBe('SESSION_ENDED')
    expect(await refresh(next.refreshToken, { deviceToken })).toBe('SESSION_ENDED')
    expect(await listDenied()).toContain(refreshToken.split('.')[1])
  })

  it('distinguishes API clients by address and user agent', async () => {
    await world.signUp('api_client')
    const first = await world.signIn('api_client')
    const next = await refreshed(first.refreshToken, { client: phone })
    expect(await refreshed(first.refreshToken, { client: phone })).toMatchObject({
      refreshToken: next.refreshToken,
      deviceToken: null,
    })
    const elsewhere = { ...phone, clientIp: '192.0.2.8' }
    expect(await refresh(first.refreshToken, { client: elsewhere })).toBe('SESSION_ENDED')
    expect(await refresh(next.refreshToken, { client: phone })).toBe('SESSION_ENDED')
  })

  it('ends the session when two devices present the token in force at the same moment', async () => {
    await world.signUp('race_victim')
    const { refreshToken, actor } = await world.signIn('race_victim')
    const answers = await Promise.all([
      refresh(refreshToken, { client: phone }),
      refresh(refreshToken, { client: { ...phone, userAgent: 'laptop' } }),
    ])
    expect(answers).toContain('SESSION_ENDED')
    expect(await listDenied()).toContain(actor.sessionId)
    for (const answer of answers) {
      if (typeof answer !== 'object') continue
      expect(await refresh(answer.refreshToken, { client: phone })).toBe('SESSION_ENDED')
    }
  })
})
