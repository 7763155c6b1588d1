import { createHash } from 'node:crypto'

/** The client of a request, before anything is verified. */
export interface Client {
  readonly clientIp: string | undefined
  readonly userAgent: string | undefined
}

/** A device as its signed token describes it. */
export interface Device {
  readonly id: string
  /** Tags of the accounts that signed in from it, the latest first. */
  readonly accounts: readonly string[]
}

/** A browser is shared by few accounts: older ones are dropped. */
const mostAccounts = 10

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** Names an account on one device only, so that a token does not reveal its accounts. */
const tagOf = (deviceId: string, username: string): string =>
  hash(`${deviceId}\n${username}`).slice(0, 16)

/** Whether this account signed in from the device before. */
export const isKnownTo = (device: Device, username: string): boolean =>
  device.accounts.includes(tagOf(device.id, username))

/** The device after a successful sign-in of an account. */
export function addAccount({ id, accounts }: Device, username: string): Device {
  const tag = tagOf(id, username)
  const others = accounts.filter((other) => other !== tag)
  return { id, accounts: [tag, ...others].slice(0, mostAccounts) }
}

/**
 * What makes two requests come from the same device: the device token where one is sent, and otherwise, for API
 * clients, the client address together with the user agent. Only the hash is stored.
 */
export const identifyDevice = (
  device: Device | undefined,
  { clientIp = '', userAgent = '' }: Client,
): string => (device ? hash(`device\n${device.id}`) : hash(`client\n${clientIp}\n${userAgent}`))

/**
 * Whose failed guesses count together. A device that signed in to the account before, and a session of it, each have a
 * counter of their own: failures of others never delay them, and theirs are limited the same. All other clients share
 * the account's counter.
 */
export type FailureCounter =
  { readonly kind: 'shared' } | { readonly kind: 'device' | 'session'; readonly id: string }

export const sharedCounter: FailureCounter = { kind: 'shared' }

/** Depends only on the request, so that it does not reveal whether an account exists. */
export const counterOf = (device: Device | undefined, username: string): FailureCounter =>
  device && isKnownTo(device, username)
    ? { kind: 'device', id: hash(`counter\n${device.id}`) }
    : sharedCounter
