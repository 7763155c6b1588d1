import { parsePrice } from '@cnop/kit/money'
import {
  IconArrowDownLeft,
  IconArrowUpRight,
  IconBell,
  IconBuildingBank,
  type Icon,
} from '@tabler/icons-react'
import { useRef } from 'react'
import { useNavigate } from 'react-router'
import { useClient } from 'urql'
import { nameOf } from '../api/asset-names.ts'
import { ApiFailure, describeError, failureOf } from '../api/errors.ts'
import { keepDraft, startOf } from '../api/form-draft.ts'
import { type OwnStorage, useOwnStorage } from '../api/own-storage.ts'
import { formatExactPrice, formatMoney, formatQuantity } from '../format/money.ts'
import { type ShellAssetsQuery, TicketBalancesDocument } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import type { Meant } from '../meant-focus.ts'
import { paths } from '../paths.ts'
import { shareOf } from '../ticket/amounts.ts'
import { type Draft, emptyDraft } from '../ticket/draft.ts'
import type { SavedTicket } from '../ticket/use-draft.ts'
import { notifyFailure } from '../ui/notify.ts'
import type { Command, Size } from './palette-words.ts'

export type PaletteAsset = ShellAssetsQuery['assets']['nodes'][number]

export type AssetCommand = Command<PaletteAsset>
export type Of<Kind> = Extract<AssetCommand, { readonly kind: Kind }>

/** How a command is shown in the list. */
export type ShownCommand = {
  readonly id: string
  readonly label: string
  readonly description: string
  readonly icon: Icon
  readonly run: () => void
}

function describeSize(size: Size, side: Draft['side'], ticker: string): string {
  if (size.percent !== undefined) {
    const { percent } = size
    return side === 'BUY'
      ? i18n.t('{ticker} with {percent}% of your cash', { ticker, percent })
      : i18n.t('{percent}% of your {ticker}', { ticker, percent })
  }
  return size.unit === 'USD'
    ? i18n.t('{ticker} for {amount}', { ticker, amount: formatMoney(size.amount) })
    : `${formatQuantity(size.amount)} ${ticker}`
}

function describeTrade({ side, asset, size, limitPrice }: Of<'trade'>): string {
  if (!asset) return i18n.t('{side, select, BUY {Buy} other {Sell}} an asset', { side })
  const what = size ? describeSize(size, side, asset.id) : asset.id
  return limitPrice === undefined
    ? i18n.t('{side, select, BUY {Buy} other {Sell}} {what}', { side, what })
    : i18n.t('{side, select, BUY {Buy} other {Sell}} {what} at {price}', {
        side,
        what,
        price: formatExactPrice(limitPrice),
      })
}

/** Without a word for it, an alert waits in the direction in which its price is. */
function isFall({ asset, price, direction }: Of<'alert'>): boolean {
  if (direction !== undefined) return direction === 'BELOW'
  return price !== undefined && asset.quote
    ? parsePrice(price) < parsePrice(asset.quote.price)
    : false
}

function describe(command: AssetCommand): Omit<ShownCommand, 'id' | 'run'> {
  switch (command.kind) {
    case 'trade':
      return {
        label: describeTrade(command),
        description: command.asset
          ? i18n.t('{name} · opens the ticket, to be reviewed', { name: nameOf(command.asset) })
          : i18n.t('opens the ticket, to be reviewed'),
        icon: command.side === 'BUY' ? IconArrowDownLeft : IconArrowUpRight,
      }
    case 'alert': {
      const { asset, price } = command
      return {
        label:
          price === undefined
            ? i18n.t('Alert on {ticker}', { ticker: asset.id })
            : i18n.t('Alert when {ticker} {way, select, falls {falls} other {rises}} to {price}', {
                ticker: asset.id,
                way: isFall(command) ? 'falls' : 'rises',
                price: formatExactPrice(price),
              }),
        description: i18n.t('{name} · opens the form, to be confirmed', { name: nameOf(asset) }),
        icon: IconBell,
      }
    }
    case 'cash': {
      const { direction, amount } = command
      return {
        label:
          amount === undefined
            ? i18n.t('{direction, select, deposit {Deposit} other {Withdraw}} cash', { direction })
            : i18n.t('{direction, select, deposit {Deposit} other {Withdraw}} {amount}', {
                direction,
                amount: formatMoney(amount),
              }),
        description: i18n.t('Opens the form, to be confirmed'),
        icon: IconBuildingBank,
      }
    }
  }
}

/** A new draft in an asset's ticket, unless an order of it is unanswered: that one is settled first. */
function fillTicket(own: OwnStorage, assetId: string, draft: Draft): void {
  const scope = `ticket:${assetId}`
  const saved = JSON.parse(own.read('draft', scope) ?? '{}') as Partial<SavedTicket>
  if (saved.sent) return
  own.write('ticket', 'last', assetId)
  own.write('draft', scope, JSON.stringify({ draft, sent: null } satisfies SavedTicket))
}

type ReadAvailable = (assetId: string) => Promise<{ cash: string; quantity: string }>

/** What can be spent or sold at present; rejects with an `ApiFailure`. */
function useReadAvailable(): ReadAvailable {
  const client = useClient()
  return async (id) => {
    const { data, error } = await client
      .query(TicketBalancesDocument, { id }, { requestPolicy: 'network-only' })
      .toPromise()
    if (error || !data?.me) {
      throw error ? new ApiFailure(describeError(error)) : new Error('The answer is empty.')
    }
    const { cash, holding } = data.me.portfolio
    return { cash: cash.available, quantity: holding?.available ?? '0' }
  }
}

/** The draft of an order; undefined for a share of what can be spent or sold, which has to be read first. */
export function draftOf({ side, size, limitPrice }: Of<'trade'>): Draft | undefined {
  if (size?.percent !== undefined) return undefined
  return {
    ...emptyDraft,
    side,
    ...(limitPrice !== undefined && { type: 'LIMIT', limitPrice }),
    ...(size && { unit: size.unit, amount: size.amount }),
  }
}

async function draftOfShare(
  { size, ...rest }: Of<'trade'>,
  assetId: string,
  readAvailable: ReadAvailable,
): Promise<Draft> {
  const draft = draftOf(rest) ?? emptyDraft
  return shareOf(draft, size?.percent ?? 0, await readAvailable(assetId))
}

const idOf = (command: AssetCommand): string =>
  command.kind === 'cash'
    ? command.direction
    : `${command.kind}-${command.kind === 'trade' ? command.side : ''}-${command.asset?.id ?? ''}`

/** Fills the form of a command in and opens it. Nothing is sent. */
export function usePaletteCommands(): (command: AssetCommand) => ShownCommand {
  const navigate = useNavigate()
  const own = useOwnStorage()
  const readAvailable = useReadAvailable()
  /** How many commands have run: what one of them reads may come after the next one. */
  const count = useRef(0)
  const go = (path: string, meant: Meant) => void navigate(path, { state: { [meant]: true } })

  const trade = async (command: Of<'trade'>) => {
    const { asset, side } = command
    const lower = side === 'BUY' ? 'buy' : 'sell'
    if (!asset) {
      go(paths.tradeSide(lower), 'isToAmount')
      return
    }
    const turn = count.current
    try {
      if (command.size || command.limitPrice !== undefined) {
        const draft = draftOf(command) ?? (await draftOfShare(command, asset.id, readAvailable))
        fillTicket(own, asset.id, draft)
      }
      if (turn === count.current) go(paths.tradeAsset(asset.id, lower), 'isToAmount')
    } catch (error) {
      notifyFailure(failureOf(error))
    }
  }
  const alert = (command: Of<'alert'>) => {
    const { asset, price } = command
    if (price !== undefined) {
      const filled = { ...startOf.alert, isFall: isFall(command), price }
      keepDraft(own, `price-alert:${asset.id}`, startOf.alert, filled)
    }
    go(paths.asset(asset.id), 'isToAlert')
  }
  const cash = ({ direction, amount }: Of<'cash'>) => {
    keepDraft(own, 'cash', startOf.cash, { isWithdrawal: direction === 'withdraw' })
    if (amount !== undefined) keepDraft(own, direction, startOf.movement, { amount })
    go(paths.account, 'isToAmount')
  }
  const run = (command: AssetCommand) => {
    count.current += 1
    if (command.kind === 'trade') void trade(command)
    else if (command.kind === 'alert') alert(command)
    else cash(command)
  }
  return (command) => ({
    id: idOf(command),
    ...describe(command),
    run: () => run(command),
  })
}
