import { Button, Drawer } from '@mantine/core'
import { useState } from 'react'
import { useLocation } from 'react-router'
import type { OrderSide } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { Ticket } from './Ticket.tsx'
import { useDraft } from './use-draft.ts'
import { useFocusReturn } from '../ui/focus.tsx'

type TradeSheetProps = {
  readonly id: string
  /** The side in the address, for which the sheet opens by itself. */
  readonly asked?: OrderSide | undefined
}

/** On a phone: Buy and Sell above the tabs, which open a sheet with the ticket. An unanswered order opens it by itself. */
export function TradeSheet({ id, asked }: TradeSheetProps) {
  const { saved } = useDraft(id)
  const { key } = useLocation()
  const [isOpen, setOpen] = useState(saved.sent !== null || asked !== undefined)
  const [side, setSide] = useState(asked)
  const [askedAt, setAskedAt] = useState(key)
  if (key !== askedAt) {
    setAskedAt(key)
    if (asked) setSide(asked)
    if (asked) setOpen(true)
  }
  useFocusReturn(isOpen)
  const open = (chosen: OrderSide) => () => {
    setSide(chosen)
    setOpen(true)
  }
  const close = () => setOpen(false)
  return (
    <>
      <div className="trade-bar" role="group" aria-label={i18n.t('Trade {asset}', { asset: id })}>
        <Button color="gain.7" size="md" aria-haspopup="dialog" onClick={open('BUY')}>
          {i18n.t('Buy')}
        </Button>
        <Button color="loss.7" size="md" aria-haspopup="dialog" onClick={open('SELL')}>
          {i18n.t('Sell')}
        </Button>
      </div>
      <Drawer
        opened={isOpen}
        onClose={close}
        position="bottom"
        size="auto"
        title={i18n.t('Trade {asset}', { asset: id })}
        classNames={{ content: 'sheet' }}
        // Escape in the review, which is another dialog, closes that one only.
        closeOnEscape={false}
        onKeyDown={({ key, currentTarget, target }) => {
          if (key === 'Escape' && target instanceof Node && currentTarget.contains(target)) close()
        }}
      >
        <Ticket assetId={id} side={side} onSide={setSide} onPlaced={close} />
      </Drawer>
    </>
  )
}
