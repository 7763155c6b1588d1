import { parsePrice } from '@cnop/kit/money'
import { limits } from '@cnop/schema/limits'
import { useState } from 'react'
import { useCommand } from '../api/command.ts'
import { newCommandKey } from '../api/command-key.ts'
import { formatAwaitedPrice, formatExactPrice, formatPrice } from '../format/money.ts'
import {
  AssetCancelPriceAlertDocument,
  AssetCreatePriceAlertDocument,
} from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { notifyDone } from '../ui/notify.ts'
import { type AlertSubject, ConfirmMove, type MoveProps } from './ConfirmMove.tsx'
import { MoveOrder } from './MoveOrder.tsx'
import type { LineSubject, MovableLine } from './moving.ts'

/** What a moved alert keeps: its end, and the share of its price by which it re-arms. */
function keptTerms({ price, rearmPrice, expiresAt }: AlertSubject['alert']) {
  const end = expiresAt ? { expiresAt } : {}
  if (!rearmPrice) return end
  const [target, rearmAt] = [parsePrice(price), parsePrice(rearmPrice)]
  const distance = target > rearmAt ? target - rearmAt : rearmAt - target
  const points = Math.round(Number((distance * 1_000_000n) / target) / 100)
  const { leastRearm, greatestRearm } = limits
  const rearmBasisPoints = Math.min(Math.max(points, leastRearm), greatestRearm)
  return { ...end, repeats: true, rearmBasisPoints }
}

function MoveAlert({ subject, assetId, marketPrice, price, onClose }: MoveProps<AlertSubject>) {
  const { alert } = subject
  const create = useCommand(AssetCreatePriceAlertDocument)
  const cancel = useCommand(AssetCancelPriceAlertDocument)
  const [key] = useState(newCommandKey)
  const isAbove = marketPrice
    ? parsePrice(price) > parsePrice(marketPrice)
    : alert.direction === 'ABOVE'
  const confirm = async () => {
    const direction = isAbove ? 'ABOVE' : 'BELOW'
    // The old one waits until there is a new one. A repeat with the same key creates nothing twice.
    const terms = { assetId, direction, price, ...keptTerms(alert) } as const
    const made = await create.run({ input: { key, ...terms } })
    if (!made.data) return
    const gone = await cancel.run({ id: alert.id })
    if (!gone.data) return
    notifyDone(
      i18n.t('Price alert moved'),
      i18n.t('It waits for {price} now.', { price: formatExactPrice(price) }),
    )
    onClose()
  }
  return (
    <ConfirmMove
      title={i18n.t('Move this alert to {price}?', { price: formatExactPrice(price) })}
      facts={[
        [
          i18n.t('Price'),
          `${formatAwaitedPrice(alert.price, alert.changeBasisPoints != null)} → ${formatExactPrice(price)}`,
        ],
        ...(marketPrice ? [[i18n.t('Price now'), formatPrice(marketPrice)] as const] : []),
      ]}
      note={
        isAbove
          ? i18n.t('It notifies you when {asset} rises to this price.', { asset: assetId })
          : i18n.t('It notifies you when {asset} falls to this price.', { asset: assetId })
      }
      action={i18n.t('Move alert')}
      isRunning={create.isRunning || cancel.isRunning}
      failure={create.failure ?? cancel.failure}
      onConfirm={confirm}
      onClose={onClose}
    />
  )
}

type MoveDialogProps = Omit<MoveProps<LineSubject>, 'subject'> & { readonly line: MovableLine }

/** The review of a line that was put at another price. */
export function MoveDialog({ line: { subject }, ...props }: MoveDialogProps) {
  return subject.alert ? (
    <MoveAlert subject={subject} {...props} />
  ) : (
    <MoveOrder subject={subject} {...props} />
  )
}
