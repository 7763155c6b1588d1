import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import { type AlertWorld, type Answer, type Process, startAlertWorld } from './alert-world.ts'

const alertFields = `id asset { id } direction price changeBasisPoints referencePrice status createdAt expiresAt
  firedAt firedPrice repeats rearmPrice isArmed fireCount`

const operations = {
  create: `mutation ($input: CreatePriceAlertInput!) { createPriceAlert(input: $input) {
    alert { ${alertFields} } user { username priceAlerts { id } } } }`,
  cancel: `mutation ($id: ID!) { cancelPriceAlert(id: $id) { alert { ${alertFields} } } }`,
  seen: `mutation ($until: DateTime!) { markNotificationsSeen(until: $until) {
    user { notificationsSeenAt } } }`,
  choose: `mutation ($input: ChooseNotificationChannelsInput!) {
    chooseNotificationChannels(input: $input) { user { notificationChoices { kind channels } } } }`,
  alerts: `priceAlerts { ${alertFields} }`,
} as const

export interface AlertNode {
  readonly id: string
  readonly asset: { readonly id: string }
  readonly direction: string
  readonly price: string
  readonly changeBasisPoints: number | null
  readonly referencePrice: string | null
  readonly status: string
  readonly expiresAt: string | null
  readonly firedAt: string | null
  readonly firedPrice: string | null
  readonly repeats: boolean
  readonly rearmPrice: string | null
  readonly isArmed: boolean
  readonly fireCount: number
}

export interface NotificationPage {
  readonly nodes: readonly {
    readonly id: string
    readonly kind: string
    readonly text: string
    readonly createdAt: string
    readonly assetId: string
    readonly orderId: string | null
    readonly alert: AlertNode
  }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

export interface PageArguments {
  readonly first?: number
  readonly after?: string | null | undefined
}

/** The arguments of a page as GraphQL writes them. */
export function showArguments({ first = 20, after }: PageArguments): string {
  return `(first: ${first}, after: ${JSON.stringify(after ?? null)})`
}

export const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions.code
export const detailsOf = ({ errors }: Answer): unknown => errors?.[0]?.extensions.details

let keys = 0

/** What users read of theirs, in one process. */
function readIn(world: AlertWorld, process: Process) {
  const askUser = (username: string | undefined, owner: string, field: string): Promise<Answer> => {
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on User { ${field} } } }`
    const representations = [{ __typename: 'User', username: owner }]
    return world.ask(process, username, query, { representations })
  }
  const readUser = async <Field>(username: string, field: string): Promise<Field> => {
    const answer = await askUser(username, username, field)
    if (answer.errors) throw new Error(JSON.stringify(answer.errors))
    return (answer.data?.['_entities'] as [Field])[0]
  }
  const alerts = async (username: string) =>
    (await readUser<{ priceAlerts: readonly AlertNode[] }>(username, operations.alerts)).priceAlerts
  const notifications = async (username: string, page: PageArguments = {}) => {
    const field = `notifications${showArguments(page)} {
        nodes { id kind text createdAt assetId orderId alert { ${alertFields} } }
        pageInfo { hasNextPage endCursor } }`
    return (await readUser<{ notifications: NotificationPage }>(username, field)).notifications
  }
  return {
    ...{ askUser, readUser, alerts, notifications },
    statuses: async (username: string) => (await alerts(username)).map(({ status }) => status),
    texts: async (username: string) =>
      (await notifications(username)).nodes.map(({ text }) => text),
  }
}

/** What users do with their alerts, in one process. */
export function actIn(world: AlertWorld, process: Process) {
  const create = (username: string | undefined, input: object): Promise<Answer> =>
    world.ask(process, username, operations.create, {
      input: { key: `key-${String(++keys).padStart(6, '0')}`, assetId: 'BTC', ...input },
    })
  /** Creates an alert that is not refused. */
  const set = async (username: string, input: object): Promise<AlertNode> => {
    const answer = await create(username, input)
    const payload = answer.data?.['createPriceAlert'] as { alert: AlertNode } | undefined
    if (!payload) throw new Error(JSON.stringify(answer.errors))
    return payload.alert
  }
  return {
    ...readIn(world, process),
    create,
    set,
    /** Creates an alert on a price that is not refused. */
    waitFor: (
      username: string,
      direction: 'ABOVE' | 'BELOW',
      price: string,
      assetId = 'BTC',
    ): Promise<AlertNode> => set(username, { assetId, direction, price }),
    cancel: (username: string | undefined, id: string) =>
      world.ask(process, username, operations.cancel, { id }),
    choose: (username: string | undefined, kind: string, channels: readonly string[]) =>
      world.ask(process, username, operations.choose, { input: { kind, channels } }),
    markSeen: (username: string | undefined, until: string) =>
      world.ask(process, username, operations.seen, { until }),
  }
}

/** What a test has to act in. */
interface Opened {
  readonly world: AlertWorld
  readonly inventory: Process
  readonly users: Users
}

export type Users = ReturnType<typeof actIn>

/** Starts a world for the tests of a file, and opens it for each of them: without rows, and with a process of its own. */
export function openForEach(open: (opened: Opened) => void): void {
  let world: AlertWorld
  beforeAll(async () => {
    world = await startAlertWorld()
  })
  beforeEach(async () => {
    await world.reset()
    const inventory = await world.openProcess()
    open({ world, inventory, users: actIn(world, inventory) })
  })
  afterEach(() => world.stopProcesses())
  afterAll(() => world.stop())
}
